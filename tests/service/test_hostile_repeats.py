"""Idempotency-Key in hostile hands: of another person, another token, another body, at once, and after a restart."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AnsweredRequest, Lease, User
from models.settings import Settings
from service.accounts.service import create_api_token, revoke_tokens
from service.app import create_app
from tests.factories import make_flag, make_user

TAKE = "/api/v1/flags/take"
KEY = {"Idempotency-Key": "kunci-yang-ditebak"}


@pytest.fixture
def people(session: Session) -> list[User]:
    found = [make_user(session, username=name, role="koordinator") for name in ("pemilik", "orang-lain")]
    for _ in range(40):
        make_flag(session)
    session.commit()
    return found


def machine(session: Session, app: Any, user: User, name: str, **values: Any) -> TestClient:
    key = create_api_token(session, user, name, 1, can_write=True, **values)
    session.commit()
    return TestClient(app, headers={"authorization": f"Bearer {key}"}, follow_redirects=False)


def take(browser: TestClient, **more: Any) -> tuple[int, Any, bool]:
    answer = browser.post(TAKE, headers=KEY, **more)
    body = answer.json()
    return answer.status_code, body.get("flag_id") or body.get("code"), "idempotency-replayed" in answer.headers


def test_the_key_of_one_person_gives_another_person_their_own(session: Session, app: FastAPI, people: list[User]) -> None:
    first, other = (take(machine(session, app, user, "mesin")) for user in people)
    assert (first[0], other[0], first[2] or other[2]) == (200, 200, False)
    assert first[1] != other[1]


def test_another_token_of_the_same_person_is_not_told_the_stored_answer(session, app, people) -> None:
    assert take(machine(session, app, people[0], "lebar"))[0] == 200
    narrow = machine(session, app, people[0], "sempit", scopes=["antrean.baca"])
    assert take(narrow) == (422, "kunci_terpakai", False)


def test_the_browser_of_the_same_person_is_not_told_it_either(session, app, people, sign_in) -> None:
    assert take(machine(session, app, people[0], "mesin"))[0] == 200
    assert take(sign_in(people[0])) == (422, "kunci_terpakai", False)


@pytest.mark.parametrize(
    "more",
    [
        {"content": b" "},
        {"content": b"{}", "headers": {"content-type": "application/json"}},
        {"params": {"wilayah": "33"}},
    ],
)
def test_another_body_or_query_under_the_key_does_nothing(session, app, people, more: dict[str, Any]) -> None:
    browser = machine(session, app, people[0], "mesin")
    assert take(browser)[0] == 200
    more = more | {"headers": KEY | more.get("headers", {})}
    answer = browser.post(TAKE, **more)
    assert (answer.status_code, answer.json()["code"]) == (422, "kunci_terpakai")
    assert session.scalar(select(func.count()).select_from(Lease)) == 1


def test_a_revoked_token_is_told_nothing_of_what_it_was_told(session, app, people) -> None:
    browser = machine(session, app, people[0], "mesin")
    assert take(browser)[0] == 200
    revoke_tokens(session, people[0], "mesin")
    session.commit()
    assert take(browser)[0] == 401


def test_a_right_that_was_taken_away_is_not_lent_by_a_stored_answer(session, app, people) -> None:
    """A token that was made anew under the same name, with less."""
    assert take(machine(session, app, people[0], "mesin"))[0] == 200
    revoke_tokens(session, people[0], "mesin")
    again = machine(session, app, people[0], "mesin", scopes=["sumber.baca"])
    assert take(again)[0] in {403, 422}


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "a\tb", "kunci\x7f", "ä"])
def test_a_key_that_is_none_is_refused(session, app, people, key: str) -> None:
    browser = machine(session, app, people[0], "mesin")
    answer = browser.post(TAKE, headers=[(b"idempotency-key", key.encode())])
    assert (answer.status_code, answer.json()["code"]) == (400, "kunci_rusak")
    assert session.scalar(select(func.count()).select_from(Lease)) == 0


def test_one_key_in_many_requests_at_once_is_done_once(session: Session, app: FastAPI, people: list[User]) -> None:
    browser = machine(session, app, people[0], "mesin")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: take(browser), range(16)))
    done = {flag_id for status, flag_id, _ in answers if status == 200}
    assert {status for status, _, _ in answers} <= {200, 409}
    assert (len(done), session.scalar(select(func.count()).select_from(Lease))) == (1, 1)


@contextmanager
def another_service(settings: Settings) -> Iterator[FastAPI]:
    """A process of its own would know no more of the first than this does: the database."""
    app = create_app(settings)
    with TestClient(app):
        yield app


def test_one_key_at_two_services_at_once_is_done_once(session, settings: Settings, app, people) -> None:
    key = create_api_token(session, people[0], "mesin", 1, can_write=True)
    session.commit()
    with another_service(settings) as other:
        browsers = [TestClient(one, headers={"authorization": f"Bearer {key}"}) for one in (app, other)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: take(browsers[number % 2]), range(16)))
    assert {status for status, _, _ in answers} <= {200, 409}
    leases = session.scalar(select(func.count()).select_from(Lease))
    assert (len({flag_id for status, flag_id, _ in answers if status == 200}), leases) == (1, 1)
    assert session.scalar(select(func.count()).select_from(AnsweredRequest)) == 1


def test_after_a_restart_the_answer_is_the_same_and_other_hands_get_none(session, settings: Settings, app, people) -> None:
    key = create_api_token(session, people[0], "mesin", 1, can_write=True)
    session.commit()
    first = take(TestClient(app, headers={"authorization": f"Bearer {key}"}))
    with another_service(settings) as restarted:
        assert take(TestClient(restarted, headers={"authorization": f"Bearer {key}"})) == (200, first[1], True)
        assert take(machine(session, restarted, people[0], "lain")) == (422, "kunci_terpakai", False)
        other = take(machine(session, restarted, people[1], "mesin"))
    assert (other[0], other[1] != first[1], other[2]) == (200, True, False)

"""Guessing is slow, and nobody can lock anybody else out by it."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import SignInFailure, now
from models.settings import Settings
from service.accounts.limits import ACCOUNT, ADDRESS, PAIR, attempt_of, network_of
from service.sealing import Keys
from tests.factories import PASSWORD, make_user


def enter(browser: TestClient, username: str, password: str = PASSWORD) -> int:
    return browser.post("/masuk", data={"nama": username, "sandi": password}).status_code


def stranger(browser: TestClient, address: str) -> TestClient:
    return TestClient(browser.app, follow_redirects=False, client=(address, 5000))


def failures_from_elsewhere(session: Session, settings: Settings, username: str, count: int) -> None:
    """Each from another address, as a botnet does."""
    keys = Keys.of(settings)
    for number in range(count):
        attempt = attempt_of(keys, username, f"203.0.113.{number}", None)
        session.add(SignInFailure(account=attempt.account, address=attempt.address))
    session.commit()


def test_one_address_waits_and_another_does_not(session: Session, visitor: TestClient) -> None:
    make_user(session, username="sari")
    session.commit()
    assert [enter(visitor, "sari", "salah") for _ in range(PAIR.failures + 1)] == [401] * PAIR.failures + [429]
    assert enter(stranger(visitor, "198.51.100.7"), "sari") == 303


def test_a_browser_that_is_known_gets_in_whatever_strangers_do(session: Session, settings: Settings, visitor: TestClient) -> None:
    make_user(session, username="sari")
    session.commit()
    assert enter(visitor, "sari") == 303
    failures_from_elsewhere(session, settings, "sari", ACCOUNT.failures)
    assert enter(stranger(visitor, "198.51.100.7"), "sari") == 429
    assert enter(visitor, "sari") == 303


def test_a_mark_of_another_account_or_of_nobody_helps_nothing(session: Session, settings: Settings, visitor: TestClient) -> None:
    make_user(session, username="sari")
    make_user(session, username="tono")
    session.commit()
    failures_from_elsewhere(session, settings, "tono", ACCOUNT.failures)
    assert enter(visitor, "sari") == 303
    assert enter(visitor, "tono") == 429
    visitor.cookies.set("netra-kenal", f"2.{'x' * 22}.{'0' * 64}")
    assert enter(visitor, "tono") == 429


def test_an_address_cannot_try_one_account_after_another(session: Session, settings: Settings, visitor: TestClient) -> None:
    keys = Keys.of(settings)
    for number in range(ADDRESS.failures):
        attempt = attempt_of(keys, f"orang-{number}", "198.51.100.9", None)
        session.add(SignInFailure(account=attempt.account, address=attempt.address))
    make_user(session, username="sari")
    session.commit()
    assert enter(stranger(visitor, "198.51.100.9"), "sari") == 429
    assert enter(stranger(visitor, "198.51.100.10"), "sari") == 303


def test_failures_are_kept_for_two_days_without_name_and_address(session: Session, visitor: TestClient) -> None:
    enter(visitor, "sari", "salah")
    session.execute(update(SignInFailure).values(at=now() - timedelta(days=3)))
    session.commit()
    enter(visitor, "sari", "salah")
    (kept,) = session.scalars(select(SignInFailure)).all()
    assert (len(kept.account), len(kept.address), kept.device) == (64, 64, None)


def test_every_day_has_its_own_key() -> None:
    keys, today = Keys(b"x" * 32), now()
    first, same, later = (attempt_of(keys, "sari", "10.0.0.1", None, at=at) for at in (today, today, today + timedelta(days=1)))
    assert first == same
    assert first.address != later.address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_of_ipv6_counts_by_its_network(address: str, network: str) -> None:
    assert network_of(address) == network

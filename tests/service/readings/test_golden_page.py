"""The page of a golden item beside that of a flag of the queue: line by line, nothing tells which is which."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, Flag, FlagState, Outcome, now
from models.settings import Settings
from service.accounts.service import load_actor
from service.readings import golden
from service.review.filters import QueueFilter
from tests.factories import make_flag, make_item, make_user
from tests.service.judgements import INDICATION
from tests.service.readings.conftest import lots
from tests.service.readings.test_golden import make_golden, reach_golden_turn

EVERY = lots(golden=0.2)


def page_of(browser: TestClient, flag: Flag) -> list[str]:
    """The lines of its page, without what differs between any two flags."""
    html = browser.get(f"/penanda/{flag.id}").text
    html = re.sub(r'(?s)<li><a href="/penanda/\d+" lang="id">.*?</li>', "SERUPA", html)
    own = rf"(?<=penanda/){flag.id}\b|(?<=konten/){flag.item_id}\b|(?<=salinan/)\d+|(?<=[Pp]enanda ){flag.id}\b|sumber-\d+"
    times = r"\d{4}-\d\d-\d\dT[^\"<]*|\b\d\d[.:]\d\d\b|https://contoh\.test/\d+|data-seconds=\"\d+\""
    lines = re.sub(f"{own}|{times}", "…", html).splitlines()
    return [line.strip() for line in lines if line.strip()]


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    """One engine: a page is the same on both."""
    return sqlite_settings


def take_next(browser: TestClient) -> int:
    location = browser.post("/antrean/ambil").headers["location"]
    return int(location.removeprefix("/penanda/").split("?")[0])


def make_decided(session: Session) -> None:
    """An earlier decision on a text that is like both."""
    flag = make_flag(session, make_item(session, title="Butir lain"), state=FlagState.ASSESSED, assessed_at=now())
    about = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "user_id": make_user(session).id}
    session.add(Assessment(**about, outcome=Outcome.INDICATION, act="kegiatan_berpihak"))
    session.flush()


def test_its_page_differs_in_nothing_from_that_of_a_flag(session: Session, settings: Settings, sign_in, app) -> None:
    app.state.settings = settings.model_copy(update={"golden_share": 0.2})
    user = make_user(session)
    shown = make_golden(session)
    make_decided(session)
    reach_golden_turn(session, user.id)
    browser = sign_in(user)
    assert take_next(browser) == shown.id
    told = page_of(browser, shown)
    real = make_flag(session, make_item(session, title="Butir mutu"))
    session.commit()
    assert browser.post(f"/penanda/{real.id}/ambil").status_code == 303
    assert sorted(set(told)) == sorted(set(page_of(browser, real)))  # Of alike decisions the flag shows one more: the golden one.
    assert "SERUPA" in told


def test_a_decision_on_the_same_story_is_not_shown_beside_it(session: Session, sign_in) -> None:
    flag, user = make_golden(session), make_user(session)
    reach_golden_turn(session, user.id)
    actor = load_actor(session, user)
    assert golden.draw(session, actor, EVERY, minutes=20, filters=QueueFilter()) == flag.id
    browser = sign_in(user)
    for path in (f"/penanda/{flag.id}", f"/api/v1/flags/{flag.id}", f"/api/v1/flags/{flag.id}/nearest"):
        assert "rahasia pembaca lama" not in browser.get(path).text
    assert [one["outcome"] for one in browser.get(f"/api/v1/flags/{flag.id}").json()["assessments"]] == []


def test_none_comes_out_of_an_empty_queue_and_one_that_is_older_than_what_waits_may_come(session: Session, sign_in) -> None:
    flag, user = make_golden(session), make_user(session)
    reach_golden_turn(session, user.id)
    browser = sign_in(user)
    waiting = session.scalars(select(Flag).order_by(Flag.id)).first()
    assert waiting is not None
    session.commit()
    browser.post(f"/penanda/{waiting.id}/ambil")
    browser.post(f"/penanda/{waiting.id}/nilai", data=INDICATION)
    actor = load_actor(session, user)
    assert golden.draw(session, actor, EVERY, minutes=20, filters=QueueFilter()) is None
    newer = make_flag(session, make_item(session))
    assert newer.id > flag.id
    assert golden.draw(session, actor, EVERY, minutes=20, filters=QueueFilter()) == flag.id

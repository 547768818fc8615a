"""Golden items: shown like any other flag, told only once they are answered, and nothing else moves."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Assessment, AuditEvent, Flag, FlagState, GoldenItem, GoldenReading, Lease, Outcome, User, now
from models.settings import Settings
from service.accounts.service import load_actor
from service.items.page import read_flag
from service.readings import golden, quality
from service.review.filters import QueueFilter
from service.review.schemas import Judgement
from tests.factories import make_flag, make_item, make_user
from tests.service.judgements import APPEAL, INDICATION
from tests.service.readings.conftest import INDICATION as SIGNS
from tests.service.readings.conftest import Person, Read, lots

EVERY = lots(golden=0.2)


def make_golden(session: Session, label: str = "kegiatan_berpihak") -> Flag:
    """A finished flag with two readings, on the list of golden items, and an older one that still waits."""
    make_flag(session, make_item(session, title="Lama menunggu"))
    flag = make_flag(session, make_item(session, title="Butir mutu"), state=FlagState.ASSESSED, assessed_at=now())
    author = make_user(session)
    about = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "user_id": author.id}
    session.add(Assessment(**about, outcome=Outcome.INDICATION, act="kegiatan_berpihak", note="rahasia pembaca lama"))
    session.add(GoldenItem(item_version_id=flag.item_version_id, label=label, added_by="analis"))
    session.flush()
    return flag


def reach_golden_turn(session: Session, user_id: int) -> None:
    """The turn after the fourth is one of those that give the oldest."""
    flag = make_flag(session, make_item(session), state=FlagState.ASSESSED, assessed_at=now())
    session.add(Lease(flag_id=flag.id, user_id=user_id, turn=4, ended_at=now(), ended_by="dinilai"))
    session.flush()


def test_a_golden_item_looks_like_a_flag_that_nobody_has_read(session: Session, person: Person) -> None:
    flag, actor = make_golden(session), person()
    reach_golden_turn(session, actor.id)
    assert golden.draw(session, actor, EVERY, minutes=20, filters=QueueFilter()) == flag.id
    page = read_flag(session, actor, flag.id)
    assert (page.row.flag.state, page.is_mine, page.assessments) == (FlagState.OPEN, True, [])
    assert [entry.event.action for entry in page.trail] == ["penanda.ambil"]
    assert (page.nearest, page.comparison, page.copies.can) == ([], None, ())
    session.flush()
    session.refresh(flag)
    assert (flag.state, flag.holder_id) == (FlagState.ASSESSED, None)


def test_it_comes_only_on_the_turns_of_the_oldest_and_once_a_person(session: Session, person: Person) -> None:
    make_golden(session)
    actor = person()
    assert golden.draw(session, actor, EVERY, minutes=20, filters=QueueFilter()) is None
    reach_golden_turn(session, actor.id)
    assert golden.draw(session, actor, EVERY, minutes=20, filters=QueueFilter(region="35")) is None
    assert golden.draw(session, actor, EVERY, minutes=20, filters=QueueFilter()) is not None
    assert golden.draw(session, actor, EVERY, minutes=20, filters=QueueFilter()) is None


def test_golden_items_older_than_everything_that_waits_are_shown_too(session: Session, person: Person) -> None:
    """In a queue that is worked off, every finished flag is older than the oldest that waits. Of many, the nearest are drawn."""
    flags = [
        make_flag(session, make_item(session), state=FlagState.ASSESSED, assessed_at=now()) for _ in range(golden.NEAREST + 5)
    ]
    for flag in flags:
        session.add(GoldenItem(item_version_id=flag.item_version_id, label="ikrar", added_by="analis"))
    make_flag(session, make_item(session, title="Baru menunggu"))
    near, readers = {flag.id for flag in flags[5:]}, [person() for _ in range(8)]
    for reader in readers:
        reach_golden_turn(session, reader.id)
    drawn = [golden.draw(session, reader, EVERY, minutes=20, filters=QueueFilter()) for reader in readers]
    assert set(drawn) <= near
    assert len(set(drawn)) > 1


def test_nobody_is_asked_what_they_have_read_or_chosen(session: Session) -> None:
    flag = make_golden(session)
    reader = session.scalars(select(Assessment.user_id).where(Assessment.flag_id == flag.id)).one()
    chooser = make_user(session, username="analis")
    for user_id in (reader, chooser.id):
        reach_golden_turn(session, user_id)
        actor = load_actor(session, session.get_one(User, user_id))
        assert golden.draw(session, actor, EVERY, minutes=20, filters=QueueFilter()) is None


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"golden_share": 0.2})


@pytest.mark.parametrize(("form", "said", "is_right"), [(INDICATION, "sejalan", True), (APPEAL, "jawaban Anda lain", False)])
def test_the_answer_is_told_and_changes_no_flag(
    session: Session, sign_in, form: dict[str, str], said: str, is_right: bool
) -> None:
    flag, user = make_golden(session), make_user(session)
    reach_golden_turn(session, user.id)
    before = session.scalar(select(func.count()).select_from(Assessment))
    browser: TestClient = sign_in(user)
    assert browser.post("/antrean/ambil").headers["location"] == f"/penanda/{flag.id}"
    assert "rahasia pembaca lama" not in browser.get(f"/penanda/{flag.id}").text
    assert browser.post(f"/penanda/{flag.id}/perpanjang").status_code == 303
    answer = browser.post(f"/penanda/{flag.id}/nilai", data=form)
    assert said in browser.get(answer.headers["location"]).text
    reading = session.scalars(select(GoldenReading)).one()
    assert (reading.is_right, session.scalar(select(func.count()).select_from(Assessment))) == (is_right, before)
    assert "emas.jawab" in session.scalars(select(AuditEvent.action)).all()


def test_two_people_of_one_name_are_two_lines(session: Session) -> None:
    flag = make_golden(session)
    shown = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "label": "kegiatan_berpihak", "held_until": now()}
    for username, is_right in (("dewi1", True), ("dewi2", False)):
        user = make_user(session, username=username)
        user.name = "Dewi"
        session.add(GoldenReading(**shown, user_id=user.id, answered_at=now(), is_right=is_right))
    session.flush()
    lead = load_actor(session, make_user(session, role="koordinator"))
    lines = quality.read_quality(session, lead, lots(), 90).golden
    assert [(line.name, line.right.value) for line in lines] == [("Dewi (dewi1)", 1), ("Dewi (dewi2)", 0)]


def test_given_back_it_is_not_counted(session: Session, sign_in) -> None:
    flag, user = make_golden(session), make_user(session)
    reach_golden_turn(session, user.id)
    browser: TestClient = sign_in(user)
    browser.post("/antrean/ambil")
    assert browser.post(f"/penanda/{flag.id}/lepas").headers["location"] == "/antrean?pesan=dilepas"
    lead = load_actor(session, make_user(session, role="koordinator"))
    assert quality.read_quality(session, lead, lots(), 90).golden == ()
    assert session.scalars(select(GoldenReading)).one().held_until <= now() + timedelta(seconds=1)


def test_what_says_neither_is_not_counted() -> None:
    assert golden.is_right(True, SIGNS)
    assert golden.is_right(False, Judgement.model_validate({"outcome": "luar_wilayah", "content_partisan": "tidak"}))
    assert golden.is_right(True, Judgement(outcome=Outcome.UNVERIFIABLE)) is None


def test_figures_of_golden_items_and_pairs(session: Session, person: Person, read: Read) -> None:
    flag, reader, other, lead = make_flag(session), person(), person(), person(role="koordinator")
    read(reader, flag, SIGNS)
    read(other, flag, SIGNS)
    shown = make_golden(session)
    about = {"user_id": reader.id, "item_version_id": shown.item_version_id, "flag_id": shown.id, "label": "ikrar"}
    session.add(GoldenReading(**about, held_until=now(), answered_at=now(), is_right=False))
    session.flush()
    found = quality.read_quality(session, lead, lots(), 30)
    assert (found.groups[0].agreement.raw.total, found.groups[1].agreement.raw.count, found.disputes) == (1, 1, 0)
    assert (found.golden[0].right.count, found.golden[0].right.total, found.golden[0].right.is_few) == (0, 1, True)
    assert quality.read_quality(session, person(role="koordinator", region_code="35"), lots(), 30).pairs == ()

"""One decision that covers the confirmed copies of a story."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, AuditEvent, Cluster, ClusterMember, ClusterState, Flag, FlagState, User
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.errors import CannotUndo, NotFound
from service.readings import disputes
from service.review import covering, service, undoing
from tests.factories import PARTISAN, make_flag, make_item, make_user
from tests.service.readings.conftest import DUPLICATE, INDICATION

CONFIRMED, SUGGESTED = ClusterState.CONFIRMED, ClusterState.SUGGESTED


@pytest.fixture
def actor(session: Session) -> Actor:
    return load_actor(session, make_user(session))


def make_story(session: Session, *states: ClusterState, text: str = PARTISAN) -> list[Flag]:
    """Flags of one cluster, by the state of each one's membership."""
    items = [make_item(session, text=text) for _ in states]
    cluster = Cluster(first_item_id=items[0].id)
    session.add(cluster)
    session.flush()
    for item, state in zip(items, states, strict=True):
        session.add(ClusterMember(item_id=item.id, cluster_id=cluster.id, similarity=1.0, state=state))
    session.flush()
    return [make_flag(session, item, cluster_id=cluster.id) for item in items]


def states_of(session: Session, flags: list[Flag]) -> list[FlagState]:
    for flag in flags:
        session.refresh(flag)
    return [flag.state for flag in flags]


def test_it_covers_what_is_confirmed_and_in_nobodys_hands(session: Session, actor: Actor) -> None:
    flags = make_story(session, CONFIRMED, CONFIRMED, SUGGESTED, CONFIRMED)
    service.take(session, load_actor(session, make_user(session)), flags[3].id, minutes=20)
    service.take(session, actor, flags[0].id, minutes=20)
    assert covering.find_copies(session, actor, flags[0]) == covering.Copies((flags[1].id,), 1)
    assessment, copies = covering.assess(session, actor, flags[0].id, INDICATION, None, covers=True)
    assert states_of(session, flags) == [FlagState.SECOND, FlagState.SECOND, FlagState.OPEN, FlagState.OPEN]
    rows = session.scalars(select(Assessment).order_by(Assessment.id)).all()
    assert (copies, [row.flag_id for row in rows]) == (1, [flags[0].id, flags[1].id])
    assert {row.bulk_id for row in rows} == {assessment.bulk_id} != {None}


def test_a_guess_covers_nothing(session: Session, actor: Actor) -> None:
    flags = make_story(session, SUGGESTED, CONFIRMED)
    assert covering.find_copies(session, actor, flags[0]).can == ()


def test_undoing_the_decision_takes_all_of_it_back(session: Session, actor: Actor) -> None:
    flags = make_story(session, CONFIRMED, CONFIRMED, CONFIRMED)
    service.take(session, actor, flags[0].id, minutes=20)
    assessment, copies = covering.assess(session, actor, flags[0].id, INDICATION, None, covers=True)
    reader = load_actor(session, make_user(session))
    service.take(session, reader, flags[2].id, minutes=20)
    assert assessment.bulk_id is not None
    with pytest.raises(CannotUndo):
        undoing.undo(session, actor, assessment.bulk_id)
    covering.undo(session, actor, assessment.id, minutes=20)
    assert states_of(session, flags) == [FlagState.OPEN, FlagState.OPEN, FlagState.SECOND]
    assert [flag.holder_id for flag in flags] == [actor.id, None, reader.id]
    assert copies == 2


def test_nobody_but_its_author_reads_the_deed_behind_a_decision(session: Session, actor: Actor) -> None:
    flags = make_story(session, CONFIRMED, CONFIRMED)
    service.take(session, actor, flags[0].id, minutes=20)
    assessment, _ = covering.assess(session, actor, flags[0].id, INDICATION, None, covers=True)
    assert assessment.bulk_id is not None
    assert undoing.get_action(session, actor, assessment.bulk_id).reason == INDICATION.note
    for region_code in ("51", None):
        coordinator = load_actor(session, make_user(session, role="koordinator", region_code=region_code))
        with pytest.raises(NotFound):
            undoing.get_action(session, coordinator, assessment.bulk_id)


def test_the_form_offers_it_and_says_what_it_did(session: Session, sign_in) -> None:
    flags = make_story(session, CONFIRMED, CONFIRMED)
    browser = sign_in()
    browser.post(f"/penanda/{flags[0].id}/ambil")
    assert "Berlaku juga untuk 1 kembaran" in browser.get(f"/penanda/{flags[0].id}").text
    answer = browser.post(f"/penanda/{flags[0].id}/nilai", data={"hasil": "luar_wilayah", "kembaran": "true"})
    assert answer.headers["location"].startswith("/antrean")
    assert "1 kembaran ikut dinilai." in browser.get(answer.headers["location"]).text
    assert states_of(session, flags) == [FlagState.ASSESSED] * 2


@pytest.fixture
def dispute(session: Session) -> list[Flag]:
    """Three confirmed copies of which two readers say different things, each by one decision for all of them."""
    flags = make_story(session, CONFIRMED, CONFIRMED, CONFIRMED)
    for role, judgement in (("pengawas", INDICATION), ("koordinator", DUPLICATE)):
        reader = load_actor(session, make_user(session, role=role, username=f"pembaca-{role}"))
        service.take(session, reader, flags[0].id, minutes=20)
        covering.assess(session, reader, flags[0].id, judgement, None, covers=True)
    assert states_of(session, flags) == [FlagState.DISPUTED] * 3
    return flags


def test_a_last_word_covers_disputed_copies_and_is_taken_back_as_one(session: Session, dispute: list[Flag]) -> None:
    lead = load_actor(session, make_user(session, role="koordinator"))
    assert disputes.find_copies(session, lead, dispute[0]).can == (dispute[1].id, dispute[2].id)
    last = disputes.resolve(session, lead, dispute[0].id, INDICATION, covers=True)
    assert states_of(session, dispute) == [FlagState.ASSESSED] * 3
    finals = session.scalars(select(Assessment).where(Assessment.is_final).order_by(Assessment.id)).all()
    assert [(row.flag_id, row.bulk_id) for row in finals] == [(flag.id, last.bulk_id) for flag in dispute]
    assert covering.count_copies(session, last) == 2
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "penilaian.tengahi").order_by(AuditEvent.id)).all()
    assert [event.parent_id for event in events] == [None, events[0].id, events[0].id]
    covering.undo(session, lead, last.id, minutes=20)
    assert states_of(session, dispute) == [FlagState.DISPUTED] * 3


def test_a_last_word_covers_nothing_unasked_and_nothing_that_one_read_oneself(session: Session, dispute: list[Flag]) -> None:
    reader = load_actor(session, session.scalars(select(User).where(User.username == "pembaca-koordinator")).one())
    lead = load_actor(session, make_user(session, role="koordinator"))
    elsewhere = load_actor(session, make_user(session, role="koordinator", region_code="51"))
    assert [disputes.find_copies(session, who, dispute[0]).can for who in (reader, elsewhere)] == [(), ()]
    disputes.resolve(session, lead, dispute[0].id, DUPLICATE)
    assert states_of(session, dispute) == [FlagState.ASSESSED, FlagState.DISPUTED, FlagState.DISPUTED]


def test_the_form_of_the_last_word_offers_the_copies(session: Session, dispute: list[Flag], sign_in) -> None:
    number, browser = dispute[0].id, sign_in(role="koordinator")
    assert "Berlaku juga untuk 2 kembaran" in browser.get(f"/penanda/{number}").text
    answer = browser.post(f"/beda-pendapat/{number}", data={"hasil": "duplikat", "kembaran": "true"})
    assert "2 kembaran ikut dinilai." in browser.get(answer.headers["location"]).text
    assert browser.get("/api/v1/quality").json()["resolved"] == 1

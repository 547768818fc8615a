"""One decision that covers the confirmed copies of a story."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, Cluster, ClusterMember, ClusterState, Flag, FlagState
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.errors import CannotUndo
from service.review import bulk, covering, service
from tests.factories import PARTISAN, make_flag, make_item, make_user
from tests.service.readings.conftest import INDICATION

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
        bulk.undo(session, actor, assessment.bulk_id)
    covering.undo(session, actor, assessment.id, minutes=20)
    assert states_of(session, flags) == [FlagState.OPEN, FlagState.OPEN, FlagState.SECOND]
    assert [flag.holder_id for flag in flags] == [actor.id, None, reader.id]
    assert copies == 2


def test_the_form_offers_it_and_says_what_it_did(session: Session, sign_in) -> None:
    flags = make_story(session, CONFIRMED, CONFIRMED)
    browser = sign_in()
    browser.post(f"/penanda/{flags[0].id}/ambil")
    assert "Berlaku juga untuk 1 kembaran" in browser.get(f"/penanda/{flags[0].id}").text
    answer = browser.post(f"/penanda/{flags[0].id}/nilai", data={"hasil": "luar_wilayah", "kembaran": "true"})
    assert answer.headers["location"].startswith("/antrean")
    assert "1 kembaran ikut dinilai." in browser.get(answer.headers["location"]).text
    assert states_of(session, flags) == [FlagState.ASSESSED] * 2

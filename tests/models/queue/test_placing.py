"""Flags are raised with their place, and keep it right as days pass, clusters grow and weights change."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from models import (
    AuditEvent,
    Cluster,
    ClusterMember,
    Flag,
    FlagReason,
    Item,
    ItemVersion,
    Prediction,
    QueueGeneration,
    QueueSettings,
    RefreshCause,
    now,
)
from models.database import make_session
from models.queue.placing import current_generation
from models.queue.priority import is_sunk, novelty_factor
from models.queue.raising import Borrowed, move_flag, raise_flag
from models.queue.refreshing import is_due, place_missing, refresh_places
from tests.factories import make_artifact, make_flag, make_item


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return make_session(engine)


def raised(session: Session, **values: object) -> Flag:
    return raise_for(session, FlagReason.MODEL, None, **values)


def draw(session: Session, **values: object) -> Flag:
    return raise_for(session, FlagReason.AUDIT, Borrowed(0.4, None, 0.5), **values)


def raise_for(session: Session, reason: FlagReason, borrowed: Borrowed | None, **values: object) -> Flag:
    item = make_item(session, **values)  # pyright: ignore[reportArgumentType]
    assert item.current_version_id is not None
    spans = [{"start": 0, "end": 40, "weight": 1.0}]
    shown = {"probability": 0.9, "label": "kegiatan_berpihak", "act": "kegiatan_berpihak", "evidence": spans}
    prediction = Prediction(item_version_id=item.current_version_id, artifact_id=make_artifact(session).id, **shown)
    session.add(prediction)
    session.flush()
    version = session.get_one(ItemVersion, item.current_version_id)
    flag_id = raise_flag(session, item, version, prediction, reason=reason, borrowed=borrowed)
    return session.get_one(Flag, flag_id)


def join(session: Session, *flags: Flag) -> Cluster:
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    session.add_all(ClusterMember(item_id=flag.item_id, cluster_id=cluster.id, similarity=1.0) for flag in flags)
    session.flush()
    return cluster


def test_a_raised_flag_knows_what_the_queue_asks(session: Session) -> None:
    flag = raised(session, published_at=datetime(2024, 10, 16, tzinfo=UTC))
    assert (flag.act, flag.office, flag.phase, flag.severity) == ("kegiatan_berpihak", "camat", "kampanye", "berat")
    assert (flag.score, flag.reach, flag.novelty) == (0.9, 1, 1.0)


def test_flags_of_one_office_and_region_are_less_and_less_new(session: Session) -> None:
    found = [raised(session).novelty for _ in range(3)]
    assert found == [novelty_factor(0), novelty_factor(1), novelty_factor(2)]


def test_flags_follow_their_item_into_and_out_of_clusters(session: Session) -> None:
    flag = make_flag(session)
    cluster = join(session, flag)
    session.refresh(flag)
    assert flag.cluster_id == cluster.id
    session.delete(session.get_one(ClusterMember, flag.item_id))
    session.flush()
    session.refresh(flag)
    assert flag.cluster_id is None


def test_an_expired_flag_sinks_below_the_others_and_keeps_its_holder(session: Session, sessions: sessionmaker[Session]) -> None:
    flag, later = raised(session), raised(session)
    session.execute(update(Flag).where(Flag.id == flag.id).values(due_on=now().date() - timedelta(days=3)))
    session.execute(update(Flag).where(Flag.id == later.id).values(due_on=now().date() + timedelta(days=3)))
    session.commit()
    assert refresh_places(sessions).moved == 1
    with sessions() as other:
        assert is_sunk(other.get_one(Flag, flag.id).priority)
        assert not is_sunk(other.get_one(Flag, later.id).priority)
    assert refresh_places(sessions).moved == 0


def test_a_drawn_flag_sinks_a_week_after_its_draw_however_old_its_text_is(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    flag = draw(session, first_seen_at=now() - timedelta(days=100))
    assert (is_sunk(flag.priority), flag.due_on < now().date()) == (False, True)
    session.commit()
    assert [refresh_places(sessions, at=now() + timedelta(days=days)).moved for days in (0, 5, 9, 9)] == [0, 0, 1, 0]
    with sessions() as other:
        assert is_sunk(other.get_one(Flag, flag.id).priority)


def test_a_newer_reading_leaves_a_drawn_flag_where_it_stands(session: Session) -> None:
    drawn, own = draw(session), raised(session)
    places = drawn.priority, own.priority
    for flag in (drawn, own):
        item, version = session.get_one(Item, flag.item_id), session.get_one(ItemVersion, flag.item_version_id)
        move_flag(session, flag, item, version, session.get_one(Prediction, flag.prediction_id), score=0.99)
    assert (drawn.priority, drawn.score, drawn.severity, own.score) == (places[0], 0.4, None, 0.99)
    assert own.priority > places[1]


def test_a_story_that_spreads_lifts_its_flags(session: Session, sessions: sessionmaker[Session]) -> None:
    flag = raised(session)
    before = flag.priority
    join(session, flag, make_flag(session, score=0.5, priority=-1.0))
    session.commit()
    refresh_places(sessions)
    with sessions() as other:
        found = other.get_one(Flag, flag.id)
        assert (found.reach, found.priority_before) == (2, before)
        assert found.priority > before
        assert found.placed_in == current_generation(other)


def test_new_weights_give_every_flag_a_new_place_and_leave_an_event(session: Session, sessions: sessionmaker[Session]) -> None:
    flags = [raised(session) for _ in range(3)]
    session.add(QueueSettings(score=5, severity=0, time=0, reach=0, novelty=0, oldest_share=0.2, set_by="uji"))
    session.commit()
    assert refresh_places(sessions).moved == len(flags)
    with sessions() as other:
        assert len(set(other.scalars(select(Flag.priority)))) == 1
        newest = other.scalars(select(QueueGeneration).order_by(QueueGeneration.id.desc())).first()
        assert newest is not None
        assert (newest.cause, newest.changed) == (RefreshCause.WEIGHTS, 3)
        assert other.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == "antrean.urut"


def test_flags_from_before_there_were_places_are_filled_in_once(session: Session, sessions: sessionmaker[Session]) -> None:
    flag = make_flag(session, probability=0.7, score=None, source_id=None, kind=None, act=None)
    session.commit()
    assert (place_missing(sessions), place_missing(sessions)) == (1, 0)
    with sessions() as other:
        found = other.get_one(Flag, flag.id)
        assert (found.score, found.act, found.office, found.source_id is not None) == (0.7, "kegiatan_berpihak", "camat", True)


def test_the_queue_is_due_once_an_hour_and_at_once_after_new_weights(session: Session, sessions: sessionmaker[Session]) -> None:
    assert is_due(session, now())
    session.rollback()
    refresh_places(sessions)
    assert not is_due(session, now() + timedelta(seconds=1))
    assert is_due(session, now() + timedelta(hours=25))
    session.add(QueueSettings(score=5, severity=0, time=0, reach=0, novelty=0, oldest_share=0.2, set_by="uji"))
    session.flush()
    assert is_due(session, now())

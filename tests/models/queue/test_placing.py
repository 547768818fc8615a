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
from models.queue.raising import raise_flag
from models.queue.refreshing import is_due, place_missing, refresh_places
from tests.factories import make_artifact, make_flag, make_item


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return make_session(engine)


def raised(session: Session, **values: object) -> Flag:
    item = make_item(session, **values)  # pyright: ignore[reportArgumentType]
    assert item.current_version_id is not None
    spans = [{"start": 0, "end": 40, "weight": 1.0}]
    shown = {"probability": 0.9, "label": "kegiatan_berpihak", "act": "kegiatan_berpihak", "evidence": spans}
    prediction = Prediction(item_version_id=item.current_version_id, artifact_id=make_artifact(session).id, **shown)
    session.add(prediction)
    session.flush()
    flag_id = raise_flag(session, item, session.get_one(ItemVersion, item.current_version_id), prediction)
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

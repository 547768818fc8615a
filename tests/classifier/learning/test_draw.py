"""Which texts are drawn, and that nothing is drawn twice or by half, on both engines."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from classifier.learning.draw import (
    Candidate,
    Choice,
    Drawn,
    choose_texts,
    draw_randomly,
    list_uncertain,
    record_draws,
    spread,
)
from models import (
    AuditDraw,
    AuditEvent,
    AuditSample,
    Cluster,
    ClusterMember,
    DrawPurpose,
    Flag,
    FlagReason,
    FlagState,
    Item,
    ItemVersion,
    now,
    verify_chain,
)
from models.database import make_session
from models.queue.priority import is_sunk
from netra.retention.items import erase_items
from tests.classifier.learning.rows import score_item
from tests.factories import make_artifact, make_flag, make_item, make_source

LINE, READ_LINE = 0.5, 0.3


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """A live artifact with a line of 0.5, and a reading line of 0.3."""
    sessions = make_session(engine)
    with sessions.begin() as session:
        make_artifact(session).read_line = READ_LINE
    return sessions


def add_items(sessions: sessionmaker[Session], *probabilities: float) -> list[int]:
    with sessions.begin() as session:
        source = make_source(session)
        return [score_item(session, source, probability).id for probability in probabilities]


def draw(sessions: sessionmaker[Session], *, audit: int = 0, learn: int = 0, seed: int = 1) -> list[Drawn]:
    with sessions.begin() as session:
        artifact = make_artifact(session)
        choice = choose_texts(session, artifact, audit=audit, learn=learn, seed=seed)
        return record_draws(session, artifact, choice, seed=seed)


def count(sessions: sessionmaker[Session], table: type) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_population_is_what_nobody_flagged(sessions: sessionmaker[Session]) -> None:
    (plain,) = add_items(sessions, 0.1)
    add_items(sessions, LINE)
    with sessions.begin() as session:
        source = make_source(session)
        score_item(session, source, 0.0, label="bahasa_lain")
        make_item(session, source=source)  # Nobody has scored it.
        make_flag(session, make_item(session, source=source), probability=0.2, state=FlagState.ASSESSED)
        moved = make_item(session, source=source)
        make_flag(session, moved)
        version = ItemVersion(item_id=moved.id, number=2, text="Lain.", text_sha256="1" * 64)
        session.add(version)
        session.flush()
        moved.current_version_id = version.id
        assert draw_randomly(session, make_artifact(session), 9, seed=1) == (1, (plain,))


def test_erased_text_is_neither_counted_nor_drawn_also_where_it_was_chosen_before(sessions: sessionmaker[Session]) -> None:
    erased, kept = add_items(sessions, 0.4, 0.4)
    with sessions.begin() as session:
        artifact = make_artifact(session)
        chosen = choose_texts(session, artifact, audit=2, learn=0, seed=1)
        erase_items(session, [erased], "permintaan", now())
        assert draw_randomly(session, artifact, 9, seed=1) == (1, (kept,))
        assert [own.item_id for own in list_uncertain(session, artifact, 9)] == [kept]
        assert (chosen.population, [own.flags for own in record_draws(session, artifact, chosen, seed=1)]) == (2, [1])


def test_item_whose_older_words_were_read_is_drawn_again_for_its_newer_ones(sessions: sessionmaker[Session]) -> None:
    (item_id,) = add_items(sessions, 0.1)
    draw(sessions, audit=1)
    with sessions.begin() as session:
        session.scalars(select(Flag)).one().state = FlagState.ASSESSED
        item = session.get_one(Item, item_id)
        newer = score_item(session, make_source(session), 0.1)
        version = session.get_one(ItemVersion, newer.current_version_id)
        item.current_version_id, newer.current_version_id = version.id, None
        session.flush()
        assert draw_randomly(session, make_artifact(session), 9, seed=1) == (1, (item_id,))


def test_draws_are_written_with_flags_samples_and_an_event_without_texts(sessions: sessionmaker[Session]) -> None:
    add_items(sessions, 0.1, 0.2, 0.4, 0.45)
    audit, learning = draw(sessions, audit=2, learn=1, seed=7)
    with sessions() as session:
        samples = session.scalars(select(AuditSample).where(AuditSample.draw_id == audit.id)).all()
        flag = session.get_one(Flag, samples[0].flag_id)
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).first()
        assert (audit.purpose, audit.population, audit.flags, learning.flags) == (DrawPurpose.AUDIT, 4, 2, 1)
        assert (flag.reason, flag.state, flag.score) == (FlagReason.AUDIT, FlagState.OPEN, 0.5)
        assert event is not None
        assert event.detail == {"artefak": "uji-1", "tujuan": "audit", "benih": 7, "populasi": 4, "penanda": 2}
        assert verify_chain(session).breaks == []


def test_second_draw_never_repeats(sessions: sessionmaker[Session]) -> None:
    add_items(sessions, *[0.1] * 4, *[0.4] * 3)
    for _ in range(4):
        draw(sessions, audit=2, learn=1)
    with sessions() as session:
        drawn = session.scalars(select(AuditSample.item_version_id)).all()
        assert len(drawn) == len(set(drawn)) == 7
    assert draw(sessions, audit=2, learn=1) == []


def test_same_seed_draws_the_same_and_another_seed_something_else(sessions: sessionmaker[Session]) -> None:
    add_items(sessions, *[0.1] * 40)
    with sessions() as session:
        artifact = make_artifact(session)
        first, again, other = (draw_randomly(session, artifact, 5, seed=seed) for seed in (3, 3, 4))
        assert first == again != other
        assert draw_randomly(session, artifact, 0, seed=3) == (40, ())


def test_every_text_is_drawn_equally_often(sessions: sessionmaker[Session]) -> None:
    """400 draws of 2 from 8: each is expected 100 times, with a standard deviation of 8.7."""
    add_items(sessions, *[0.1] * 8)
    with sessions() as session:
        artifact = make_artifact(session)
        drawn = Counter(own for seed in range(400) for own in draw_randomly(session, artifact, 2, seed=seed)[1])
    assert len(drawn) == 8
    assert all(abs(times - 100) < 4 * 8.7 for times in drawn.values())


def test_drawn_flags_take_places_of_the_open_queue(sessions: sessionmaker[Session]) -> None:
    add_items(sessions, *[0.1] * 20)
    with sessions.begin() as session:
        for probability in (0.6, 0.7, 0.8):
            make_flag(session, probability=probability)
        make_flag(session, probability=0.95, state=FlagState.ASSESSED)
    draw(sessions, audit=20)
    with sessions() as session:
        places = session.scalars(select(Flag.score).where(Flag.reason == FlagReason.AUDIT)).all()
        assert set(places) == {0.6, 0.7, 0.8}


def test_drawn_texts_stand_in_the_queue_whatever_their_age(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        source, month = make_source(session), timedelta(days=30)
        make_flag(session, probability=0.7, priority=-100.0)
        for months in range(4):
            score_item(session, source, 0.1, first_seen_at=now() - months * month)
    draw(sessions, audit=4)
    with sessions() as session:
        drawn = session.scalars(select(Flag).where(Flag.reason == FlagReason.AUDIT)).all()
        assert len({flag.priority for flag in drawn}) == 1
        assert not is_sunk(drawn[0].priority)
        assert len({flag.due_on for flag in drawn}) == 4


def test_killed_draw_leaves_nothing(sessions: sessionmaker[Session]) -> None:
    add_items(sessions, 0.1, 0.4)
    with suppress(KeyboardInterrupt), sessions.begin() as session:
        artifact = make_artifact(session)
        choice = choose_texts(session, artifact, audit=1, learn=1, seed=1)
        assert len(record_draws(session, artifact, choice, seed=1)) == 2
        raise KeyboardInterrupt
    assert [count(sessions, table) for table in (AuditDraw, AuditSample, Flag, AuditEvent)] == [0, 0, 0, 0]


def test_text_that_somebody_flagged_meanwhile_is_left_out(sessions: sessionmaker[Session]) -> None:
    first, second = add_items(sessions, 0.1, 0.2)
    choice = Choice(2, (first, second), ())
    with sessions.begin() as session:
        artifact = make_artifact(session)
        record_draws(session, artifact, Choice(2, (first,), ()), seed=1)
        (drawn,) = record_draws(session, artifact, choice, seed=2)
        assert drawn.flags == 1
        assert record_draws(session, artifact, choice, seed=3) == []


def add_cluster(session: Session, *item_ids: int) -> int:
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    session.add_all([ClusterMember(item_id=own, cluster_id=cluster.id, similarity=0.9) for own in item_ids])
    session.flush()
    return cluster.id


def test_uncertain_texts_come_from_below_the_line_and_from_new_stories(sessions: sessionmaker[Session]) -> None:
    known, drawn, drawn_mate, near, _above = add_items(sessions, 0.45, 0.44, 0.43, 0.4, 0.9)
    with sessions.begin() as session:
        add_cluster(session, known, make_flag(session).item_id)
        add_cluster(session, drawn, drawn_mate)
        new = add_cluster(session, near)
        found = list_uncertain(session, make_artifact(session), 1, besides=[drawn])
        assert [(own.item_id, own.cluster_id) for own in found] == [(near, new)]


def test_two_draws_at_once_take_no_text_twice(sessions: sessionmaker[Session]) -> None:
    add_items(sessions, *[0.1] * 12)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda seed: draw(sessions, audit=6, learn=4, seed=seed), (1, 2)))
    with sessions() as session:
        drawn = session.scalars(select(AuditSample.item_version_id)).all()
    assert 10 <= len(drawn) == len(set(drawn)) == count(sessions, Flag)


def test_uncertain_texts_are_spread() -> None:
    """Rows are item, probability, source, region, cluster; the reading line lies at 0.3."""
    rows = [
        (1, 0.49, 1, "33", None),
        (2, 0.48, 1, "33", None),
        (3, 0.40, 2, "33", 9),
        (4, 0.45, 2, "33", 9),
        (5, 0.35, 1, "35", None),
        (6, 0.29, 3, "35", None),
    ]
    candidates = [Candidate(*row) for row in rows]
    assert spread(candidates, 9, READ_LINE) == [1, 4, 5, 2, 6]
    assert spread(candidates, 2, READ_LINE) == [1, 4]

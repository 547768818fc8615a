"""Days equal their events, whatever comes in whatever batches; old rows are counted by the migration."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.orm import Session

from crawler.catalogue import parse_source
from crawler.runs.run import Run
from migrations.versions import __name__ as versions
from models import CrawlRun, FetchCause, FetchEvent, FetchOutcome, ItemVersion, SourceDay, SourceDayCause
from models.database import make_session
from models.health.tally import COLUMNS, day_of
from models.settings import Settings

SOURCE = """
name: Satu
kind: berita
home_url: http://a.test
rights: full_text
rights_note: rekaan
cadence_minutes: 60
expected_min_per_day: 0
confidence: A
feeds: [{kind: rss, url: "http://a.test/rss"}]
"""
MIDNIGHT = datetime(2024, 10, 16, 17, 0, tzinfo=UTC)
"""In Jakarta."""


@pytest.fixture
def run(settings: Settings, engine: Engine) -> Iterator[Run]:
    run = Run(engine, settings, parse_source(SOURCE, "satu"))
    run.start()
    yield run
    run.writer.close()


def event(outcome: FetchOutcome, cause: FetchCause, status: int | None, minutes: int) -> dict[str, object]:
    fields = {"url": "http://a.test/1", "reason": "", "feed_id": None, "byte_count": 0, "snapshot_id": None}
    return fields | {"outcome": outcome, "cause": cause, "status_code": status, "at": MIDNIGHT + timedelta(minutes=minutes)}


EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from(FetchOutcome),
        st.sampled_from([FetchCause.NONE, FetchCause.CAPTCHA, FetchCause.TLS, FetchCause.GONE]),
        st.sampled_from([None, 200, 304]),
        st.integers(-2000, 2000),
    ),
    max_size=40,
)


def counted(session: Session) -> tuple[Counter[tuple[object, str]], Counter[tuple[object, str]]]:
    """The days, from their events."""
    outcomes, causes = Counter[tuple[object, str]](), Counter[tuple[object, str]]()
    for row in session.scalars(select(FetchEvent)):
        is_same = row.outcome is FetchOutcome.LISTED and row.status_code == 304
        outcomes[day_of(row.at), "lists_unchanged" if is_same else COLUMNS[row.outcome]] += 1
        if row.cause:
            causes[day_of(row.at), row.cause] += 1
    return outcomes, causes


def kept(session: Session) -> tuple[Counter[tuple[object, str]], Counter[tuple[object, str]]]:
    names = (*COLUMNS.values(), "lists_unchanged")
    days = session.scalars(select(SourceDay)).all()
    outcomes = Counter({(day.on_day, name): getattr(day, name) for day in days for name in names if getattr(day, name)})
    causes = Counter({(row.on_day, str(row.cause)): row.count for row in session.scalars(select(SourceDayCause))})
    return outcomes, causes


@given(EVENTS, st.integers(1, 9))
@trying(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_tally_equals_the_events(run: Run, engine: Engine, events: list[dict[str, object]], size: int) -> None:
    for start in range(0, len(events), size):
        with make_session(engine).begin() as session:
            run._record(session, events[start : start + size])
    with make_session(engine)() as session:
        assert kept(session) == counted(session)
        newest = select(func.max(FetchEvent.at)).where(FetchEvent.outcome.in_([FetchOutcome.STORED, FetchOutcome.CHANGED]))
        has_news = session.scalar(newest) is not None
        assert any(day.last_stored_at for day in session.scalars(select(SourceDay))) == has_news


def test_articles_are_rated_on_the_day_of_their_reading(run: Run, engine: Engine) -> None:
    read = [
        ItemVersion(title="a", author="", published_at=MIDNIGHT, fields={"quality": 0.5}, created_at=MIDNIGHT),
        ItemVersion(title="", author="b", published_at=None, fields={}, created_at=MIDNIGHT),
    ]
    for batch in (read, read[:1]):
        with make_session(engine).begin() as session:
            run._record(session, [event(FetchOutcome.STORED, FetchCause.NONE, 200, 0)], batch)
    with make_session(engine)() as session:
        day = session.scalars(select(SourceDay)).one()
        assert (day.on_day.isoformat(), day.stored, day.articles) == ("2024-10-17", 2, 3)
        assert (day.undated, day.unsigned, day.untitled, day.rated, day.quality) == (1, 2, 1, 2, 1.0)


def test_a_kill_before_the_commit_counts_nothing_and_one_after_it_everything(run: Run, engine: Engine) -> None:
    one = event(FetchOutcome.STORED, FetchCause.NONE, 200, 0)
    session = make_session(engine)()
    run._record(session, [one])
    session.rollback()
    session.close()
    with make_session(engine).begin() as session:
        assert kept(session) == counted(session) == (Counter(), Counter())
        run._record(session, [one])
    with make_session(engine)() as session:
        assert kept(session) == counted(session)
        assert session.scalars(select(CrawlRun.counts)).one() == {"disimpan": 1}


def test_the_migration_counts_what_was_there_before(run: Run, engine: Engine) -> None:
    import importlib

    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    chance = random.Random(5)
    outcomes, statuses = list(FetchOutcome), [None, 200, 304]
    drawn = [(chance.choice(outcomes), chance.choice(statuses), chance.randint(-3000, 3000)) for _ in range(80)]
    events = [event(outcome, FetchCause.NONE, status, minutes) for outcome, status, minutes in drawn]
    with make_session(engine).begin() as session:
        run._record(session, events)
        before = kept(session)
        session.execute(delete(SourceDay))
    migration = importlib.import_module(f"{versions}.0009_health")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        migration._count_what_was()
    with make_session(engine)() as session:
        assert kept(session) == before
        assert session.execute(text("SELECT sum(quality) FROM source_days")).scalar_one() == 0

"""What a worker had in hand when it lost its database: a crawl and a round of scoring, and what must have become of them."""

from datetime import timedelta

from sqlalchemy import Engine, func, select, update

from models import FetchEvent, FetchOutcome, ItemVersion, JobTurn, SourceSchedule, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from tests.factories import PARTISAN, make_item, make_source
from tests.faults.soundness import (
    check_hosts_come_free,
    check_nothing_is_doubled,
    check_trail_and_evidence,
    check_turns_come_free,
)
from tests.netra.jobs.houses import wait_for
from tests.netra.test_score_killed import let_the_minute_of_claims_pass


def count_stored(engine: Engine) -> int:
    """Pages that crawls have stored."""
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).where(FetchEvent.outcome == FetchOutcome.STORED)) or 0


def read_on(engine: Engine) -> None:
    """Without the five minutes that a source waits after a run that failed, and the one after any other."""
    with make_session(engine).begin() as session:
        session.execute(update(SourceSchedule).values(not_before=now() - timedelta(seconds=1)))


def count_unscored(engine: Engine) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).where(ItemVersion.scored_by_id.is_(None))) or 0


def score_now(engine: Engine) -> None:
    """Without the minute between two rounds, and the one after a failure."""
    with make_session(engine).begin() as session:
        session.execute(update(JobTurn).where(JobTurn.name.startswith("score")).values(due_at=now() - timedelta(seconds=1)))


def wait_until_all_is_scored(engine: Engine) -> None:
    let_the_minute_of_claims_pass(engine)
    score_now(engine)
    wait_for(lambda: not count_unscored(engine))


def check_a_new_text_is_scored(engine: Engine) -> None:
    """Whoever is left works on."""
    with make_session(engine).begin() as session:
        make_item(session, source=make_source(session), title="", text=f"{PARTISAN} Butir terakhir.")
    score_now(engine)
    wait_for(lambda: not count_unscored(engine))


def check_jobs(settings: Settings, engine: Engine, *, pages: int) -> None:
    """After the workers were killed: no page, text or flag is there twice, and nobody holds a turn or a host."""
    check_hosts_come_free(engine, settings)
    check_turns_come_free(engine)
    check_nothing_is_doubled(engine)
    check_trail_and_evidence(settings, pages=pages)

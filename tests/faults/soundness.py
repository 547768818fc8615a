"""What must hold after any fault: nothing lost, nothing doubled, no lease beyond its time, trail and evidence whole."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import Engine, func, select, text

from classifier.score import CLAIM
from crawler.schedule import LEASE, give_back_dead, is_gone
from models import (
    Assessment,
    AuditEvent,
    FetchEvent,
    FetchOutcome,
    Flag,
    FlagState,
    HostClaim,
    Item,
    ItemVersion,
    JobRun,
    JobTurn,
    Lease,
    Outcome,
    Prediction,
    RunState,
    now,
)
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.jobs.turns import give_back_dead as give_back_turns
from tests.faults.house import Monitor
from tests.netra.jobs.houses import wait_for
from tests.netra.test_score_killed import let_the_minute_of_claims_pass
from tests.processes import run_netra

LAST_BREATH = 30.0
DEEDS = ("penanda.nilai", "penilaian.batal")
WITHOUT_COPY = "version 1 has no stored copy"
"""Of the texts that were there before: no outlet has published them."""


def check_every_answer_is_stored_once(engine: Engine, monitors: Sequence[Monitor]) -> None:
    """Every answer was waited for, so what is stored is exactly what was said; and each left its event in the trail."""
    saved = Counter(number for monitor in monitors for number in monitor.saved)
    with make_reading_session(engine)() as session:
        stored = session.scalars(select(Assessment.id)).all()
        events = session.scalars(select(AuditEvent).where(AuditEvent.action.in_(DEEDS))).all()
        withdrawn = select(Assessment.undoes_id).where(Assessment.undoes_id.is_not(None))
        stands = (Assessment.outcome != Outcome.WITHDRAWN, Assessment.id.not_in(withdrawn))
        standing = session.scalars(select(Assessment.flag_id).where(*stands)).all()
    assert saved == dict.fromkeys(stored, 1)
    assert len(events) == len(stored)
    assert set(Counter(standing).values()) <= {1}


def check_nothing_is_doubled(engine: Engine) -> None:
    with make_reading_session(engine)() as session:
        for column in (Item.url, Flag.item_id):
            assert set(Counter(session.scalars(select(column))).values()) <= {1}, column
        predicted = session.execute(select(Prediction.item_version_id, Prediction.artifact_id)).all()
        stored = session.scalars(select(FetchEvent.url).where(FetchEvent.outcome == FetchOutcome.STORED)).all()
        leases = session.scalars(select(Lease.flag_id).where(Lease.ended_at.is_(None))).all()
        if engine.dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    for many in (predicted, stored, leases):
        assert set(Counter(many).values()) <= {1}


def check_no_lease_stays(engine: Engine, settings: Settings, *, jump: timedelta = timedelta()) -> None:
    """Whatever is held ends within the time of its kind, and a jump of the clock; who holds a flag has a lease that runs."""
    at = now()
    with make_reading_session(engine)() as session:
        until = session.scalars(select(Flag.held_until).where(Flag.holder_id.is_not(None))).all()
        assert all(moment and moment <= at + timedelta(minutes=settings.lease_minutes) + jump for moment in until)
        assert all(moment <= at + CLAIM for moment in session.scalars(select(ItemVersion.scoring_until)) if moment)
        assert all(moment <= at + LEASE + jump for moment in session.scalars(select(HostClaim.expires_at)) if moment)
        held = set(session.scalars(select(Flag.id).where(Flag.holder_id.is_not(None), Flag.state != FlagState.ASSESSED)))
        assert held == set(session.scalars(select(Lease.flag_id).where(Lease.ended_at.is_(None))))


def check_hosts_come_free(engine: Engine, settings: Settings) -> None:
    """All who claimed were killed: the next scheduler frees every host, whatever the clock said when it was taken.

    Their crawls end with them, a moment later.
    """

    def are_free() -> bool:
        with make_session(engine).begin() as session:
            give_back_dead(session, partial(is_gone, settings.home), retry_minutes=1)
            return not session.scalars(select(HostClaim.worker).where(HostClaim.worker.is_not(None))).all()

    wait_for(are_free)


def check_turns_come_free(engine: Engine) -> None:
    """Whoever comes next gives back what the dead held of jobs, long before it runs out, and no run of theirs stays open."""
    end = time.monotonic() + LAST_BREATH
    while held := _give_back_turns(engine):  # Children of the killed die a moment after them.
        assert time.monotonic() < end, held
        time.sleep(0.1)
    with make_reading_session(engine)() as session:
        assert session.scalars(select(JobRun.job).where(JobRun.state == RunState.RUNNING)).all() == []


def _give_back_turns(engine: Engine) -> dict[str, str | None]:
    """Turns that are held all the same, and by whom."""
    with make_session(engine).begin() as session:
        give_back_turns(session)
        held = session.scalars(select(JobTurn).where(JobTurn.holder.is_not(None)))
        return {turn.name: turn.holder for turn in held}


def check_trail_and_evidence(settings: Settings, *, pages: int) -> None:
    trail = json.loads(run_netra(settings, "audit", "verify", "--json").stdout)
    assert (trail["whole"], trail["breaks"]) == (True, [])
    evidence = json.loads(run_netra(settings, "evidence", "verify", "--all", "--json").stdout)
    assert [finding for finding in evidence["findings"] if finding["problem"] != WITHOUT_COPY] == []
    assert evidence["snapshots"] >= pages


def finish(settings: Settings, engine: Engine, sources: Sequence[str]) -> None:
    """What is left of crawls and scores is done by the next who comes; nobody repairs anything by hand."""
    crawled = run_netra(settings, "crawl", *sources)
    assert crawled.returncode == 0, crawled.stderr
    let_the_minute_of_claims_pass(engine)
    scored = run_netra(settings, "score")
    assert scored.returncode == 0, scored.stderr


def check_everything_is_there(engine: Engine, *, pages: int, texts: int) -> None:
    """Every page of the outlets and every text of before, each scored; each of the texts a flag."""
    with make_reading_session(engine)() as session:
        items = session.scalar(select(func.count()).select_from(Item))
        predicted = session.scalar(select(func.count()).select_from(Prediction))
        flags = session.scalar(select(func.count()).select_from(Flag))
    assert (items, predicted) == (pages + texts, pages + texts)
    assert flags is not None
    assert flags >= texts


def check_all(
    settings: Settings,
    engine: Engine,
    monitors: Sequence[Monitor],
    *,
    pages: int,
    texts: int,
    jump: timedelta = timedelta(),
) -> None:
    """After the monitors went home and everything was killed, while the outlets still answer."""
    check_every_answer_is_stored_once(engine, monitors)
    check_no_lease_stays(engine, settings, jump=jump)
    check_hosts_come_free(engine, settings)
    finish(settings, engine, ("satu", "dua"))
    check_everything_is_there(engine, pages=pages, texts=texts)
    check_nothing_is_doubled(engine)
    check_trail_and_evidence(settings, pages=pages)

"""Turns as rows: taken by one statement, renewed while their holder lives, and given back however it ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from crawler.schedule import is_dead
from crawler.storing.conflicts import insert_missing
from models import JobRun, JobTurn, RunState, now
from models.base import CLOCK_SLACK
from models.database import table_of

LEASE = timedelta(seconds=120)
"""A turn that was not renewed for so long is given back by anybody."""
KEPT = timedelta(days=3)
"""How long runs are remembered, and the last one always."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
MANY_FAILURES = 2
"""So many in a row may have been deaths, whose pauses are longer than the rhythm of a job."""


@dataclass(frozen=True)
class Turn:
    """A turn that is this holder's alone until it ends."""

    name: str
    holder: str
    taken_at: datetime
    run_id: int


def take(session: Session, name: str, holder: str, *, due_within: timedelta | None = None) -> Turn | None:
    """Take a turn that nobody holds, in one statement, and open its run. None where it is held.

    With the rhythm of the job in `due_within` only if its time has come. A time further ahead than the rhythm allows was
    written by a clock that has been put back since.
    """
    insert_missing(session, table_of(JobTurn), [{"name": name, "due_at": now(), "failures": 0}], key=["name"])
    give_back_dead(session, name)
    moment = now()
    free = update(JobTurn).where(JobTurn.name == name, JobTurn.holder.is_(None))
    if due_within is not None:
        near, far = (moment + furthest(due_within, failures) for failures in (0, MANY_FAILURES))
        is_wrong = (JobTurn.due_at > far) | ((JobTurn.due_at > near) & (JobTurn.failures < MANY_FAILURES))
        free = free.where((JobTurn.due_at <= moment) | is_wrong)
    taken = free.values(holder=holder, taken_at=moment, expires_at=moment + LEASE).returning(JobTurn.name)
    if session.execute(taken).first() is None:
        return None
    run = JobRun(job=name, holder=holder, started_at=moment)
    session.add(run)
    session.flush()
    return Turn(name, holder, moment, run.id)


def renew(session: Session, turn: Turn, *, stays: bool = False) -> bool:
    """A sign of life; False where the turn was given back meanwhile, so that its work must stop.

    Of one that stays it is all the success that there is to see.
    """
    mine = (JobTurn.name == turn.name, JobTurn.holder == turn.holder, JobTurn.taken_at == turn.taken_at)
    success = {"succeeded_at": now()} if stays else {}
    renewed = update(JobTurn).where(*mine).values(expires_at=now() + LEASE, **success)
    return session.execute(renewed.returning(JobTurn.name)).first() is not None


def finish(session: Session, turn: Turn, state: RunState, said: str, *, every: timedelta) -> datetime | None:
    """Give the turn back and write down how it went. Returns when its time comes again; None where it was lost before."""
    row = session.scalar(
        select(JobTurn)
        .where(JobTurn.name == turn.name, JobTurn.holder == turn.holder, JobTurn.taken_at == turn.taken_at)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    row.failures = row.failures + 1 if state is RunState.FAILED else 0 if state is RunState.FINISHED else row.failures
    row.succeeded_at = now() if state is RunState.FINISHED else row.succeeded_at
    pauses = {RunState.FINISHED: every, RunState.FAILED: pause_after(row.failures, every)}
    row.due_at = now() + pauses.get(state, timedelta())
    row.holder, row.taken_at, row.expires_at = None, None, None
    _close(session, turn.name, state, said)
    return row.due_at


def give_back_dead(session: Session, name: str | None = None) -> list[str]:
    """Free the turns of the dead, whose time has come at once; from the second death in a row on after a pause.

    That is so that a job which kills whoever does it makes way for others.
    """
    held = select(JobTurn).where(JobTurn.holder.is_not(None)).execution_options(populate_existing=True)
    freed = list[str]()
    for row in session.scalars(held if name is None else held.where(JobTurn.name == name)).all():
        ends_at = row.expires_at or now()
        if now() < ends_at <= now() + LEASE + CLOCK_SLACK and not is_dead(row.holder or ""):
            continue
        failures = row.failures + 1
        same = (JobTurn.name == row.name, JobTurn.taken_at == row.taken_at, JobTurn.expires_at == row.expires_at)
        due_at = now() + (pause_after(failures - 1, LONGEST_PAUSE) if failures > 1 else timedelta())
        free = {"holder": None, "taken_at": None, "expires_at": None, "failures": failures, "due_at": due_at}
        if session.execute(update(JobTurn).where(*same).values(free).returning(JobTurn.name)).first() is not None:
            _close(session, row.name, RunState.INTERRUPTED, f"{row.holder} died")
            freed.append(row.name)
    return freed


def forgive_others(session: Session, job: str, parts: Collection[str]) -> None:
    """Forget the failures of parts of a job that are none of these: what nobody does any more must not alarm for ever."""
    names = [f"{job}:{part}" for part in parts]
    gone = (JobTurn.name.startswith(f"{job}:", autoescape=True), JobTurn.name.not_in(names), JobTurn.holder.is_(None))
    session.execute(update(JobTurn).where(*gone, JobTurn.failures > 0).values(failures=0))


def furthest(every: timedelta, failures: int) -> timedelta:
    """How far ahead the next time of a job may lie."""
    return (max(every, LONGEST_PAUSE) if failures >= MANY_FAILURES else every) + CLOCK_SLACK


def pause_after(failures: int, every: timedelta) -> timedelta:
    """A minute, then twice as long each time; never longer than six hours or than the job's own rhythm.

    >>> [pause_after(failures, timedelta(minutes=5)).seconds for failures in (1, 2, 3, 4, 99)]
    [60, 120, 240, 300, 300]
    """
    return min(FIRST_PAUSE * 2 ** min(failures - 1, 20), every or LONGEST_PAUSE, LONGEST_PAUSE)


def _close(session: Session, name: str, state: RunState, said: str) -> None:
    is_open = (JobRun.job == name, JobRun.state == RunState.RUNNING)
    session.execute(update(JobRun).where(*is_open).values(state=state, said=said, ended_at=now()))
    last = select(func.max(JobRun.id)).where(JobRun.job == name).scalar_subquery()
    session.execute(delete(JobRun).where(JobRun.job == name, JobRun.id < last, JobRun.started_at < now() - KEPT))

"""How the jobs are doing, for people and machines: the newest of all turns of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import JobRun, JobTurn, RunState, now
from models.settings import Settings
from netra.jobs.rhythm import list_jobs


@dataclass(frozen=True)
class JobLine:
    """One job as `netra jobs list` shows it."""

    name: str
    about: str
    queue: str
    every_minutes: float
    off: str
    """Why it does not come round by itself; empty where it does."""
    last_at: datetime | None
    outcome: RunState | None
    said: str
    failures: int
    failing: str
    """Its turn that failed so often, as `score:2`; empty where none did."""
    why: str
    """How the last run of that turn ended."""
    succeeded_at: datetime | None
    next_at: datetime | None
    """None while it is done, and where it does not come round."""
    holders: tuple[str, ...]


def read_jobs(session: Session, settings: Settings) -> list[JobLine]:
    """Every job of the catalogue, in its order. Raises JobError where the rhythm cannot be read."""
    turns = list(session.scalars(select(JobTurn)))
    newest = select(func.max(JobRun.id)).group_by(JobRun.job)
    runs = list(session.scalars(select(JobRun).where(JobRun.id.in_(newest))))
    reasons = _read_reasons(session, [turn.name for turn in turns if turn.failures])
    lines = list[JobLine]()
    for job in list_jobs(settings):
        own = [turn for turn in turns if turn.name.partition(":")[0] == job.name]
        worst = max((turn for turn in own if turn.failures), key=lambda turn: turn.failures, default=None)
        last = max((run for run in runs if run.job.partition(":")[0] == job.name), key=lambda run: run.id, default=None)
        off = job.why_off(settings) or ("" if job.every else "by hand only")
        holders = tuple(sorted(turn.holder for turn in own if turn.holder))
        lines.append(
            JobLine(
                job.name,
                job.about,
                job.queue,
                job.every.total_seconds() / 60,
                off,
                (last.ended_at or last.started_at) if last else None,
                last.state if last else None,
                last.said if last else "",
                worst.failures if worst else 0,
                worst.name if worst else "",
                reasons.get(worst.name, "") if worst else "",
                max((turn.succeeded_at for turn in own if turn.succeeded_at), default=None),
                None if off or holders else _next_of(own),
                holders,
            )
        )
    return lines


def _read_reasons(session: Session, turns: Sequence[str]) -> dict[str, str]:
    """Of turns that fail, what the last run said that did not end well: a newer one may still go on."""
    is_bad = (JobRun.job.in_(turns), JobRun.state.in_((RunState.FAILED, RunState.INTERRUPTED)))
    last = select(func.max(JobRun.id)).where(*is_bad).group_by(JobRun.job)
    return {run.job: run.said for run in session.scalars(select(JobRun).where(JobRun.id.in_(last)))}


def find_holder(session: Session, name: str) -> JobTurn | None:
    """Who holds a turn just now."""
    return session.scalar(select(JobTurn).where(JobTurn.name == name, JobTurn.holder.is_not(None)))


def _next_of(turns: Sequence[JobTurn]) -> datetime:
    return min((turn.due_at for turn in turns), default=now())

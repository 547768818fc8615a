"""What a scheduler shows of itself: a plain picture, for whoever draws it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from crawler.schedule import Claim, last_run, list_turns
from models import FetchOutcome, RunState, now


@dataclass(frozen=True)
class RunningSource:
    slug: str
    host: str
    since: datetime
    pages: int
    """Asked in this run, feeds not counted."""
    ending: str = ""
    """Why it was told to end, once it was."""


@dataclass(frozen=True)
class EndedSource:
    slug: str
    outcome: RunState
    reason: str
    counts: dict[str, int]
    since: datetime
    seconds: float

    @property
    def is_sound(self) -> bool:
        return self.outcome is RunState.FINISHED


@dataclass(frozen=True)
class SchedulerState:
    at: datetime
    running: tuple[RunningSource, ...]
    due: tuple[str, ...]
    """Their time has come, and they wait for a free process or for their host."""
    waiting: int
    """Sources whose time has not come."""
    next_at: datetime | None
    """When the first of those is due."""
    ended: tuple[EndedSource, ...]
    """The newest last."""


def read_state(
    session: Session, slugs: Collection[str], running: Sequence[tuple[Claim, str]], ended: Sequence[EndedSource]
) -> SchedulerState:
    """The picture at this moment; `running` are claims with why they were told to end, or nothing."""
    moment = now()
    turns = [turn for turn in list_turns(session, slugs) if not turn.is_running]
    later = [turn.due_at for turn in turns if turn.due_at > moment]
    return SchedulerState(
        at=moment,
        running=tuple(_picture(session, claim, why) for claim, why in running),
        due=tuple(turn.slug for turn in turns if turn.due_at <= moment),
        waiting=len(later),
        next_at=min(later, default=None),
        ended=tuple(ended),
    )


def _picture(session: Session, claim: Claim, why: str) -> RunningSource:
    run = last_run(session, claim)
    pages = sum(count for name, count in run.counts.items() if name != FetchOutcome.LISTED) if run is not None else 0
    return RunningSource(claim.slug, claim.host, claim.taken_at, pages, why)

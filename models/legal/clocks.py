"""The legal clocks of a case, as data: what sets each going, what stops it, how its days are counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from models.case import ExternalStatus
from models.law import Clock
from models.legal.deadline import last_day

CLOCKS = Path(__file__).parent.parent / "data" / "clocks.yml"
DISCOVERED = "ditemukan"
EVERY_LAW = "semua"


class DayCount(StrEnum):
    WORKING = "kerja"
    CALENDAR = "kalender"


@dataclass(frozen=True)
class ClockRule:
    slug: str
    law: str
    """The clock of the election that it belongs to, or every law."""
    starts_with: Sequence[str]
    """The first of these statuses sets it going; `ditemukan` is the day of the first lead."""
    met_by: Sequence[ExternalStatus]
    days: int
    count: DayCount
    legal_basis: str
    source: str
    confidence: str
    """`2` two independent pages, `V` one, `X` sources conflict, `?` not verified."""
    note: str = ""
    after: str = ""
    """It starts on the last day of this other clock."""
    valid_from_on: date | None = None

    def holds(self, clock: Clock, day: date) -> bool:
        return self.law in {EVERY_LAW, clock.value} and (self.valid_from_on is None or day >= self.valid_from_on)


@dataclass(frozen=True)
class RunningClock:
    """One clock of one case."""

    rule: ClockRule
    starts_on: date
    due_on: date
    met_on: date | None


@cache
def read_clocks() -> tuple[ClockRule, ...]:
    return tuple(_read(entry) for entry in yaml.safe_load(CLOCKS.read_text(encoding="utf-8")))


def find_clock(slug: str) -> ClockRule | None:
    return next((rule for rule in read_clocks() if rule.slug == slug), None)


def run_clocks(clock: Clock, discovered_on: date, firsts: Mapping[ExternalStatus, date]) -> list[RunningClock]:
    """Every clock that has started. `firsts` says on which day each status was reached first.

    >>> [(c.rule.slug, c.due_on.isoformat()) for c in run_clocks(Clock.PILKADA, date(2024, 10, 16), {})]
    [('lapor_pilkada', '2024-10-23')]
    """
    running = dict[str, RunningClock]()
    for rule in read_clocks():
        starts_on = _start_of(rule, discovered_on, firsts, running)
        if starts_on is None or not rule.holds(clock, starts_on):
            continue
        due_on = last_day(starts_on, rule.days, counts_working_days=rule.count is DayCount.WORKING)
        met_on = running[rule.after].met_on if rule.after else None
        running[rule.slug] = RunningClock(rule, starts_on, due_on, met_on or _met_on(rule, starts_on, firsts))
    return list(running.values())


def _start_of(
    rule: ClockRule, discovered_on: date, firsts: Mapping[ExternalStatus, date], running: Mapping[str, RunningClock]
) -> date | None:
    if rule.after:
        return running[rule.after].due_on if rule.after in running else None
    if DISCOVERED in rule.starts_with:
        return discovered_on
    return min((firsts[ExternalStatus(word)] for word in rule.starts_with if word in firsts), default=None)


def _met_on(rule: ClockRule, starts_on: date, firsts: Mapping[ExternalStatus, date]) -> date | None:
    """An institution may have had its report before we saw anything: what starts with a discovery is met by that too."""
    earliest = date.min if DISCOVERED in rule.starts_with else starts_on
    return min((firsts[status] for status in rule.met_by if status in firsts and firsts[status] >= earliest), default=None)


def _read(entry: dict[str, object]) -> ClockRule:
    met_by = [ExternalStatus(word) for word in entry.pop("met_by")]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
    return ClockRule(met_by=met_by, count=DayCount(entry.pop("count")), **entry)  # pyright: ignore[reportArgumentType]

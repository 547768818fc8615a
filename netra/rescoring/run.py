"""A run over all units: what fails is tried again at the end, and what still fails is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from netra.rescoring.work import Done, Engine, MustStop, Outcome, Work

PASSES = 3
PAUSE_SECONDS = 3.0
"""Before another pass: a database that restarts needs a moment."""
MOST_FAILURES = 50
"""One after the other: then it is not the units' fault, and the run ends before it has failed them all."""


@dataclass
class Report:
    """What a run did; `failures` are the units that are not done."""

    done: Done = field(default_factory=Done)
    failures: list[Outcome] = field(default_factory=list)
    is_stopped: bool = False
    has_given_up: bool = False
    """Nothing went well any more: units were left that nobody tried."""

    @property
    def is_whole(self) -> bool:
        return not (self.failures or self.is_stopped or self.has_given_up or self.done.bad)


def run_all(
    engine: Engine,
    work: Work,
    units: Iterable[Any],
    stop: MustStop,
    *,
    on_outcome: Callable[[Outcome], None],
    wait: Callable[[float], None],
) -> Report:
    """Carry out every unit. `on_outcome` hears of each that ended well, and once of each that did not."""
    report, todo = Report(), units
    for last in (*[False] * (PASSES - 1), True):
        again = _run_pass(engine, work, todo, stop, report, on_outcome)
        if not again or stop.is_asked or report.has_given_up or last:
            report.failures = [outcome for outcome in again if outcome.problem or outcome.done.left]
            break
        wait(PAUSE_SECONDS)
        todo = [part for outcome in again for part in (outcome.unit.cut() if outcome.problem else [outcome.unit])]
    for outcome in report.failures:
        on_outcome(outcome)
        report.done += Done(bad=outcome.done.bad)
    report.is_stopped = stop.is_asked
    return report


def _run_pass(
    engine: Engine,
    work: Work,
    units: Iterable[Any],
    stop: MustStop,
    report: Report,
    on_outcome: Callable[[Outcome], None],
) -> list[Outcome]:
    """The units to take once more."""
    again, in_a_row = list[Outcome](), 0
    for outcome in engine.run(work, iter(units), stop):
        is_done = not (outcome.problem or outcome.done.left)
        report.done += Done(outcome.done.scored, outcome.done.flagged, outcome.done.bad if is_done else 0)
        if is_done:
            on_outcome(outcome)
        else:
            again.append(outcome)
        in_a_row = in_a_row + 1 if outcome.problem else 0
        if in_a_row == MOST_FAILURES:
            report.has_given_up = True
            break
    return again

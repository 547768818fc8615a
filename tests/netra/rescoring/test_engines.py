"""Units in this process and in others, of which some die."""

import time
from dataclasses import dataclass, field
from multiprocessing import active_children
from pathlib import Path

import pytest

from netra.rescoring.errors import Misplaced
from netra.rescoring.local import Processes, ThisProcess
from netra.rescoring.run import MOST_FAILURES, PASSES, Report, run_all
from netra.rescoring.work import Done, Engine, Outcome
from netra.stopping import Stop
from tests.netra.rescoring.dying import Counting, Number

UNITS = [Number(value) for value in range(12)]


@dataclass
class Heard:
    outcomes: list[Outcome] = field(default_factory=list)
    stop: Stop = field(default_factory=Stop)
    stop_after: int = 10**9

    def __call__(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.stop.is_asked = len(self.outcomes) >= self.stop_after


def carry_out(engine: Engine, work: Counting, heard: Heard | None = None, units: list[Number] = UNITS) -> Report:
    heard = heard or Heard()
    return run_all(engine, work, units, heard.stop, on_outcome=heard, wait=lambda _: None)


def test_every_unit_is_done_once_by_two_processes(tmp_path: Path) -> None:
    report = carry_out(Processes(2), Counting(tmp_path))
    assert (report.done, report.failures) == (Done(scored=12), [])
    assert [(tmp_path / str(unit.value)).read_text() for unit in UNITS] == ["x"] * 12


def test_a_process_that_dies_costs_its_units_a_second_try(tmp_path: Path) -> None:
    report = carry_out(Processes(2), Counting(tmp_path, dies_on=(4, 9), dies_once=True))
    assert (report.done, report.failures) == (Done(scored=12), [])


def test_a_unit_that_kills_every_process_is_left_out_and_told(tmp_path: Path) -> None:
    report = carry_out(Processes(2), Counting(tmp_path, dies_on=(4,)))
    assert report.done == Done(scored=11)
    assert [outcome.unit for outcome in report.failures] == [Number(4)]
    assert "died" in report.failures[0].problem


@dataclass
class Killing(Heard):
    """Kills the idle processes after each of the first outcomes, before the next unit is given to them."""

    deaths: int = 0

    def __call__(self, outcome: Outcome) -> None:
        super().__call__(outcome)
        if len(self.outcomes) <= self.deaths:
            for child in active_children():
                child.kill()
                child.join(10)
            time.sleep(0.3)  # The pool's own thread has to notice.


def test_a_process_that_dies_between_two_units_costs_none_of_them(tmp_path: Path) -> None:
    heard = Killing(deaths=3)  # The first in the pool of all, the others in the pool of one that takes up its units.
    report = carry_out(Processes(2), Counting(tmp_path), heard)
    assert (report.done.scored, report.failures) == (12, [])
    assert {outcome.unit for outcome in heard.outcomes} == set(UNITS)


def test_what_fails_is_tried_again_at_the_end_and_then_told(tmp_path: Path) -> None:
    heard = Heard()
    report = carry_out(ThisProcess(), Counting(tmp_path, fails_on=(4,)), heard)
    assert (tmp_path / "4").read_text() == "x" * PASSES
    assert [(outcome.unit, outcome.problem) for outcome in report.failures] == [(Number(4), "OSError: planted")]
    assert len(heard.outcomes) == 12


def test_a_run_that_only_fails_ends_early(tmp_path: Path) -> None:
    units = [Number(value) for value in range(5 * MOST_FAILURES)]
    report = carry_out(ThisProcess(), Counting(tmp_path, fails_on=tuple(range(len(units)))), units=units)
    assert len(list(tmp_path.iterdir())) == MOST_FAILURES
    assert report.has_given_up
    assert not report.is_whole


@pytest.mark.parametrize("engine", [ThisProcess(), Processes(2)])
def test_asked_to_stop_it_ends_what_is_at_hand(tmp_path: Path, engine: Engine) -> None:
    report = carry_out(engine, Counting(tmp_path), Heard(stop_after=2))
    assert report.is_stopped
    assert 2 <= report.done.scored <= 6


@pytest.mark.parametrize("engine", [ThisProcess(), Processes(2)])
def test_a_worker_that_can_do_nothing_ends_the_run(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(Misplaced, match="planted"):
        carry_out(engine, Counting(tmp_path, is_lost=True))

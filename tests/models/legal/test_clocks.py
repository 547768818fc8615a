from datetime import date

import pytest

from models import Clock, ExternalStatus
from models.legal.clocks import RunningClock, run_clocks

SEEN_ON = date(2024, 10, 14)


def clocks_of(firsts: dict[ExternalStatus, date], clock: Clock = Clock.PILKADA) -> dict[str, RunningClock]:
    return {running.rule.slug: running for running in run_clocks(clock, SEEN_ON, firsts)}


@pytest.mark.parametrize(("clock", "rule"), [(Clock.PILKADA, "lapor_pilkada"), (Clock.PEMILU, "temuan_pemilu")])
def test_a_report_that_was_made_before_we_saw_anything_meets_its_clock(clock: Clock, rule: str) -> None:
    made_on = date(2024, 10, 10)
    running = clocks_of({ExternalStatus.REPORT: made_on}, clock)[rule]
    assert (running.starts_on, running.met_on) == (SEEN_ON, made_on)


def test_the_first_of_several_entries_is_the_one_that_met_it() -> None:
    firsts = {ExternalStatus.REPORT: date(2024, 10, 10), ExternalStatus.REGISTERED: date(2024, 10, 25)}
    assert clocks_of(firsts)["lapor_pilkada"].met_on == date(2024, 10, 10)


def test_what_starts_with_an_entry_is_not_met_by_one_of_before() -> None:
    firsts = {ExternalStatus.NO_VIOLATION: date(2024, 10, 15), ExternalStatus.REPORT: date(2024, 10, 16)}
    assert clocks_of(firsts)["tindak_pilkada"].met_on is None

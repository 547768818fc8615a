"""The arithmetic of places."""

import doctest
from datetime import date, timedelta

import pytest

from models.queue import offices, priority
from models.queue.priority import NO_SEVERITY, Standing, Weights, heavier, is_sunk, place_of, shown_priority

DAY = date(2024, 10, 16)
USUAL = Standing(score=0.8, severity=0.85, reach=0.5, novelty=1.0)


def place(standing: Standing = USUAL, weights: Weights | None = None, due: int = 3, *, is_expired: bool = False) -> float:
    return place_of(standing, weights or Weights(), DAY + timedelta(days=due), is_expired=is_expired)


@pytest.mark.parametrize("better", [{"score": 0.9}, {"severity": 1.0}, {"reach": 0.9}])
def test_each_factor_lifts_a_flag(better: dict[str, float]) -> None:
    assert place(Standing(**(vars(USUAL) | better))) > place()


def test_a_nearer_last_day_lifts_a_flag_and_an_expired_one_stays_below_all() -> None:
    weak = Standing(score=0.01, severity=0.35, reach=0.5, novelty=0.1)
    assert place(due=1) > place(due=2) > place(weak, due=200) > place(due=-1, is_expired=True)
    assert is_sunk(place(is_expired=True))


def test_the_order_of_flags_in_time_does_not_change_with_the_days() -> None:
    """Each day lifts every one of them by the same part, so nobody has to be moved at midnight."""
    one, other = place(due=3), place(Standing(0.95, 0.5, 0.5, 1.0), due=5)
    shown = [[shown_priority(own, Weights(), DAY + timedelta(days=day)) for own in (one, other)] for day in range(3)]
    assert len({round(first / second, 9) for first, second in shown}) == 1
    assert shown[0][0] < shown[1][0] < shown[2][0] <= 1


def test_a_weight_of_zero_leaves_a_factor_out() -> None:
    without = Weights(novelty=0)
    assert place(weights=without) == place(Standing(0.8, 0.85, 0.5, 0.2), weights=without)


def test_the_heavier_sanction_stays() -> None:
    assert (heavier("berat", "moral"), heavier(None, "moral"), heavier(None, None)) == ("berat", "moral", NO_SEVERITY)


@pytest.mark.parametrize("module", [priority, offices])
def test_examples_in_docstrings_run(module: object) -> None:
    result = doctest.testmod(module)  # pyright: ignore[reportArgumentType]
    assert result.attempted > 0
    assert result.failed == 0

"""How often the rule for spikes errs, over a simulated year of noise, and that it still sees what is no noise."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from service.alerts.spikes import LEAST, SPAN, is_spike

DAYS = 365
PROVINCES = 38


def count_false_alarms(rates: np.ndarray, seed: int) -> int:
    """Alarms of one series in a year, from its rate a day: looked at every hour, and told once a day as the keys of alerts do."""
    hours = np.random.default_rng(seed).poisson(rates / 24)
    totals = np.concatenate([[0], np.cumsum(hours)])
    return len({end // 24 for end in _looks(len(rates)) if _is_spike_at(totals, end)})


def _looks(hours: int) -> Iterator[int]:
    return iter(range((SPAN + 1) * 24, hours + 1))


def _is_spike_at(totals: np.ndarray, end: int) -> bool:
    today = int(totals[end] - totals[end - 24])
    if today < LEAST:
        return False
    edges = totals[end - (SPAN + 1) * 24 : end - 23 : 24]
    return is_spike(today, np.diff(edges)[::-1].tolist())


def constant(rate: float) -> np.ndarray:
    return np.full((SPAN + DAYS) * 24, rate)


@pytest.mark.parametrize("rate", [0.05, 0.3, 1.0, 3.0])
def test_a_year_of_poisson_noise_in_a_small_series_gives_hardly_an_alarm(rate: float) -> None:
    """Ten series: about one false alarm in two years of one of them."""
    assert sum(count_false_alarms(constant(rate), seed) for seed in range(10)) <= 5


def test_all_provinces_of_a_quiet_house_together_give_a_handful_a_year() -> None:
    """Rates as a house of twenty flags a day has them: a few provinces carry most of it."""
    shares = 1 / np.arange(1, PROVINCES + 1)
    rates = 20 * shares / shares.sum()
    assert sum(count_false_alarms(constant(rate), seed) for seed, rate in enumerate(rates)) <= 4


def test_weekends_and_the_rhythm_of_a_day_are_no_spikes() -> None:
    hours = np.arange((SPAN + DAYS) * 24)
    rhythm = np.where((hours // 24) % 7 < 5, 1.2, 0.5) * (1 + np.sin(hours / 24 * 2 * np.pi))
    assert sum(count_false_alarms(3 * rhythm, seed) for seed in range(3)) <= 4


@pytest.mark.parametrize(("usual", "today"), [(0, 5), (1, 9), (5, 18), (20, 45)])
def test_what_no_noise_explains_is_told(usual: int, today: int) -> None:
    past = list(itertools.islice(itertools.cycle([usual, usual + 1 if usual else 0, max(0, usual - 1), usual]), SPAN))
    assert is_spike(today, past)


def test_a_handful_is_no_spike_however_quiet_it_was() -> None:
    assert not is_spike(LEAST - 1, [0] * SPAN)

"""When a day has more flags than its own past explains.

The rule: the last 24 hours against the 28 before. Counts of a quiet series scatter as a Poisson process whose rate the 28
days tell only roughly, so the day is held against the predictive distribution (gamma and Poisson: a negative binomial).
A series that scatters more than that, by weekends or by waves of news, is held against its own scatter: counts are divided
by the variance-to-mean ratio of the 28 days where it is above one. docs/alerts.md says how often that errs.
"""

from collections.abc import Sequence
from math import ceil, exp, lgamma, log

SPAN = 28
LEAST = 5
"""Fewer flags in a day are no spike, however quiet the past was."""
LINE = 2e-4
"""A day so unlikely, or less, is a spike."""
PRIOR = 0.5
"""Of a rate about which nothing is known (Jeffreys)."""


def is_spike(today: int, past: Sequence[int]) -> bool:
    """
    >>> is_spike(12, [1, 2, 0, 1] * 7), is_spike(4, [0] * 28), is_spike(9, [7, 8, 6, 9] * 7)
    (True, False, False)
    """
    return today >= LEAST and chance_of(today, past) <= LINE


def chance_of(today: int, past: Sequence[int]) -> float:
    """How likely so many or more are on a day like those."""
    total, scatter = sum(past), _scatter_of(past)
    return _upper_tail(ceil(today / scatter), total / scatter + PRIOR, len(past) / (len(past) + 1))


def usual(past: Sequence[int]) -> float:
    return sum(past) / len(past)


def _scatter_of(past: Sequence[int]) -> float:
    """Variance over mean, as far as it is above that of a Poisson process."""
    mean = usual(past)
    if mean == 0:
        return 1.0
    variance = sum((count - mean) ** 2 for count in past) / (len(past) - 1)
    return max(1.0, variance / mean)


def _upper_tail(least: int, shape: float, share: float) -> float:
    """P(X ≥ least) of a negative binomial."""
    below = (
        exp(lgamma(count + shape) - lgamma(shape) - lgamma(count + 1) + shape * log(share) + count * log(1 - share))
        for count in range(least)
    )
    return max(0.0, 1.0 - sum(below))

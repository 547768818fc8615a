"""How far readers agree: Cohen's kappa with its interval, and Wilson's interval of a share."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.959964
"""Of a 95 % interval."""
FEW = 30
"""Readings below which a figure says little; the pages say so."""


@dataclass(frozen=True)
class Share:
    """A part of a whole, with Wilson's interval."""

    count: int
    total: int
    value: float | None
    low: float
    high: float

    @property
    def is_few(self) -> bool:
        return self.total < FEW


@dataclass(frozen=True)
class Agreement:
    """How often two readers say the same, and how much of it is more than chance."""

    raw: Share
    kappa: float | None
    """None where it cannot be told: no readings, or one of the two always said the same one thing."""
    low: float | None
    high: float | None


def share_of(count: int, total: int) -> Share:
    """
    >>> one = share_of(8, 10)
    >>> round(one.low, 3), round(one.high, 3)
    (0.49, 0.943)
    """
    if not total:
        return Share(0, 0, None, 0.0, 1.0)
    part, square = count / total, Z * Z
    middle = (part + square / (2 * total)) / (1 + square / total)
    reach = Z * sqrt(part * (1 - part) / total + square / (4 * total * total)) / (1 + square / total)
    return Share(count, total, part, max(0.0, middle - reach), min(1.0, middle + reach))


def measure(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Cohen's kappa with the large-sample variance of Fleiss, Cohen and Everitt (1969).

    >>> pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    >>> found = measure(pairs)
    >>> round(found.kappa, 2), round(found.low, 2), round(found.high, 2)
    (0.4, 0.15, 0.65)
    """
    total = len(pairs)
    raw = share_of(sum(one == two for one, two in pairs), total)
    firsts, seconds = Counter(one for one, _ in pairs), Counter(two for _, two in pairs)
    # Where one of them says one word only, chance agrees as often as they do, and kappa is 0 however often that is.
    if min(len(firsts), len(seconds)) < 2:
        return Agreement(raw, None, None, None)
    chance = sum(firsts[word] * seconds[word] for word in firsts) / total**2
    observed = raw.count / total
    kappa = (observed - chance) / (1 - chance)
    reach = Z * sqrt(max(0.0, _variance(pairs, firsts, seconds, kappa, chance)))
    return Agreement(raw, kappa, max(-1.0, kappa - reach), min(1.0, kappa + reach))


def _variance(
    pairs: Sequence[tuple[str, str]], firsts: Counter[str], seconds: Counter[str], kappa: float, chance: float
) -> float:
    total = len(pairs)
    same = apart = 0.0
    for (one, two), count in Counter(pairs).items():
        part = count / total
        if one == two:
            same += part * (1 - (firsts[one] + seconds[one]) / total * (1 - kappa)) ** 2
        else:
            apart += part * ((seconds[one] + firsts[two]) / total) ** 2
    rest = (kappa - chance * (1 - kappa)) ** 2
    return (same + (1 - kappa) ** 2 * apart - rest) / (total * (1 - chance) ** 2)

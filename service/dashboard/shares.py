"""A share and how far it may be trusted."""

from math import sqrt
from typing import NamedTuple

FEWEST = 5
"""Below it a share says nothing."""
Z = 1.959964


class Share(NamedTuple):
    """Between `low` and `high` with 95 %."""

    value: float
    low: float
    high: float

    def misses(self, expected: float) -> bool:
        return not self.low <= expected <= self.high


def share_of(part: int, whole: int) -> Share | None:
    """The share with Wilson's interval, which holds for few and for extreme ones too. None of nothing.

    >>> tuple(round(one, 3) for one in share_of(8, 10))
    (0.8, 0.49, 0.943)
    """
    if whole <= 0:
        return None
    share, spread = part / whole, Z * Z / whole
    middle = share + spread / 2
    reach = Z * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return Share(share, max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread)))

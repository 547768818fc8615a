"""Where a flag stands in the queue: a weighted geometric mean of five factors, kept as its logarithm.

The time left doubles its weight every few days, the same for everybody, so the order among flags that are still in time
does not change with the calendar: only a flag whose last day passes has to be moved. ADR 0010 has the reasons.
"""

from dataclasses import dataclass
from datetime import date
from math import exp, log, log10

EPOCH = date(2020, 1, 1)
HALVING_DAYS = 3.0
"""A flag that has so many days more counts half as urgent."""
SUNK = 1_000_000.0
"""What is taken from the place of an expired flag: it stays in the queue, below every flag that is still in time."""
LEAST_SCORE = 0.01
SEVERITY = {"ptdh": 1.0, "berat": 0.85, "sedang": 0.65, "moral": 0.5, "tergantung": 0.5}
"""By the heaviest sanction of the violation type that the act would be on the day of the text."""
NO_SEVERITY = "tidak_ada"
NO_SEVERITY_FACTOR = 0.35
REACH_OF_ALL = 100
"""A story that so many outlets carry has the full reach."""


@dataclass(frozen=True)
class Weights:
    """How much each factor counts; only their ratios matter. Zero leaves a factor out."""

    score: float = 3.0
    severity: float = 2.0
    time: float = 2.0
    reach: float = 1.0
    novelty: float = 1.0

    def shares(self) -> dict[str, float]:
        """Each weight as its part of all of them."""
        own = {"score": self.score, "severity": self.severity, "time": self.time, "reach": self.reach, "novelty": self.novelty}
        total = sum(own.values())
        return {name: weight / total for name, weight in own.items()}


@dataclass(frozen=True)
class Standing:
    """What of a flag bears on its place, the days apart; all between 0 and 1."""

    score: float
    severity: float
    reach: float
    novelty: float


def severity_factor(sanction: str | None) -> float:
    """The factor of a sanction; that of none where the act would be no violation on that day.

    >>> severity_factor("ptdh"), severity_factor("tidak_ada")
    (1.0, 0.35)
    """
    return SEVERITY.get(sanction or NO_SEVERITY, NO_SEVERITY_FACTOR)


def heavier(one: str | None, other: str | None) -> str:
    """The sanction that counts more, so that a newer reading never moves a flag down."""
    return max(one or NO_SEVERITY, other or NO_SEVERITY, key=severity_factor)


def reach_factor(size: int) -> float:
    """Half for a story that stands alone, growing with each tenfold of its cluster.

    >>> reach_factor(1), reach_factor(10), reach_factor(1000)
    (0.5, 0.75, 1.0)
    """
    return min(1.0, 0.5 + 0.5 * log10(max(size, 1)) / log10(REACH_OF_ALL))


def novelty_factor(alike: int) -> float:
    """Full for the first of its kind, falling with the number of flags like it that were raised lately.

    >>> novelty_factor(0), novelty_factor(3)
    (1.0, 0.5)
    """
    return float((1 + alike) ** -0.5)


def time_factor(days_left: int) -> float:
    """Full on the last day and after it, half three days before.

    >>> time_factor(0), time_factor(3), time_factor(-4)
    (1.0, 0.5, 1.0)
    """
    return float(2 ** (-max(days_left, 0) / HALVING_DAYS))


def place_of(standing: Standing, weights: Weights, due_on: date, *, is_expired: bool) -> float:
    """The value that the queue is ordered by, larger first; it has no unit and no meaning of its own."""
    share = weights.shares()
    fixed = (
        share["score"] * log(max(standing.score, LEAST_SCORE))
        + share["severity"] * log(standing.severity)
        + share["reach"] * log(standing.reach)
        + share["novelty"] * log(standing.novelty)
    )
    return fixed - SUNK if is_expired else fixed - share["time"] * _halvings(due_on)


def shown_priority(place: float, weights: Weights, today: date) -> float:
    """A place as a number between 0 and 1, as it is on a day. Of an expired flag, as if it were its last day."""
    if is_sunk(place):
        return exp(place + SUNK)
    return min(1.0, exp(place + weights.shares()["time"] * _halvings(today)))


def is_sunk(place: float) -> bool:
    return place < -SUNK / 2


def _halvings(day: date) -> float:
    return (day - EPOCH).days * log(2) / HALVING_DAYS

"""How much a source usually brings, from its own days, and how unlikely it is that it brings so little now.

Days are ordinals here (`date.toordinal`): hundreds of sources are judged for one page.

Counts of news are more uneven than chance (Poisson) makes them, so a day's count is taken as negative binomial: a mean
for each kind of day (working days, Saturday, Sunday) and one shape for all. Both lean on a prior while days are few.
docs/health.md shows how this was chosen and what it gives on simulated years.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

SPAN = 28
"""Days of a baseline: four of each weekday."""
REACH = 2 * SPAN
"""Days that are looked at: the longest window, and the baseline before it."""
LEAST_DAYS = 14
"""With fewer known days a source is judged by what its file promises."""
WINDOWS = (2, 3, 5, 7, 14, 28)
"""Full days that are looked at beside the last 24 hours: a slow source is silent only after many."""
TOO_UNLIKELY, LIKELY = 1e-4, 1e-2
BORROWED_DAYS = 2
"""So many days of the overall mean stand beside the Saturdays and the Sundays, of which there are four each."""
PRIOR_UNEVENNESS, PRIOR_DAYS = 0.5, 14
MOST_EVEN = 0.02
OUTLIER = 5
"""A day of a back-fill or after an outage counts as so many medians at most."""
FEW = 10
LEAST_TO_MISS = 4
"""Items in the days before, of which not one in 28 days is a silence whatever chance says."""


@dataclass(frozen=True)
class Rhythm:
    """What is usual on a working day, a Saturday and a Sunday, and how uneven days are."""

    means: tuple[float, float, float]
    shape: float
    busiest: int

    def on(self, day: int) -> float:
        return self.means[_kind_of(day)]


@dataclass(frozen=True)
class Silence:
    """So few in so many days, where so many are usual."""

    days: int
    """1 stands for the last 24 hours."""
    count: int
    usual: float


def read_rhythm(counts: Mapping[int, int]) -> Rhythm | None:
    """The rhythm of these days; None where they are too few to tell."""
    if len(counts) < LEAST_DAYS:
        return None
    most = max(FEW, OUTLIER * median(counts.values()))
    days = [(_kind_of(day), min(count, most)) for day, count in counts.items()]
    overall = sum(count for _, count in days) / len(days)
    means = (_mean_of(0, days, overall), _mean_of(1, days, overall), _mean_of(2, days, overall))
    squares = sum(means[kind] ** 2 for kind, _ in days)
    excess = sum((count - means[kind]) ** 2 - means[kind] for kind, count in days)
    measured = max(excess / squares, 0.0) if squares else 0.0
    unevenness = (measured * len(days) + PRIOR_UNEVENNESS * PRIOR_DAYS) / (len(days) + PRIOR_DAYS)
    return Rhythm(means, 1 / max(unevenness, MOST_EVEN), max(counts.values()))


def rhythm_before(counts: Mapping[int, int], day: int) -> Rhythm | None:
    """The rhythm of the known ones of the 28 days before `day`."""
    return read_rhythm(days_before(counts, day, SPAN))


def usual_now(rhythm: Rhythm, today: int) -> float:
    """What 24 hours that end today usually bring: the quieter of the two days in which they lie."""
    return min(rhythm.on(today), rhythm.on(today - 1))


def find_silence(counts: Mapping[int, int], today: int, last_24h: int, rhythm: Rhythm | None) -> Silence | None:
    """The shortest stretch in which a source brought less than its past lets us believe; None where it is as ever.

    `counts` are those of days on which we listened; other days say nothing. Each stretch is held against the days
    before it, so that a silence does not become what is usual while it lasts. `rhythm` is the one before yesterday.
    """
    if rhythm is None:
        return None
    usual = usual_now(rhythm, today)
    if last_24h and last_24h >= max(rhythm.means):
        return None
    if is_too_few(last_24h, usual, rhythm.shape):
        return Silence(1, last_24h, usual)
    return next(filter(None, (_silence_of(counts, today, length) for length in WINDOWS)), None)


def is_too_few(count: int, usual: float, shape: float) -> bool:
    return count < usual and chance_of_at_most(count, usual, shape) < TOO_UNLIKELY


def chance_of_at_most(count: int, mean: float, shape: float) -> float:
    """P(X ≤ count) of a negative binomial, summed downwards from `count`; no further than it takes to know it for likely."""
    log_term = (
        math.lgamma(shape + count)
        - math.lgamma(shape)
        - math.lgamma(count + 1)
        + shape * math.log(shape / (shape + mean))
        + count * math.log(mean / (shape + mean))
    )
    term, total, ratio = math.exp(log_term), 0.0, (shape + mean) / mean
    for number in range(count, -1, -1):
        total += term
        if term <= total * 1e-9 or total > LIKELY:
            break
        term *= number / (shape + number - 1) * ratio if number else 0.0
    return total


def days_before(counts: Mapping[int, int], day: int, span: int) -> dict[int, int]:
    """The known ones of the `span` days before `day`."""
    return {one: counts[one] for one in range(day - span, day) if one in counts}


def _silence_of(counts: Mapping[int, int], today: int, length: int) -> Silence | None:
    """Of so many full days and what there is of today."""
    window, past = days_before(counts, today, length), days_before(counts, today - length, SPAN)
    count = counts.get(today, 0) + sum(window.values())
    if not window or count * len(past) >= sum(past.values()) * len(window):
        return None
    rhythm = read_rhythm(past)
    if rhythm is None:
        return None
    usual = sum(map(rhythm.on, window))
    has_ended = length == SPAN and count == 0 and SPAN * max(rhythm.means) >= LEAST_TO_MISS
    is_silent = has_ended or is_too_few(count, usual, rhythm.shape * len(window))
    return Silence(length, count, usual) if is_silent else None


def _mean_of(kind: int, days: Sequence[tuple[int, float]], overall: float) -> float:
    own = [count for found, count in days if found == kind]
    return (sum(own) + BORROWED_DAYS * overall) / (len(own) + BORROWED_DAYS)


def _kind_of(day: int) -> int:
    return max((day - 1) % 7 - 4, 0)

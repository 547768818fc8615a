"""How often the rule of silence is wrong, and how long it takes: simulated years of sources of six rhythms.

Run: `python -m bench.crawler.silence`. It prints the table of docs/health.md. Hours are drawn from a day of news (few at night),
days from a gamma whose unevenness is the rhythm's own; a silence, or a fall to a fifth, begins at any hour.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.health.baseline import REACH, SPAN, days_before, find_silence, rhythm_before

HOURS = np.array([3, 2, 1, 1, 2, 6, 10, 13, 16, 18, 18, 16, 15, 15, 15, 15, 14, 13, 13, 14, 12, 9, 7, 5])
LOOKS = range(0, 24, 4)
FIRST_DAY = 738_998
"""A Monday."""
TRIALS = 40


@dataclass(frozen=True)
class Outlet:
    """A rhythm: mean of a working day, parts of it on Saturday and Sunday, and how even its days are."""

    name: str
    mean: float
    weekend: tuple[float, float]
    evenness: float


OUTLETS = (
    Outlet("quick, 300 a day", 300, (0.8, 0.7), 12),
    Outlet("middling, 20 a day", 20, (0.8, 0.7), 5),
    Outlet("small, 3 a day", 3, (0.7, 0.6), 3),
    Outlet("slow, 3 a week", 0.4, (1, 1), 2),
    Outlet("office, 8 a working day", 8, (0.05, 0.02), 2),
    Outlet("office, 1.5 a working day", 1.5, (0.05, 0.02), 1.5),
)
Rule = Callable[[dict[int, int], int, int], bool]


def ours(counts: dict[int, int], today: int, last_24h: int) -> bool:
    return find_silence(counts, today, last_24h, rhythm_before(counts, today - 1)) is not None


def below_part(counts: dict[int, int], today: int, last_24h: int) -> bool:
    """Less than three tenths of the mean: what a hand-set threshold does."""
    past = days_before(counts, today, SPAN).values()
    return last_24h < 0.3 * sum(past) / len(past) and sum(past) >= SPAN


def below_all(counts: dict[int, int], today: int, last_24h: int) -> bool:
    """Less than on any of 28 days: the plain quantile."""
    return last_24h < min(days_before(counts, today, SPAN).values())


def simulate(outlet: Outlet, days: int, chance: np.random.Generator) -> NDArray[np.int64]:
    """Items by day and hour."""
    kinds = np.array([1, 1, 1, 1, 1, *outlet.weekend])[np.arange(days) % 7]
    level = outlet.mean * kinds * chance.gamma(outlet.evenness, 1 / outlet.evenness, days)
    return chance.poisson(level[:, None] * HOURS / HOURS.sum())


def look(hours: NDArray[np.int64], first: int) -> Iterator[tuple[int, dict[int, int], int, int]]:
    """What the rule sees at every look from hour `first` on."""
    flat, sums = hours.ravel(), np.concatenate([[0], np.cumsum(hours)])
    daily = hours.sum(axis=1)
    for hour in range(first, len(flat)):
        if hour % 24 in LOOKS:
            today = hour // 24
            known = {FIRST_DAY + n: int(daily[n]) for n in range(max(0, today - REACH), today)}
            known[FIRST_DAY + today] = int(sums[hour] - sums[today * 24])
            yield hour, known, FIRST_DAY + today, int(sums[hour] - sums[hour - 24])


def false_alarms(rule: Rule, outlet: Outlet, chance: np.random.Generator, years: int = 3) -> float:
    """Alarms a year of a source that is well; two in a row are one."""
    hours = simulate(outlet, years * 365 + REACH, chance)
    said = [rule(counts, today, last_24h) for _, counts, today, last_24h in look(hours, REACH * 24)]
    return sum(now and not before for before, now in zip([False, *said], said, strict=False)) / years


def delay(rule: Rule, outlet: Outlet, chance: np.random.Generator, left: float) -> str:
    """Days until the alarm, half and nine tenths of the trials, when only a part is left from one hour on."""
    found = sorted(_delay_of(rule, outlet, chance, left) for _ in range(TRIALS))
    half, most = found[TRIALS // 2], found[TRIALS * 9 // 10]
    return f"{half:.1f} / {most:.1f}" if most < REACH else f"{half:.1f} / –" if half < REACH else "– / –"


def _delay_of(rule: Rule, outlet: Outlet, chance: np.random.Generator, left: float) -> float:
    hours = simulate(outlet, 2 * REACH, chance)
    begin = REACH * 24 + int(chance.integers(0, 7 * 24))
    flat = hours.ravel()
    flat[begin:] = chance.binomial(flat[begin:], left)
    looks = look(hours, begin)
    found = (hour - begin for hour, counts, today, last_24h in looks if rule(counts, today, last_24h))
    return next(found, REACH * 24) / 24


def main() -> None:
    rules = {"ours": ours, "3/10 of the mean": below_part, "below all of 28 days": below_all}
    sys.stdout.write(
        "| source | rule | false alarms a year | days to a silence | days to a fall to a fifth |\n|---|---|---|---|---|\n"
    )
    for outlet in OUTLETS:
        for name, rule in rules.items():
            chance = np.random.default_rng(11)
            cells = [f"{false_alarms(rule, outlet, chance):.1f}", *(delay(rule, outlet, chance, left) for left in (0.0, 0.2))]
            sys.stdout.write(f"| {outlet.name} | {name} | {' | '.join(cells)} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

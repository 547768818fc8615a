"""The queue's age, the clock, and how long people took. Of all acts: a clock does not ask which act it is."""

from collections import Counter
from datetime import date

from models import FlagTally, Measure
from models.figures.tallying import IN_TIME, LATE, LONGER, UNFINISHED, WAITS
from service.dashboard import repository
from service.dashboard.choices import list_months
from service.dashboard.drawing.bars import draw_bars
from service.dashboard.drawing.columns import draw_columns
from service.dashboard.figures.asking import Question
from service.dashboard.tables import Column, Plot

AGES = (("0", 0), ("1", 1), ("2", 2), ("3-7", 7), ("8-14", 14), ("15-30", 30))
"""Days that a flag has waited, up to so many."""
OLDER = "31"
CLOCKS = ("tepat", "lewat", "habis", "berjalan")
"""Finished in time, finished late, unfinished and expired, unfinished and still in time."""


def plot_ages(asked: Question) -> Plot:
    """Everything that is unfinished at this moment, whichever period is chosen."""
    found = repository.sum_by(asked.session, asked.scope, Measure.RAISED, [FlagTally.on_day], outcomes=UNFINISHED)
    counts = Counter[str]()
    for day, count in found:
        counts[_age_of((asked.today - day).days)] += count
    names = [*(name for name, _ in AGES), OLDER]
    rows = [(name, counts[name]) for name in names]
    total, oldest = counts.total(), min((day for day, count in found if count), default=None)
    facts = {"total": total, "oldest": oldest, "days": (asked.today - oldest).days if oldest else 0}
    return Plot(
        "umur", [Column("age", "age"), Column("flags")], rows, draw_columns([[counts[name]] for name in names]), facts, not total
    )


def plot_ages_by_place(asked: Question) -> Plot:
    names = repository.parts_of(asked.session, asked.scope)
    parts, columns = asked.scope.among(names), [FlagTally.region_code, FlagTally.on_day]
    waiting, oldest, expired = Counter[str](), dict[str, date](), Counter[str]()
    for code, day, count in repository.sum_by(asked.session, parts, Measure.RAISED, columns, outcomes=UNFINISHED):
        waiting[code] += count
        oldest[code] = min(oldest.get(code, day), day)
    for code, day, count in repository.sum_by(asked.session, parts, Measure.DUE, columns, outcomes=UNFINISHED):
        expired[code] += count if day < asked.today else 0
    codes = sorted((code for code in names if waiting[code]), key=lambda code: (oldest[code], code))
    rows = [(code, names[code], waiting[code], expired[code], oldest[code], (asked.today - oldest[code]).days) for code in codes]
    head = [Column("region", "code"), Column("name", "name"), Column("unfinished"), Column("expired")]
    head += [Column("oldest_on", "day"), Column("oldest_days")]
    drawing = draw_bars([waiting[code] for code in codes], label=1, value=2)
    return Plot("umur_wilayah", head, rows, drawing, is_empty=not rows)


def plot_clocks(asked: Question) -> Plot:
    """By the month of the last day of the clock."""
    counts = {month: Counter[str]() for month in list_months(asked.choice)}
    for day, value, count in asked.sums(Measure.DUE, [FlagTally.on_day, FlagTally.value]):
        counts[day.replace(day=1)][value or ("habis" if day < asked.today else "berjalan")] += count
    series = [[one[name] for name in CLOCKS] for one in counts.values()]
    rows = [(month, *line, _expired_share(counts[month])) for month, line in zip(counts, series, strict=True)]
    columns = [Column("month", "month"), *(Column(name, head="due") for name in CLOCKS), Column("expired_share", "share")]
    every = sum(counts.values(), Counter[str]())
    facts = {"total": every.total(), "share": _expired_share(every)}
    return Plot("kedaluwarsa", columns, rows, draw_columns(series), facts, not every.total())


def plot_decision_times(asked: Question) -> Plot:
    found = Counter[str](dict(asked.sums(Measure.WAITED, [FlagTally.value])))
    names = [*(name for name, _ in WAITS), LONGER]
    rows = [(name, found[name]) for name in names]
    drawing = draw_columns([[found[name]] for name in names])
    return Plot(
        "lama", [Column("wait", "wait"), Column("assessments")], rows, drawing, {"total": found.total()}, not found.total()
    )


def _expired_share(counts: Counter[str]) -> float | None:
    """Of the flags whose clock has run out or that were finished: those that were not finished in time."""
    over = counts[IN_TIME] + counts[LATE] + counts["habis"]
    return (counts[LATE] + counts["habis"]) / over if over else None


def _age_of(days: int) -> str:
    return next((name for name, most in AGES if days <= most), OLDER)

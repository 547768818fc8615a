"""Flags and assessments by day, week or month."""

from collections import Counter
from datetime import date

from models import FlagReason, FlagTally, Measure
from service.dashboard.choices import bucket_of, list_buckets
from service.dashboard.drawing.columns import draw_columns
from service.dashboard.figures.asking import Question
from service.dashboard.repository import FINISHED
from service.dashboard.tables import Column, Plot

REASONS = tuple(reason.value for reason in FlagReason)


def plot_flags(asked: Question) -> Plot:
    rows = asked.sums(Measure.RAISED, [FlagTally.on_day, FlagTally.value], act=asked.choice.act)
    return _plot("penanda", asked, rows, "reason", REASONS)


def plot_assessments(asked: Question) -> Plot:
    rows = asked.sums(Measure.DECIDED, [FlagTally.on_day, FlagTally.outcome], act=asked.choice.act)
    return _plot("penilaian", asked, rows, "outcome", FINISHED)


def _plot(key: str, asked: Question, found: list[tuple[date, str, int]], kind: str, names: tuple[str, ...]) -> Plot:
    counts = {day: Counter[str]() for day in list_buckets(asked.choice)}
    for day, name, count in found:
        counts[bucket_of(day, asked.choice.step)][name] += count
    shown = [name for name in names if any(one[name] for one in counts.values())] or list(names[:1])
    series = [[one[name] for name in shown] for one in counts.values()]
    columns = [Column("period", "period"), *(Column(name, head=kind) for name in shown), Column("total")]
    rows = [(day, *line, sum(line)) for day, line in zip(counts, series, strict=True)]
    total = sum(map(sum, series))
    return Plot(key, columns, rows, draw_columns(series), {"total": total}, is_empty=not total)

"""A figure as a table: what the page, the CSV and the API show of it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.queue.sides import party_names
from service.dashboard.drawing.areas import Areas
from service.dashboard.drawing.bars import Bars
from service.dashboard.drawing.columns import Columns
from service.dashboard.drawing.dots import Dots
from service.dashboard.drawing.lines import Lines
from service.dashboard.drawing.tiles import Tiles
from service.dashboard.shares import Share
from service.exports.formats import defused
from service.language import Language

Cell = str | int | float | date | None
"""None is "nothing to say"."""
REST = "lainnya"
"""In place of the names of all that stand in no row of their own."""


@dataclass(frozen=True)
class Column:
    """`kind` says how its values are written on screen; `head` what the name itself is, where it is a value."""

    name: str
    kind: str = "count"
    head: str = ""


@dataclass(frozen=True)
class Plot:
    """One figure. Its words stand in the catalogue under `dasbor.<key>`."""

    key: str
    columns: Sequence[Column]
    rows: Sequence[tuple[Cell, ...]]
    drawing: Columns | Bars | Dots | Lines | Tiles | Areas | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    """Values of the sentence above the figure."""
    is_empty: bool = False
    sentence: str = "ringkas"
    """Which of the sentences above the figure is said, where it has several."""

    def series(self) -> list[Column]:
        """What the legend names."""
        return [column for column in self.columns if column.head]


def head_of(l: Language, column: Column) -> str:  # noqa: E741 - templates call it so too
    return say(l, column.head, column.name) if column.head else l(f"dasbor.kolom.{column.name}")


def say(l: Language, kind: str, value: Cell) -> str:  # noqa: E741 - templates call it so too
    """A cell as people read it."""
    if value is None or (value == "" and kind not in {"phase", "act"}):
        return l("umum.tidak_ada")
    match kind:
        case "count":
            return l.number(float(str(value)))
        case "share":
            return l.percent(float(str(value)))
        case "day" | "period" | "month" if isinstance(value, date):
            return l.month(value) if kind == "month" else l.day(value)
        case "fives":
            return l.fives(int(str(value)))
        case "half_year" if isinstance(value, date):
            return l.half_year(value)
        case "act":
            return l.label(str(value)) if value else l("dasbor.tanpa_perbuatan")
        case "phase":
            return l.phase(str(value)) if value else l("dasbor.luar_tahapan")
        case "reason":
            return l.facet("reason", str(value))
        case "outcome" | "due" | "wait" | "age" | "mark" | "method":
            return l(f"dasbor.{kind}.{value}")
        case "source" if value == REST:
            return l("dasbor.lainnya")
        case "side":
            return say_side(l, str(value))
        case _:
            return str(value)


def say_side(l: Language, slug: str) -> str:  # noqa: E741
    number = slug.removeprefix("nomor_")
    return l("dasbor.nomor", number=number) if number != slug else party_names().get(slug, slug)


def summarize(l: Language, plot: Plot) -> str:  # noqa: E741
    """The sentence above a figure; empty where it needs none."""
    key = f"dasbor.{plot.key}.{plot.sentence}"
    return l(key, **{name: _say_fact(l, fact) for name, fact in plot.facts.items()}) if l.has(key) else ""


def _say_fact(l: Language, fact: Any) -> str:  # noqa: E741
    match fact:
        case Share():
            return f"{l.percent(fact.value)} ({l.percent(fact.low)} – {l.percent(fact.high)})"
        case float():
            return l.percent(fact)
        case int():
            return l.number(fact)
        case date():
            return l.day(fact)
        case list():
            return ", ".join(f"{name} {l.percent(value)}" for name, value in fact) or l("umum.tidak_ada")
        case _:
            return str(fact) if fact else l("umum.tidak_ada")


def write_csv(plot: Plot) -> str:
    """Columns and values as machines want them: stable names, ISO days, empty for nothing, and no formulas."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([column.name for column in plot.columns])
    writer.writerows([defused(cell) for cell in row] for row in plot.rows)
    return file.getvalue()

"""Plots of the pages: small SVG files in docs/plots/, the same bytes for the same figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "plots"
INK, PALE = "#1f2a37", "#d1d5db"
COLOURS = ("#0f766e", "#b45309", "#1d4ed8", "#9d174d", "#4d7c0f", "#6b7280")
MARKERS = "os^Dvx"
"""Colour is never alone: each line has a sign of its own."""
PANEL, LEGEND = (2.7, 2.5), 1.4
"""Inches."""
MOST_MARKS = 12


@dataclass(frozen=True)
class Line:
    name: str
    points: Sequence[tuple[float, float]]
    is_dashed: bool = False
    colour: int = 0


@dataclass(frozen=True)
class Panel:
    title: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Axes:
    x: str
    y: str
    is_log: bool = False
    """Both axes; else they begin at nothing."""
    ticks: tuple[float, ...] = ()


def draw(into: Path, name: str, panels: Sequence[Panel], axes: Axes, *, alt: str) -> str:
    """Write docs/plots/NAME.svg; returns the Markdown that shows it. Panels stand in a row, of the same scale."""
    from matplotlib import rc_context  # Slow to load, and only pictures need it.
    from matplotlib.figure import Figure

    folder = into / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 8}):
        figure = Figure(figsize=(PANEL[0] * len(panels) + LEGEND, PANEL[1]), layout="constrained")
        places = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for place, panel in zip(places, panels, strict=True):
            _draw_panel(place, panel, axes)
        places[0].set_ylabel(axes.y)
        figure.legend(*places[0].get_legend_handles_labels(), loc="outside right upper", frameon=False, fontsize=7)
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    return f"![{alt}]({FOLDER}/{name}.svg)"


def _draw_panel(place: Any, panel: Panel, axes: Axes) -> None:
    for line in panel.lines:
        xs, ys = zip(*line.points, strict=True)
        shown = {"color": COLOURS[line.colour % len(COLOURS)], "linestyle": "--" if line.is_dashed else "-"}
        step = max(1, len(xs) // MOST_MARKS)
        marks = {"marker": MARKERS[line.colour % len(MARKERS)], "markersize": 3.5, "markevery": step}
        place.plot(xs, ys, label=line.name, linewidth=1.4, **shown, **marks)
    place.set_title(panel.title, loc="left", fontsize=9, color=INK)
    place.set_xlabel(axes.x)
    place.spines[["top", "right"]].set_visible(False)
    place.grid(axis="y", color=PALE, linewidth=0.5)
    _scale(place, axes)


def _scale(place: Any, axes: Axes) -> None:
    from matplotlib.ticker import EngFormatter

    if axes.is_log:
        place.set_xscale("log")
        place.set_yscale("log")
        for axis in (place.xaxis, place.yaxis):
            axis.set_major_formatter(EngFormatter())
        place.yaxis.set_minor_formatter(lambda value, _: f"{value:,g}" if f"{value:e}"[0] in "25" else "")
    else:
        place.set_ylim(bottom=0)
    if axes.ticks:
        place.set_xticks(axes.ticks, [f"{tick:,g}" for tick in axes.ticks])


def lines_of(named: Mapping[str, Sequence[tuple[float, float]]]) -> Iterator[Line]:
    """Each with a colour and a sign of its own."""
    yield from (Line(name, points, colour=number) for number, (name, points) in enumerate(named.items()))

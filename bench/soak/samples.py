"""What was seen of memory, as a small file that the plot of the page is drawn from."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from statistics import median

from bench.memory import Sample
from bench.plots import Axes, Panel, draw, lines_of

COLUMNS = ("minute", "program", "own_mb", "anonymous_mb", "family_mb")


def samples_path(folder: Path, engine_name: str) -> Path:
    return folder / f"soak-{engine_name}.csv"


def write_samples(folder: Path, engine_name: str, samples: Mapping[str, Sequence[Sample]]) -> None:
    """One line for each minute and program: medians, in megabytes."""
    folder.mkdir(parents=True, exist_ok=True)
    with samples_path(folder, engine_name).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for program, seen in samples.items():
            for minute, group in groupby(seen, key=lambda sample: int(sample.at // 60)):
                looks = list(group)
                sizes = (median(sample[place] for sample in looks) / 1e6 for place in (1, 2, 3))
                rows.writerow((minute, program, *(f"{size:.1f}" for size in sizes)))


def draw_memory(into: Path, folder: Path, engines: Sequence[str]) -> str:
    """A panel for each engine whose samples are there; an empty text where none are."""
    panels = [
        Panel(name, list(lines_of(_read_minutes(samples_path(folder, name)))))
        for name in engines
        if samples_path(folder, name).is_file()
    ]
    if not panels:
        return ""
    return draw(into, "soak", panels, Axes("minutes", "memory (PSS), MB"), alt="Memory of each program, minute by minute")


def _read_minutes(path: Path) -> dict[str, list[tuple[float, float]]]:
    """By program: minutes, and megabytes of its own."""
    points = defaultdict[str, list[tuple[float, float]]](list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            points[row["program"]].append((float(row["minute"]), float(row["own_mb"])))
    return points

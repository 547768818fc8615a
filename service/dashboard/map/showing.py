"""The kept map in place of the squares. The table of the figure stays the same."""

from dataclasses import replace

from service.dashboard.drawing.areas import Areas, MapArea, grade_counts, pattern_of
from service.dashboard.drawing.tiles import Tiles
from service.dashboard.map.store import StoredMap
from service.dashboard.service import Dashboard
from service.dashboard.tables import Plot


def on_map(found: Dashboard, known: StoredMap) -> Dashboard:
    plots = [replace(plot, drawing=draw_areas(plot, known)) if isinstance(plot.drawing, Tiles) else plot for plot in found.plots]
    return replace(found, plots=plots)


def draw_areas(plot: Plot, known: StoredMap) -> Areas:
    """From a table whose rows begin with code, name and count."""
    counts = [(str(row[0]), int(str(row[2]))) for row in plot.rows]
    grades = grade_counts(max((count for _, count in counts), default=0))
    areas = [
        MapArea(code=code, pattern=pattern_of(count, grades), row=row, **known.provinces[code].model_dump())
        for row, (code, count) in enumerate(counts)
        if code in known.provinces
    ]
    return Areas(areas, grades, len(counts) - len(areas), known.licence, known.file, known.width, known.height)

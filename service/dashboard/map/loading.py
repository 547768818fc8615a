"""From a file to a map that is ready to be kept."""

from collections.abc import Callable, Mapping
from pathlib import Path

from models import now
from service.dashboard.map.errors import MapRefused
from service.dashboard.map.geojson import Feature, MapFile, area_of, outer_rings, printable, read_geojson
from service.dashboard.map.labels import place_labels
from service.dashboard.map.lines import Projection, fit_paths, rank_rings
from service.dashboard.map.matching import PAPUA, Provinces, match_provinces
from service.dashboard.map.store import Area, StoredMap

LONGEST_LICENCE = 300

OnProgress = Callable[[int, int], None]
"""Provinces done, and all."""


def draw_file(
    path: Path, provinces: Provinces, licence: str, *, key: str = "", is_partial: bool = False, on_progress: OnProgress
) -> StoredMap:
    licence = " ".join(licence.split())
    if not licence.isprintable() or not 1 <= len(licence) <= LONGEST_LICENCE:
        raise MapRefused(f"the licence is a line of 1 to {LONGEST_LICENCE} characters; it stands under the map")
    file = read_geojson(path)
    found = match_provinces(file.features, provinces, key=key, is_partial=is_partial)
    if not found:
        raise MapRefused("none of its features is a province; name the property with codes or names by --key")
    return draw_map(file, dict(sorted(found.items())), licence, on_progress)


def draw_map(file: MapFile, found: Mapping[str, Feature], licence: str, on_progress: OnProgress) -> StoredMap:
    projection = Projection.around([ring for feature in found.values() for ring in outer_rings(feature.polygons)])
    ranked = {}
    for code, feature in found.items():
        ranked[code] = rank_rings(feature.polygons, projection)
        on_progress(len(ranked), len(found))
    paths, tolerance = fit_paths(ranked)
    largest = {code: projection.project(max(outer_rings(one.polygons), key=area_of)) for code, one in found.items()}
    labels = place_labels(largest, projection.width, projection.height)
    return StoredMap(
        file=printable(file.name, 255),
        sha256=file.sha256,
        licence=licence,
        loaded_at=now(),
        width=projection.width,
        height=projection.height,
        points=sum(len(ring) for feature in found.values() for polygon in feature.polygons for ring in polygon),
        tolerance=round(tolerance, 2),
        provinces={code: Area(path=path, **vars(labels[code])) for code, path in paths.items()},
    )


def draws_old_papua(drawn: StoredMap) -> bool:
    """Whether some provinces of Papua are there and some not: then the file may be of before 2022, with other borders."""
    return 0 < len(PAPUA & drawn.provinces.keys()) < len(PAPUA)

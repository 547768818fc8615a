"""Reading a GeoJSON (RFC 7946) that somebody found somewhere: bounded first, then checked part by part."""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from service.dashboard.map.errors import MapRefused

Points = NDArray[np.float64]
"""Rows of x and y."""

MOST_BYTES = 50_000_000
MOST_POINTS = 2_000_000
MOST_RINGS = 100_000
MOST_FEATURES = 1_000
MOST_COLONS = 500_000
FEWEST_POSITIONS = 4
WEST, SOUTH, EAST, NORTH = 94.0, -12.0, 142.0, 8.0
"""Around Indonesia in degrees, with room for a coarse drawing."""


@dataclass(frozen=True)
class Feature:
    number: int
    properties: dict[str, Any]
    polygons: list[list[Points]]
    """Of each polygon its rings, the outer one first."""

    def __str__(self) -> str:
        words = [value for value in self.properties.values() if isinstance(value, str) and value.strip()]
        shown = ", ".join(printable(word, 40) for word in words[:3])
        return f"{self.number} ({shown})" if shown else str(self.number)


@dataclass(frozen=True)
class MapFile:
    name: str
    sha256: str
    features: list[Feature]


def read_geojson(path: Path) -> MapFile:
    """The features of a file, each with closed and finite rings within Indonesia's box."""
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise MapRefused(f"{path.name} has more than {MOST_BYTES // 1_000_000} MB; simplify it first, for example with mapshaper")
    features = [_read_feature(number, entry) for number, entry in enumerate(_entries(raw), start=1)]
    if sum(len(rings) for feature in features for rings in feature.polygons) > MOST_RINGS:
        raise MapRefused(f"it has more than {MOST_RINGS:,} rings; leave the smallest islands out, for example with mapshaper")
    return MapFile(path.name, hashlib.sha256(raw).hexdigest(), features)


def _entries(raw: bytes) -> list[Any]:
    document = _parse(raw)
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise MapRefused("it is no GeoJSON FeatureCollection; TopoJSON and shapefiles have to be converted first")
    entries = document.get("features")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_FEATURES:
        raise MapRefused(f"it holds no features, or more than {MOST_FEATURES}; one feature a province is expected")
    return entries


def _parse(raw: bytes) -> Any:
    """Counted before it is parsed: every bracket and comma costs far more in memory than its byte."""
    if raw.count(b"[") + raw.count(b"{") > MOST_POINTS + 2 * MOST_RINGS or raw.count(b",") > 4 * MOST_POINTS:
        raise MapRefused(f"it has more than {MOST_POINTS:,} points; simplify it first, for example with mapshaper")
    if raw.count(b":") > MOST_COLONS:
        raise MapRefused("it has far more properties than a map of provinces; leave them out, for example with mapshaper")
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise MapRefused("it is nested too deeply for a GeoJSON") from error
    except MapRefused:
        raise
    except ValueError as error:  # Also what is no text, and numbers of thousands of digits.
        raise MapRefused(f"it is no JSON: {str(error)[:120]}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise MapRefused(f"{name} is no number of JSON; the program that wrote the file lost coordinates")


def _read_feature(number: int, entry: Any) -> Feature:
    geometry = entry.get("geometry") if isinstance(entry, dict) else None
    kind, coordinates = (geometry.get("type"), geometry.get("coordinates")) if isinstance(geometry, dict) else (None, None)
    if kind not in {"Polygon", "MultiPolygon"} or not isinstance(coordinates, list):
        raise MapRefused(f"feature {number} is no Polygon or MultiPolygon")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    feature = Feature(number, _read_properties(entry.get("properties")), [_read_rings(number, one) for one in polygons])
    if not any(area_of(rings[0]) > 0 for rings in feature.polygons):
        raise MapRefused(f"feature {feature} has no area")
    return feature


def _read_properties(given: Any) -> dict[str, Any]:
    return {printable(name, 80): value for name, value in given.items()} if isinstance(given, dict) else {}


def printable(text: str, most: int) -> str:
    """What may stand on a terminal."""
    return "".join(letter for letter in text[:most] if letter.isprintable())


def _read_rings(number: int, rings: Any) -> list[Points]:
    if not isinstance(rings, list) or not rings:
        raise MapRefused(f"feature {number} has a polygon without rings")
    return [_read_ring(f"feature {number}, ring {place}", ring) for place, ring in enumerate(rings, start=1)]


def _read_ring(where: str, ring: Any) -> Points:
    if not isinstance(ring, list) or len(ring) < FEWEST_POSITIONS:
        raise MapRefused(f"{where}: a ring has {FEWEST_POSITIONS} positions or more")
    points = np.array([_read_position(where, position) for position in ring])
    if not np.array_equal(points[0], points[-1]):
        raise MapRefused(f"{where} is not closed: its last position has to be its first")
    return points


def _read_position(where: str, position: Any) -> tuple[float, float]:
    if not isinstance(position, list) or not 2 <= len(position) <= 4 or not all(_is_number(one) for one in position[:2]):
        raise MapRefused(f"{where}: a position is two finite numbers, longitude and latitude")
    if not (WEST <= position[0] <= EAST and SOUTH <= position[1] <= NORTH):
        raise MapRefused(f"{where} leaves Indonesia: degrees of WGS84 are expected, longitude first")
    return float(position[0]), float(position[1])


def _is_number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def area_of(ring: Points) -> float:
    """Whatever the direction of the ring.

    >>> area_of(np.array([(100, 0), (102, 0), (102, 1), (100, 1), (100, 0)], dtype=float))
    2.0
    """
    x, y = (ring - ring[0]).T  # From its own corner: far from zero, products lose their last digits.
    return float(abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2)


def outer_rings(polygons: Sequence[Sequence[Points]]) -> list[Points]:
    return [rings[0] for rings in polygons]

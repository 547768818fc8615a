"""A made-up country: 38 square provinces in rows, as a GeoJSON."""

import csv
import json
from pathlib import Path
from typing import Any

from models.reference import DATA

with (DATA / "provinces.csv").open(encoding="utf-8", newline="") as file:
    NAMES = {row["code"]: row["name"] for row in csv.DictReader(file)}
BPS_OF_PAPUA = {"91": "94", "92": "91", "93": "95", "94": "96", "95": "97", "96": "92"}
"""Kemendagri → BPS."""

Ring = list[list[float]]


def square(number: int, size: float = 2.0) -> Ring:
    west, south = 96 + number % 10 * 3, -9 + number // 10 * 3
    return [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]


def feature(properties: dict[str, Any], *rings: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": list(rings)}}


def country() -> dict[str, Any]:
    """With Kemendagri's codes under `kode` and names under `provinsi`."""
    features = [
        feature({"kode": code, "provinsi": f"Provinsi {name}", "pulau": "Papua" if code > "90" else "Jawa"}, square(number))
        for number, (code, name) in enumerate(NAMES.items())
    ]
    return {"type": "FeatureCollection", "features": features}


def write(folder: Path, document: Any) -> Path:
    path = folder / "provinsi.geojson"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path

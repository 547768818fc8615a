"""A GeoJSON of provinces: matched, checked, thinned, kept, and shown on the dashboard."""

import json
import math
import re
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent
from models.database import make_session
from models.settings import Settings
from service.dashboard.map import geojson
from service.dashboard.map.errors import MapRefused, ProvincesUnclear
from service.dashboard.map.lines import Projection, fit_paths, rank_points, rank_rings
from service.dashboard.map.loading import draw_file, draws_old_papua
from service.dashboard.map.matching import Provinces
from service.dashboard.map.store import FILE, StoredMap, find_map, keep_map, remove_map
from tests.factories import make_flag, make_item
from tests.service.provinces import BPS_OF_PAPUA, NAMES, Ring, country, feature, square, write

LICENCE = 'Rumah Peta <b>"Uji"</b>, CC BY 4.0'


@pytest.fixture
def provinces(sqlite_engine: Engine) -> Provinces:
    with make_session(sqlite_engine)() as session:
        return Provinces(session)


def draw(folder: Path, provinces: Provinces, document: Any, *, key: str = "", is_partial: bool = False) -> StoredMap:
    return draw_file(write(folder, document), provinces, LICENCE, key=key, is_partial=is_partial, on_progress=lambda *_: None)


def properties(change: Any) -> dict[str, Any]:
    """The country with other properties."""
    document = country()
    for one in document["features"]:
        one["properties"] = change(one["properties"]["kode"], NAMES[one["properties"]["kode"]])
    return document


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda code, name: {"KODE": int(code)}, ""),
        (lambda code, name: {"KODE": float(code)}, "KODE"),
        (lambda code, name: {"no": list(NAMES).index(code) + 1, "nama": name.upper()}, ""),
        (lambda code, name: {"nama": name.replace("Daerah Khusus Ibukota", "DKI").replace("Daerah Istimewa", "D.I.")}, "nama"),
        (lambda code, name: {"nama": name.replace("Kepulauan Riau", "Kep. Riau").replace("Nusa Tenggara Barat", "NTB")}, ""),
        (lambda code, name: {"bps": BPS_OF_PAPUA.get(code, code), "nama": name}, ""),
        (lambda code, name: {"bps": BPS_OF_PAPUA.get(code, code), "nama": name}, "nama"),
    ],
)
def test_provinces_are_found_by_code_or_by_name(tmp_path: Path, provinces: Provinces, change: Any, key: str) -> None:
    drawn, usual = draw(tmp_path, provinces, properties(change), key=key), draw(tmp_path, provinces, country())
    assert {code: area.path for code, area in drawn.provinces.items()} == {
        code: one.path for code, one in usual.provinces.items()
    }


def test_codes_of_bps_are_refused_with_each_doubt(tmp_path: Path, provinces: Provinces) -> None:
    document = properties(lambda code, name: {"bps": BPS_OF_PAPUA.get(code, code), "nama": name})
    with pytest.raises(ProvincesUnclear) as refused:
        draw(tmp_path, provinces, document, key="bps", is_partial=True)
    assert {row.code for row in refused.value.rows} >= {"91", "92", "94", "95", "96"}
    assert any("Papua Barat" in row.reason for row in refused.value.rows)


def test_old_codes_of_papua_without_names_prove_nothing(tmp_path: Path, provinces: Provinces) -> None:
    document = properties(lambda code, name: {"kode": code})
    document["features"] = [one for one in document["features"] if one["properties"]["kode"] not in {"92", "93", "95", "96"}]
    with pytest.raises(ProvincesUnclear) as refused:
        draw(tmp_path, provinces, document, is_partial=True)
    assert [row.code for row in refused.value.rows if row.feature] == ["91", "94"]


def test_a_part_is_taken_only_when_asked_for(tmp_path: Path, provinces: Provinces) -> None:
    document = country()
    document["features"] = [*document["features"][:33], feature({"kode": "99", "provinsi": "Danau"}, square(39))]
    with pytest.raises(ProvincesUnclear) as refused:
        draw(tmp_path, provinces, document)
    assert len(refused.value.rows) == 1 + 5
    drawn = draw(tmp_path, provinces, document, is_partial=True)
    assert (len(drawn.provinces), draws_old_papua(drawn)) == (33, True)


def test_two_features_of_one_province_are_refused(tmp_path: Path, provinces: Provinces) -> None:
    document = country()
    document["features"].append(feature({"kode": "33", "provinsi": "Jawa Tengah"}, square(39)))
    with pytest.raises(ProvincesUnclear, match="for certain") as refused:
        draw(tmp_path, provinces, document, is_partial=True)
    assert [row.code for row in refused.value.rows] == ["33"]


OPEN_RING = [*square(0)[:-1], [97.0, 0.5]]
HOSTILE: dict[str, tuple[Any, str]] = {
    "not JSON": ("<kml/>", "no JSON"),
    "no text": ("\x00\x01", "no JSON"),
    "a list": ([], "FeatureCollection"),
    "TopoJSON": ({"type": "Topology", "objects": {}}, "FeatureCollection"),
    "no features": ({"type": "FeatureCollection", "features": []}, "no features"),
    "huge nesting": ("[" * 200_000, "nested too deeply"),
    "huge nesting in a ring": (feature({}, *[json.loads("[" * 400 + "]" * 400)]), "a ring has"),
    "open ring": (feature({}, OPEN_RING), "not closed"),
    "three positions": (feature({}, square(0)[2:]), "a ring has"),
    "NaN": (feature({}, [[math.nan, 1.0], *square(0)]), "NaN is no number"),
    "infinite": (json.dumps(feature({}, square(0))).replace("96,", "1e999,"), "two finite numbers"),
    "endless number": (json.dumps(feature({}, square(0))).replace("96,", "9" * 5000 + ","), "no JSON"),
    "words": (feature({}, [["96", "1"]] * 4), "two finite numbers"),
    "booleans": (feature({}, [[True, False]] * 4), "two finite numbers"),
    "metres": (feature({}, [[500_000.0, 9_200_000.0]] * 4), "leaves Indonesia"),
    "latitude first": (feature({}, [[y, x] for x, y in square(0)]), "leaves Indonesia"),
    "a line": (feature({}, [[96.0, 1.0], [97.0, 1.0], [98.0, 1.0], [96.0, 1.0]]), "no area"),
    "a point": ({"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [96, 1]}}, "no Polygon"),
    "no geometry": ({"type": "Feature", "geometry": None}, "no Polygon"),
    "no rings": (feature({}), "without rings"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_map_is_refused_in_words(tmp_path: Path, provinces: Provinces, name: str) -> None:
    document, reason = HOSTILE[name]
    text = document if isinstance(document, str) else json.dumps(document)
    if '"Feature"' in text:
        text = f'{{"type": "FeatureCollection", "features": [{text}]}}'
    with pytest.raises(MapRefused, match=reason):
        draw(tmp_path, provinces, text)


@pytest.mark.parametrize(
    ("limit", "reason"), [("MOST_BYTES", "MB"), ("MOST_POINTS", "points"), ("MOST_RINGS", "rings"), ("MOST_COLONS", "properties")]
)
def test_a_file_beyond_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, reason: str) -> None:
    monkeypatch.setattr(geojson, limit, 20)
    with pytest.raises(MapRefused, match=reason):
        geojson.read_geojson(write(tmp_path, country()))


@pytest.mark.parametrize("licence", ["", "  ", "x" * 301, "CC\x1b[31m"])
def test_a_map_without_a_licence_is_refused(tmp_path: Path, provinces: Provinces, licence: str) -> None:
    with pytest.raises(MapRefused, match="licence"):
        draw_file(write(tmp_path, country()), provinces, licence, on_progress=lambda *_: None)


def coast(points: int, *, wild: float) -> Ring:
    """A round island with a coast as rough as `wild`."""
    turns = np.linspace(0, 2 * np.pi, points)
    far = 5 + wild * np.random.default_rng(7).random(points)
    ring = np.column_stack((118 + far * np.cos(turns), -2 + far * np.sin(turns)))
    ring[-1] = ring[0]
    return ring.tolist()


def test_a_ring_of_100_000_points_is_thinned_to_the_budget(tmp_path: Path, provinces: Provinces) -> None:
    document = country()
    document["features"][0]["geometry"]["coordinates"] = [coast(100_000, wild=2)]
    drawn = draw(tmp_path, provinces, document)
    assert drawn.points == 100_000 + 37 * 5
    assert sum(len(area.path) for area in drawn.provinces.values()) <= 150_000
    assert all(area.path.count("M") == 1 for area in drawn.provinces.values())


@pytest.mark.parametrize("wild", [0, 3])
def test_a_line_ten_times_as_long_takes_no_hundred_times_as_long(wild: float) -> None:
    seconds = list[float]()
    for points in (5_000, 50_000):
        ring = np.array(coast(points, wild=wild)) * 100
        before = time.process_time()
        rank_points(ring)
        seconds.append(time.process_time() - before)
    assert seconds[1] < 40 * seconds[0]


def test_no_point_that_is_left_out_lies_far_from_the_line() -> None:
    ring = np.array(coast(2_000, wild=0.4))
    ranked = rank_rings([[ring]], Projection.around([ring]))
    _, tolerance = fit_paths({"11": ranked}, most=3_000)
    whole, kept = ranked[0].points, ranked[0].thin(tolerance)
    assert kept is not None
    assert len(kept) < len(whole) / 3
    ends = list(pairwise(kept))
    assert max(min(_distance(point, *end) for end in ends) for point in whole[::7]) <= tolerance + 1e-9


def _distance(point: Any, start: Any, end: Any) -> float:
    along = np.clip(np.dot(point - start, end - start) / np.dot(end - start, end - start), 0, 1)
    return float(np.hypot(*(point - start - along * (end - start))))


def test_small_islands_go_and_small_provinces_stay(tmp_path: Path, provinces: Provinces) -> None:
    document = country()
    tiny = [[140 + x / 1e5, -11 + y / 1e5] for x, y in ((0, 0), (1, 0), (1, 1), (0, 0))]
    document["features"][3]["geometry"]["coordinates"] = [tiny]
    document["features"][4]["geometry"] = {"type": "MultiPolygon", "coordinates": [[square(4)], [tiny]]}
    drawn = draw(tmp_path, provinces, document)
    assert drawn.provinces["14"].path.endswith("z")
    assert drawn.provinces["15"].path.count("M") == 1


def test_codes_never_stand_on_each_other(tmp_path: Path, provinces: Provinces) -> None:
    document = country()
    for number, one in enumerate(document["features"]):
        one["geometry"]["coordinates"] = [[[x / 4 + 90, y / 4] for x, y in square(number)]] if number else [square(0)]
    places = list(draw(tmp_path, provinces, document).provinces.values())
    near = [
        (one, two) for one in places for two in places if one is not two and abs(one.x - two.x) < 15 and abs(one.y - two.y) < 11
    ]
    assert near == []


def keep(session: Session, settings: Settings, folder: Path, document: Any = None) -> None:
    known = draw(folder, Provinces(session), document or country(), is_partial=True)
    session.commit()
    keep_map(make_session(session.get_bind()), settings.home, known, actor="sistem:peta:uji")  # pyright: ignore[reportArgumentType]


def test_the_dashboard_shows_the_map_and_the_same_table(
    session: Session, settings: Settings, sign_in: Any, tmp_path: Path
) -> None:
    for region in ("33", "33", "33", "33", "35"):
        make_flag(session, make_item(session, region_code=region))
    browser: TestClient = sign_in(role="auditor")
    before = browser.get("/dasbor").text
    keep(session, settings, tmp_path)
    page = browser.get("/dasbor").text
    figure = page.split('id="figur-wilayah"')[1].split("</section>")[0]
    assert ('class="tile"' in before, 'class="tile"' in page, figure.count('class="area"')) == (True, False, 38)
    assert re.search(r'<svg class="chart" role="img" aria-labelledby="judul-wilayah uraian-wilayah"', figure)
    assert re.search(r'<title id="judul-wilayah">[^<]+</title>\s*<desc id="uraian-wilayah">[^<]*pola[^<]+</desc>', figure)
    assert "<title>Jawa Tengah: 4</title>" in figure
    assert figure.split("<table")[1] == before.split('id="figur-wilayah"')[1].split("</section>")[0].split("<table")[1]
    assert LICENCE not in page
    assert "Rumah Peta &lt;b&gt;&#34;Uji&#34;&lt;/b&gt;, CC BY 4.0" in figure


def test_provinces_differ_by_pattern_as_the_legend_says(
    session: Session, settings: Settings, sign_in: Any, tmp_path: Path
) -> None:
    for region in ("33", "33", "33", "33", "35"):
        make_flag(session, make_item(session, region_code=region))
    keep(session, settings, tmp_path)
    figure = sign_in(role="auditor").get("/dasbor").text.split('id="figur-wilayah"')[1].split("</section>")[0]
    areas = {name: pattern for pattern, name in re.findall(r'pola-wilayah-(\d)\)" class="area"><title>([^:]+)', figure)}
    assert (areas["Jawa Tengah"], areas["Jawa Timur"], areas["Bali"]) == ("0", "4", "8")
    legend = figure.split('class="legend"')[1].split("</ul>")[0]
    assert {"0", "4", "8"} <= set(re.findall(r"pola-wilayah-(\d)", legend))


def test_squares_are_one_link_away_and_the_form_keeps_them(
    session: Session, settings: Settings, sign_in: Any, tmp_path: Path
) -> None:
    make_flag(session, make_item(session, region_code="33"))
    keep(session, settings, tmp_path)
    browser: TestClient = sign_in(role="auditor")
    link = re.search(r'href="(/dasbor/arus\?[^"]*peta=kotak)"', browser.get("/dasbor?perbuatan=").text)
    assert link
    page = browser.get(link[1].replace("&amp;", "&")).text
    assert 'class="tile"' in page
    assert '<input type="hidden" name="peta" value="kotak">' in page
    back = re.search(r'href="(/dasbor/arus\?[^"]*)">Tampilkan sebagai peta', page)
    assert back
    assert "kotak" not in back[1]


def test_a_part_of_the_country_says_what_is_missing(session: Session, settings: Settings, sign_in: Any, tmp_path: Path) -> None:
    make_flag(session, make_item(session, region_code="33"))
    document = country()
    document["features"] = document["features"][:30]
    keep(session, settings, tmp_path, document)
    assert "8 provinsi tidak ada dalam berkas itu" in sign_in(role="auditor").get("/dasbor").text


@pytest.mark.parametrize("change", ["{", "[]", '{"file": "x"}', "script", "\x00"])
def test_a_broken_map_leaves_the_squares(session: Session, settings: Settings, sign_in: Any, tmp_path: Path, change: str) -> None:
    make_flag(session, make_item(session, region_code="33"))
    keep(session, settings, tmp_path)
    path = settings.home / FILE
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("z", 'z"><script>') if change == "script" else change, encoding="utf-8")
    page = sign_in(role="auditor").get("/dasbor")
    assert (page.status_code, 'class="tile"' in page.text) == (200, True)
    assert "<script>" not in page.text.replace("<script src", "")


def test_loading_and_removing_stand_in_the_trail(session: Session, settings: Settings, engine: Engine, tmp_path: Path) -> None:
    keep(session, settings, tmp_path)
    known = find_map(settings.home)
    assert known is not None
    assert [remove_map(make_session(engine), settings.home, actor="sistem:peta:uji") for _ in range(2)] == [True, False]
    assert find_map(settings.home) is None
    with make_session(engine)() as after:
        query = select(AuditEvent.action, AuditEvent.detail).where(AuditEvent.subject_type == "map").order_by(AuditEvent.id)
        rows = [(row[0], row[1]["sha256"]) for row in after.execute(query)]
    assert rows == [("peta.muat", known.sha256), ("peta.hapus", known.sha256)]

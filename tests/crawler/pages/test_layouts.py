"""Layouts as data: every file is sound, a source may say its own selectors, old layouts are found by their day."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.pages import extract, read_page, reader_of
from crawler.pages.layout import Family, load_families

PAGES = Path(__file__).parent.parent.parent / "fixtures" / "pages"
SENTENCE = "Rapat pengawasan di kantor kecamatan dihadiri para pegawai, warga dan pengawas desa sampai sore hari. "


@pytest.mark.parametrize("path", sorted(PAGES.glob("*/*.html")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_page_gives_what_it_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    article = read_page(path.parent.name, path.read_bytes(), expected["url"], hosts=[urlsplit(expected["url"]).hostname or ""])
    found = {name: getattr(article, name) for name in expected}
    found |= {name: list(found[name]) for name in ("tags", "captions") if name in found}
    found["published_at"] = article.published_at.isoformat() if article.published_at else None
    assert found == expected
    assert article.quality is not None
    assert article.quality > 0.35


@pytest.mark.parametrize("path", sorted(PAGES.glob("*/*.html")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_page_tells_its_family_by_its_address_or_its_head(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    article = extract(path.read_bytes(), expected["url"])
    assert article.text == expected["text"]


def test_every_family_has_a_place_for_the_text() -> None:
    assert len(load_families()) > 20
    assert all(layout.body for family in load_families().values() if family.name != "generic" for layout in family.layouts)


def test_a_source_says_its_own_selectors_in_a_few_lines() -> None:
    page = f"<div class='isi-kami'><p>{SENTENCE * 3}</p></div><div class='entry-content'><p>{SENTENCE.upper() * 3}</p></div>"
    article = read_page("wordpress", page.encode(), "http://a.test/1", page={"body": ".isi-kami"})
    assert article.text.startswith("Rapat pengawasan")
    with pytest.raises(ValueError, match="isi"):
        load_families()["wordpress"].with_page({"isi": ".x"})
    with pytest.raises(ValueError, match="no CSS"):
        load_families()["wordpress"].with_page({"body": "p[["})


def test_old_layouts_come_first_for_old_pages() -> None:
    family = Family.model_validate({"name": "a", "layouts": [{"body": ".new"}, {"body": ".old", "until": "2016-01-01"}]})
    orders = [[layout.body[0] for layout in family.layouts_on(day)] for day in (None, date(2015, 5, 1), date(2020, 1, 1))]
    assert orders == [[".new", ".old"], [".old", ".new"], [".new", ".old"]]


def test_a_host_belongs_to_one_family_only() -> None:
    hosts = [host for family in load_families().values() for host in family.hosts]
    assert len(hosts) == len(set(hosts))
    urls = ["https://radarkudus.jawapos.com/x", "https://kendal.bawaslu.go.id/x", "https://bkn.go.id/x", "https://nowhere.test"]
    assert [reader_of(url) for url in urls] == ["jawapos", "bawaslu", "goid", "generic"]


def test_an_outlet_that_changed_its_pages_is_read_without_its_layout() -> None:
    prose = "".join(f"<p>{SENTENCE} Hal itu disampaikan ketua nomor {number}.</p>" for number in range(8))
    page = f"<h1>Rapat</h1><div class='entry-content'><p>{SENTENCE}</p></div><section class='baru'>{prose}</section>"
    article = read_page("wordpress", page.encode(), "http://a.test/1")
    assert (article.method, article.text.count("disampaikan")) == ("netra", 8)

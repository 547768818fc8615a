"""What fuzzing found, each in the smallest document that shows it."""

import gc
from datetime import UTC, datetime
from pathlib import Path

from crawler.dates.moments import parse_date
from crawler.finding.rss import read_rss
from crawler.finding.sitemaps import read_sitemap
from tests.fuzz import samples
from tests.netra.importer.runs import read, refusals


def test_a_prefix_that_no_sitemap_declares_is_no_namespace() -> None:
    body = b"<urlset><url><loc>https://contoh.test/1</loc><news:news><news:title>Rapat</news:title></news:news></url></urlset>"
    assert [page.url for page in read_sitemap(body, "https://contoh.test/").pages] == ["https://contoh.test/1"]


def test_a_byte_that_is_no_letter_costs_a_sitemap_that_letter() -> None:
    body = b"<urlset><url><loc>https://contoh.test/1</loc><title>Ra\xed\xa0\x80pat</title></url></urlset>"
    assert [page.url for page in read_sitemap(body, "https://contoh.test/").pages] == ["https://contoh.test/1"]


def test_half_a_letter_written_as_a_number_costs_a_feed_that_letter() -> None:
    for number in (b"&#xD800;", b"&#57343;", b"&#55296"):
        body = samples.RSS.replace(b"<title>Rapat", b"<title>Ra" + number + b"pat")
        assert [page.title for page in read_rss(body, "https://contoh.test/").pages] == ["Ra\N{REPLACEMENT CHARACTER}pat"]


def test_an_offset_that_no_clock_shows_is_no_offset() -> None:
    at = datetime(2024, 10, 16, 7, 5, tzinfo=UTC)
    assert parse_date("2 jam lalu GMT+99:39", seen_at=at) == parse_date("2 jam lalu", seen_at=at)


def test_a_workbook_that_cannot_be_opened_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(samples.with_sheet(samples.workbook())(b"<worksheet><sheetData"))
    assert len(refusals(read(path))) == 1
    gc.collect()  # An open file would warn here, and warnings are errors.

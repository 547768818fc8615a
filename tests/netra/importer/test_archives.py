"""WACZ: what its list vouches for is read, and nothing else."""

import gzip
import hashlib
import json
import tracemalloc
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.addresses import KnownHosts
from netra.importer import archives
from tests.netra.importer.runs import read, refusals, texts

PARAGRAPH = "Bupati Wanasari membuka rapat kerja pegawai di pendopo, Senin. Rapat membahas layanan kependudukan dan jadwal cuti. "
NAME = "archive/data.warc.gz"


def make_warc(count: int = 2, printed: str = "") -> bytes:
    file = BytesIO()
    writer = WARCWriter(file, gzip=True)
    for number in range(count):
        head = f"<html><head><title>Rapat {number}</title></head>"
        page = f"{head}<body><article><h1>Rapat {number}</h1>{printed}<p>{PARAGRAPH * 6}</p>"
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        payload = page.encode()
        url = f"https://contoh.test/rapat/{number}"
        writer.write_record(
            writer.create_warc_record(url, "response", payload=BytesIO(payload), length=len(payload), http_headers=headers)
        )
    return file.getvalue()


def make_wacz(path: Path, warc: bytes, *, stated: str = "", digest: str = "") -> Path:
    listed = stated or f"sha256:{hashlib.sha256(warc).hexdigest()}"
    parts = json.dumps({"profile": "data-package", "resources": [{"name": "data", "path": NAME, "hash": listed}]}).encode()
    own = digest or f"sha256:{hashlib.sha256(parts).hexdigest()}"
    with ZipFile(path, "w") as package:
        package.writestr(NAME, warc)
        package.writestr("datapackage.json", parts)
        package.writestr("datapackage-digest.json", json.dumps({"path": "datapackage.json", "hash": own}))
    return path


def test_pages_are_known_by_the_address_that_their_outlet_names(tmp_path: Path) -> None:
    rows = read(make_wacz(tmp_path / "a.wacz", make_warc(1)), outlets=KnownHosts([["www.contoh.test"]]))
    assert [row.article.url for row in rows if row.article] == ["https://www.contoh.test/rapat/0"]


@pytest.mark.parametrize(("region", "zone"), [(None, "WIB"), ("91", "WIT")])
@pytest.mark.parametrize("name", ["a.html", "a.warc.gz"])
def test_a_time_that_a_page_prints_without_zone_is_that_of_the_region(
    tmp_path: Path, name: str, region: str | None, zone: str
) -> None:
    warc = make_warc(1, "<div>17 Oktober 2024 00:30</div>")
    (tmp_path / name).write_bytes(gzip.decompress(warc).partition(b"<html>")[2] if name == "a.html" else warc)
    assert [row.article.published_zone for row in read(tmp_path / name, region=region) if row.article] == [zone]


def test_every_response_of_a_package_is_read(tmp_path: Path) -> None:
    rows = read(make_wacz(tmp_path / "a.wacz", make_warc()))
    assert (len(texts(rows)), refusals(rows)) == (2, [])
    assert [row.fetched.url for row in rows if row.fetched] == ["https://contoh.test/rapat/0", "https://contoh.test/rapat/1"]


@pytest.mark.parametrize(
    ("stated", "digest", "words"),
    [
        (f"sha256:{'0' * 64}", "", "do not match their hash"),
        ("crc32:abcd", "", "cannot be checked"),
        ("", f"sha256:{'0' * 64}", "it was changed after the export"),
    ],
)
def test_what_was_changed_after_the_export_is_refused(tmp_path: Path, stated: str, digest: str, words: str) -> None:
    rows = read(make_wacz(tmp_path / "a.wacz", make_warc(), stated=stated, digest=digest))
    assert (texts(rows), words in refusals(rows)[0]) == ([], True)


@pytest.mark.parametrize("parts", [{}, {"datapackage.json": b"["}, {"datapackage.json": b'{"resources": 3}'}])
def test_a_package_that_vouches_for_nothing_is_refused(tmp_path: Path, parts: dict[str, bytes]) -> None:
    with ZipFile(tmp_path / "a.wacz", "w") as package:
        for name, content in ({NAME: make_warc(1)} | parts).items():
            package.writestr(name, content)
    assert "nothing vouches" in refusals(read(tmp_path / "a.wacz"))[0]


@pytest.mark.parametrize(("declared", "limit"), [(60, 1 << 40), (50_000_000, 10_000_000)])
def test_a_record_that_unpacks_without_end_stops_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], declared: int, limit: int
) -> None:
    monkeypatch.setattr(archives, "LARGEST_WARC", limit)
    fields = ("WARC/1.1", "WARC-Type: response", "WARC-Target-URI: https://contoh.test/", f"Content-Length: {declared}")
    head = "\r\n".join([*fields, "Content-Type: application/http", "", "HTTP/1.1 200 OK", "Content-Type: text/html", "", ""])
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(head.encode() + bytes(50_000_000), 1))
    tracemalloc.start()
    rows = read(tmp_path / "a.warc.gz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ("more than" in refusals(rows)[-1], peak < 45_000_000, capsys.readouterr().err) == (True, True, "")


def test_a_package_larger_than_allowed_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_WACZ", 100)
    assert "unpacked it would take" in refusals(read(make_wacz(tmp_path / "a.wacz", make_warc())))[0]


def test_a_list_that_is_packed_in_a_way_nobody_knows_vouches_for_nothing(tmp_path: Path) -> None:
    path = make_wacz(tmp_path / "a.wacz", make_warc())
    raw = path.read_bytes()
    begin = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"datapackage.json"))  # Its entry in the directory at the end.
    path.write_bytes(raw[: begin + 10] + (99).to_bytes(2, "little") + raw[begin + 12 :])
    assert "nothing vouches" in refusals(read(path))[0]

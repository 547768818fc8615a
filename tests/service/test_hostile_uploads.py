"""Hostile files: the service takes none, and what `netra import` reads is bounded before it is believed."""

import json
import re
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import Flag, Item, Snapshot, Tip
from models.database import make_session
from models.evidence.pictures import picture_type_of
from models.settings import Settings
from netra.importer.options import ImportRow
from netra.importer.pasted import read_pasted
from netra.importer.store import store_rows
from tests.factories import make_flag
from tests.netra.importer.runs import options, read, refusals, texts

SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
NUMBERS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXT = "Camat mengajak pegawai memilih dalam rapat dinas"
SECONDS = 10
"""Of processor time, on a busy machine; what these guards keep out takes minutes, or all of the memory."""
MEBIBYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def quick() -> object:
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


def workbook(path: Path, **parts: bytes) -> Path:
    """A sound one, with some parts replaced: `styles`, `sheet`, or any other by its name."""
    book = openpyxl.Workbook()
    for value in ("isi", TEXT):
        book.worksheets[0].append([value])
    book.save(path)
    named = {{"styles": STYLES, "sheet": SHEET}.get(name, name): body for name, body in parts.items()}
    with zipfile.ZipFile(path) as package:
        whole = {member: package.read(member) for member in package.namelist()} | named
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for member, body in whole.items():
            package.writestr(member, body)
    return path


def sheet_of(row: bytes) -> bytes:
    return f'<worksheet xmlns="{NUMBERS}"><sheetData>'.encode() + row + b"</sheetData></worksheet>"


def test_a_sound_workbook_is_read(tmp_path: Path) -> None:
    assert texts(read(workbook(tmp_path / "a.xlsx"))) == [TEXT]


BOMBS: dict[str, Callable[[], dict[str, bytes]]] = {
    "a part of styles without end": lambda: {"styles": b"<styleSheet/>" + b" " * (9 * MEBIBYTE)},
    "a part that nobody asked for": lambda: {"xl/data.bin": b"\0" * (9 * MEBIBYTE)},
    "one row of a million cells": lambda: {"sheet": sheet_of(b"<row>" + b"<c><v>1</v></c>" * MEBIBYTE + b"</row>")},
    "a row whose ends stand in comments": lambda: {
        "sheet": sheet_of(b"<row>" + (b"<c><v>1</v></c>" * 1_000 + b"<!--</row>-->") * 700 + b"</row>")
    },
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_would_fill_the_memory_is_refused_before_it_is_parsed(tmp_path: Path, bomb: str) -> None:
    path = workbook(tmp_path / "a.xlsx", **BOMBS[bomb]())
    assert path.stat().st_size < MEBIBYTE
    assert ["larger than" in reason for reason in refusals(read(path))] == [True]


def test_a_long_sheet_of_ordinary_rows_is_read(tmp_path: Path) -> None:
    text = f"<row><c t='inlineStr'><is><t>{TEXT * 20}</t></is></c></row>".encode()
    head = b"<row><c t='inlineStr'><is><t>isi</t></is></c></row>"
    path = workbook(tmp_path / "a.xlsx", sheet=sheet_of(head + text * 10_000))
    assert len(texts(read(path))) == 10_000


def test_a_size_that_lies_unpacks_no_more_than_it_says(tmp_path: Path) -> None:
    """The directory says ten bytes of a part that is 100 MiB."""
    path = workbook(tmp_path / "a.xlsx", sheet=b" " * (100 * MEBIBYTE))
    body, size = path.read_bytes(), struct.pack("<L", 100 * MEBIBYTE)
    assert body.count(size) == 2
    path.write_bytes(body.replace(size, struct.pack("<L", 10)))
    assert [len(texts(read(path))), len(refusals(read(path)))] == [0, 1]


def test_many_names_for_the_same_bytes_count_each(tmp_path: Path) -> None:
    """Entries that overlap: 64 KiB in the file, a gigabyte by the names."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/a.xml", b"0" * (16 * MEBIBYTE))
        first = package.infolist()[0]
        for number in range(64):
            again = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml")
            for field in ("compress_type", "compress_size", "file_size", "CRC", "header_offset"):
                setattr(again, field, getattr(first, field))
            package.filelist.append(again)
            package.NameToInfo[again.filename] = again
    assert path.stat().st_size < MEBIBYTE
    assert "unpacked it would take" in refusals(read(path))[0]


PARTS = (SHEET, STYLES, "xl/workbook.xml", "[Content_Types].xml", "docProps/core.xml", "xl/_rels/workbook.xml.rels")
TENFOLD = [f"&a{number};" * 10 for number in range(9)]
LAUGHS = "".join(f"<!ENTITY a{number} '{ten}'>" for number, ten in enumerate(TENFOLD, start=1))
DOCTYPES = {
    "laughs": f"<!DOCTYPE x [<!ENTITY a0 'ha'>{LAUGHS}]>",
    "a file of this machine": "<!DOCTYPE x [<!ENTITY a9 SYSTEM 'file:///etc/hostname'>]>",
    "an address": "<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/p.dtd'> %p;]>",
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("doctype", DOCTYPES)
def test_no_entity_of_any_part_grows_or_reads(tmp_path: Path, part: str, doctype: str) -> None:
    """Named behind the beginning of the first element, and in the place of the text."""
    path = workbook(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as package:
        body = re.sub(r"^<\?xml[^>]*\?>\s*", "", package.read(part).decode())
    named = re.sub(r"^(<[^>]*[^/>]>)", r"\1&a9;", body, count=1).replace(TEXT, "&a9;")
    assert "&a9;" in named
    path = workbook(tmp_path / "a.xlsx", **{part: f"{DOCTYPES[doctype]}{named}".encode()})
    rows = read(path)
    secret = Path("/etc/hostname").read_text().strip()
    assert not [text for text in texts(rows) if "haha" in text or secret in text]
    assert (len(rows), part != SHEET or bool(rows[0].refusal)) == (1, True)


PNG = b"\x89PNG\r\n\x1a\n"
ACTIVE = b"<html><script>alert(1)</script><svg onload=alert(2)>"
POLYGLOTS = {
    "a picture that goes on as a page": (PNG + ACTIVE, "image/png"),
    "a picture that goes on as a program": (b"GIF89a/*" + ACTIVE + b"*/=1;alert(3)", "image/gif"),
    "a picture that goes on as a package": (b"\xff\xd8\xff\xe0" + b"PK\x03\x04" + ACTIVE, "image/jpeg"),
    "a page": (ACTIVE + PNG, ""),
    "a drawing": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", ""),
    "a drawing with a mark before it": (b"\xef\xbb\xbf<svg onload=alert(1)>", ""),
    "a document": (b"%PDF-1.7 /JS (app.alert(1))" + PNG, ""),
    "a comment before a picture": (b"\n" + PNG, ""),
    "a sound": (b"RIFF\0\0\0\0WAVE" + ACTIVE, ""),
}
VALUES = {"text": TEXT, "url": "https://x.com/rekaan/status/1", "title": "", "author": "@rekaan"}


def paste(path: Path, body: bytes) -> ImportRow:
    path.write_bytes(body)
    return read_pasted(VALUES, options(), path)


@pytest.mark.parametrize("kind", POLYGLOTS)
@pytest.mark.parametrize("name", ["layar.png", "layar.html.png", "layar.svg.jpg"])
def test_a_screenshot_is_what_its_first_bytes_are_or_nothing(tmp_path: Path, kind: str, name: str) -> None:
    body, media_type = POLYGLOTS[kind]
    row = paste(tmp_path / name, body)
    assert picture_type_of(body) == media_type
    assert (row.fetched.content_type if row.fetched else "") == media_type
    assert bool(row.refusal) == (not media_type)


@pytest.mark.parametrize("kind", [kind for kind, (_, media_type) in POLYGLOTS.items() if media_type])
def test_a_kept_polyglot_is_shown_as_a_picture_and_nothing_else(
    session: Session, engine: Engine, settings: Settings, tmp_path: Path, sign_in, kind: str
) -> None:
    rows = [paste(tmp_path / "layar.png", POLYGLOTS[kind][0])]
    session.rollback()
    store_rows(rows, make_session(engine), settings.evidence_dir, actor="sistem:uji", on_row=lambda: None)
    item, snapshot = session.scalars(select(Item.id)).one(), session.scalars(select(Snapshot.id)).one()
    browser: TestClient = sign_in(region_code=None)
    page = browser.get(f"/konten/{item}/salinan/{snapshot}")
    picture = browser.get(f"/konten/{item}/salinan/{snapshot}/gambar")
    frame = browser.get(f"/konten/{item}/salinan/{snapshot}/isi")
    assert (picture.headers["content-type"], picture.headers["x-content-type-options"]) == (POLYGLOTS[kind][1], "nosniff")
    assert picture.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "alert(" not in page.text + frame.text


def test_every_form_of_the_service_refuses_a_file(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser: TestClient = sign_in(role="koordinator")
    files = {"teks": ("a.svg", b"<svg onload=alert(1)>", "image/svg+xml"), "nama": ("../../x", b"\0", "text/plain")}
    paths = ("/lapor", f"/penanda/{flag.id}/nilai", "/peringatan/pantauan", "/antrean/tersimpan", "/masuk", "/perkara")
    assert {
        path: status for path in paths if (status := browser.post(path, files=files).status_code) not in range(400, 500)
    } == {}
    counts = [session.scalar(select(func.count()).select_from(table)) for table in (Tip, Snapshot)]
    assert (counts, session.scalar(select(func.count()).where(Flag.assessed_at.is_not(None)))) == ([0, 0], 0)


WIDE = MEBIBYTE


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_million_columns_are_one_refusal(tmp_path: Path, name: str) -> None:
    mark = "," if name.endswith("csv") else "\t"
    head = mark.join(["text", *(f"k{number}" for number in range(WIDE))])
    (tmp_path / name).write_text(f"{head}\n{mark.join(['x'] * (WIDE + 1))}\n")
    assert ["columns, more than" in reason for reason in refusals(read(tmp_path / name))] == [True]


def test_a_row_of_a_million_cells_under_a_short_header_is_refused_alone(tmp_path: Path) -> None:
    body = [f"text,title\n{TEXT},a", *[f"{TEXT},a"] * 30, ",".join(["x"] * WIDE), f"{TEXT},b"]
    (tmp_path / "a.csv").write_text("\n".join(body))
    rows = read(tmp_path / "a.csv")
    assert (len(texts(rows)), len(refusals(rows))) == (32, 1)


def deep(opening: str, closing: str = "", inner: str = "") -> str:
    return opening * 200_000 + inner + closing * 200_000


NESTED = {
    "lists": deep("["),
    "closed lists": deep("[", "]"),
    "objects": deep('{"text":', "}", "1"),
    "a text beside depth": '{"text": "x", "lain": ' + deep("[", "]") + "}",
}
NUMBERS_TOO_LARGE = {
    "digits": '{"text": "' + TEXT + '", "views": ' + "9" * 100_000 + "}",
    "an exponent": '{"text": "' + TEXT + '", "views": 1e999999999}',
    "below zero": '{"text": "' + TEXT + '", "views": -1e-999999999}',
    "a day": '{"text": "' + TEXT + '", "published_at": ' + "9" * 30 + "}",
}


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
@pytest.mark.parametrize("kind", NESTED)
def test_depth_is_refused_and_what_follows_is_read(tmp_path: Path, ending: str, kind: str) -> None:
    follows = f"\n{json.dumps({'text': TEXT})}" if ending == ".jsonl" else ""
    (tmp_path / f"a{ending}").write_text(NESTED[kind] + follows)
    rows = read(tmp_path / f"a{ending}")
    assert (texts(rows), len(refusals(rows))) == ([TEXT] if follows else [], 1)


@pytest.mark.parametrize("kind", NUMBERS_TOO_LARGE)
def test_a_number_that_is_none_costs_its_row_at_most(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.jsonl").write_text(f"{NUMBERS_TOO_LARGE[kind]}\n{json.dumps({'text': TEXT + ' lagi'})}")
    rows = read(tmp_path / "a.jsonl")
    assert f"{TEXT} lagi" in texts(rows)
    assert len(texts(rows)) + len(refusals(rows)) == 2


def test_a_million_keys_of_one_object_are_read_or_refused(tmp_path: Path) -> None:
    many = {"text": TEXT} | {f"k{number}": 1 for number in range(WIDE // 2)}
    (tmp_path / "a.jsonl").write_text(json.dumps(many))
    rows = read(tmp_path / "a.jsonl")
    assert len(rows) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("tail", [b"", b"\0", b"\xd8", b"\x00\xd8\x00\xd8", b"\xff\xfe" * 50])
def test_utf_16_that_breaks_off_or_holds_halves_loses_no_row_before(tmp_path: Path, encoding: str, tail: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(f"text;title\n{TEXT};a\n{TEXT};b\n".encode(encoding) + tail)
    assert texts(read(tmp_path / "a.csv"))[:2] == [TEXT, TEXT]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.csv", f"text,ti\0tle\n\0{TEXT}\0,a\n"),
        ("a.jsonl", json.dumps({"text": f"\0{TEXT}\0", "title": "\0", "url": "http://a.test/\0"})),
        ("a.json", json.dumps([{"text": f"\0{TEXT}\0"}])),
        ("a.txt", f"\0{TEXT}\0"),
    ],
)
def test_a_nul_is_in_no_text_that_is_kept(engine: Engine, settings: Settings, tmp_path: Path, name: str, body: str) -> None:
    (tmp_path / name).write_text(body)
    rows = read(tmp_path / name)
    assert not [text for text in texts(rows) if "\0" in text]
    store_rows(rows, make_session(engine), settings.evidence_dir, actor="sistem:uji", on_row=lambda: None)

"""Spreadsheets of people who merge cells, and of people who mean harm."""

import warnings
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from netra.importer import sheets
from tests.netra.importer.runs import read, refusals, texts

SHEET = "xl/worksheets/sheet1.xml"


def write(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def replace_part(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path) as package:
        parts = {member: package.read(member) for member in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for member, body in (parts | {name: content}).items():
            package.writestr(member, body)
    return path


def test_titles_merged_headers_days_and_numbers_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Rekap kliping"], ["Isi", "Sumber"], [None, "Tautan", "Tanggal"]):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("B2:C2")
    sheet.append(["Camat mengajak staf", "https://contoh.test/1", datetime(2024, 10, 16, 14, 5)])
    sheet.append([12.0, None, 45581])
    book.save(tmp_path / "a.xlsx")
    found = [row.article for row in read(tmp_path / "a.xlsx") if row.article]
    assert [(article.text, f"{article.published_at:%Y-%m-%d %H:%M}") for article in found] == [
        ("Camat mengajak staf", "2024-10-16 14:05"),
        ("12", "2024-10-16 00:00"),
    ]


def test_a_formula_counts_for_its_stored_value_and_is_never_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", ["isi", "judul"], ['=HYPERLINK("http://jahat.example")', "a"], ["Camat", "b"])
    assert (texts(read(path)), len(refusals(read(path)))) == (["Camat"], 1)


@pytest.mark.parametrize("error", ["#NAME?", "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#SPILL!", "Err:508"])
def test_a_formula_that_failed_is_no_text(tmp_path: Path, error: str) -> None:
    rows = read(write(tmp_path / "a.xlsx", ["isi", "judul"], [error, "Rapat"], [f"Camat menulis {error}", error]))
    assert (texts(rows), len(refusals(rows))) == ([f"Camat menulis {error}"], 1)
    assert f"text is {error}, the error of a formula" in refusals(rows)[0]


def test_every_sheet_with_a_text_is_read_and_the_others_are_skipped(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["catatan"])
    for name in ("Oktober", "November"):
        sheet = book.create_sheet(name)
        sheet.append(["isi"])
        sheet.append([f"Berita {name}"])
    book.save(tmp_path / "a.xlsx")
    rows = read(tmp_path / "a.xlsx")
    assert (texts(rows), refusals(rows)) == (["Berita Oktober", "Berita November"], [])
    assert rows[0].place.endswith(":Oktober:2")


def test_sheets_that_are_too_many_are_refused_and_hidden_ones_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_SHEETS", 2)
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    for name in ("1 Okt", "2 Okt", "3 Okt", "4 Okt"):
        sheet = book.create_sheet(name)
        sheet.append(["isi"])
        sheet.append([f"Berita {name}"])
    book.save(tmp_path / "a.xlsx")
    rows = read(tmp_path / "a.xlsx")
    assert (texts(rows), len(refusals(rows))) == (["Berita 1 Okt", "Berita 2 Okt"], 1)
    assert rows[-1].place.endswith(":3 Okt")
    assert "all behind it (2) were not read" in rows[-1].refusal


def test_a_sheet_whose_header_cannot_be_used_is_not_taken_for_one_without_texts(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for sheet, header in ((book.active, ["isi"]), (book.create_sheet("November"), ["isi", "isi"])):
        sheet.append(header)
        sheet.append(["Camat hadir", "catatan"][: len(header)])
    book.save(tmp_path / "a.xlsx")
    rows = read(tmp_path / "a.xlsx")
    assert (texts(rows), [row.skipped for row in rows if row.skipped]) == (["Camat hadir"], [])
    assert "names isi twice" in refusals(rows)[0]


def test_entities_that_grow_by_billions_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", ["isi"], ["Camat"])
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><worksheet>&l9;</worksheet>'
    replace_part(path, SHEET, bomb.encode())
    assert [texts(read(path)), len(refusals(read(path)))] == [[], 1]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST", 1_000_000)
    path = replace_part(write(tmp_path / "a.xlsx", ["isi"], ["Camat"]), SHEET, b"0" * 5_000_000)
    assert path.stat().st_size < 50_000
    assert "unpacked it would take" in refusals(read(path))[0]


def test_a_row_that_claims_to_be_the_billionth_makes_no_billion_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", ["isi"], ["Camat"])
    far = '<row r="999999999999"><c r="XFD999999999999" t="inlineStr"><is><t>jauh</t></is></c></row>'
    with zipfile.ZipFile(path) as package:
        sheet = package.read(SHEET).decode()
    replace_part(path, SHEET, sheet.replace("</sheetData>", f"{far}</sheetData>").encode())
    rows = read(path)
    assert (texts(rows), "empty rows before it" in refusals(rows)[0]) == (["Camat"], True)


def test_a_row_with_cells_that_nobody_would_read_is_refused_and_says_so(tmp_path: Path) -> None:
    far = [None] * (sheets.MOST_COLUMNS - 1)
    rows = read(write(tmp_path / "a.xlsx", ["isi"], ["Camat"], ["Lurah", *far, "jauh"], ["Bupati", *far[1:], "ujung"]))
    assert (texts(rows), refusals(rows)) == (["Camat", "Bupati"], ["more than 256 columns (delete those that nobody needs)"])
    wide = read(write(tmp_path / "b.xlsx", ["isi", *far, "jauh"], ["Camat"]))
    assert (texts(wide), "1: more than 256 columns" in refusals(wide)[0]) == ([], True)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rusak", b"\xd0\xcf\x11\xe0lama", b"text,title\na,b\n"])
def test_what_is_no_workbook_is_refused_once(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(refusals(read(tmp_path / "a.xlsx"))) == 1

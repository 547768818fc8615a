"""Workbooks, whose rows are put together beside XlsxWriter: they are what it writes, but for what it does not see."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time

import openpyxl
import pytest
import xlsxwriter

from service.exports.tables import Value
from service.exports.workbooks import write_workbook
from tests.service import hostile

NAMES = ["teks", "angka", "hari"]
RICH = "a rich text that closes its cell"
HOSTILE = [text for name, text in (hostile.TEXTS | hostile.FORMULAS).items() if name != RICH]
BLANKS = ["", " depan", "belakang\t", "\u00a0keras\u2003", "\n", "dua\nbaris", "a\r\nb", "\u2028"]
CODED = ["_x000D_", "_x_x000A_000A_", "_x00ZZ_ _x12", "&amp; <b> \"q\" 'q'", "</t></is>", "a\x07\x7f\ufffe\ud800"]
LONG = ["a" * 16_384, "a" * 32_001, "😀" * 16_383, "😀" * 17_000, "a" + "😀" * 40_000]
NUMBERS: list[Value] = [0, -3, 2**53, 0.1 + 0.2, 1e-7, 1e300, True, None, ""]
DAYS = [date(1900, 3, 1), date(2024, 2, 29), date(9999, 12, 31)]


def written(rows: Sequence[Sequence[Value]]) -> bytes:
    file = io.BytesIO()
    assert write_workbook(file, NAMES, rows, ["catatan"]) == len(rows)
    return file.getvalue()


def written_by_xlsxwriter(rows: Sequence[tuple[str, Value, date]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet, bold, day = (
            book.add_worksheet("data"),
            book.add_format({"bold": True}),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(NAMES):
            sheet.write_string(0, column, name, bold)
        for number, (text, figure, when) in enumerate(rows, start=1):
            if text:
                sheet.write_string(number, 0, text)
            if isinstance(figure, bool):
                sheet.write_boolean(number, 1, figure)
            elif isinstance(figure, int | float):
                sheet.write_number(number, 1, figure)
            sheet.write_datetime(number, 2, datetime.combine(when, time()), day)
        book.add_worksheet("keterangan").write_string(0, 0, "catatan")
    return file.getvalue()


def parts_of(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}


def as_excel_can(text: str) -> str:
    """What is cut and left out before either writer sees it; XlsxWriter cuts what is still too long by itself."""
    kept = "".join(sign for sign in text if sign >= " " or sign in "\t\n\r").replace("\x7f", "")
    kept = kept.replace("\ufffe", "").encode(errors="ignore").decode()
    return kept if len(kept) <= 32_000 else kept[:32_000] + " … [terpotong]"


def test_rows_are_what_xlsxwriter_would_write() -> None:
    texts = [*HOSTILE, *BLANKS, *CODED, *LONG]
    rows = [(text, NUMBERS[n % len(NUMBERS)], DAYS[n % len(DAYS)]) for n, text in enumerate(texts)]
    plain = [(as_excel_can(text), figure, when) for text, figure, when in rows]
    expected, found = parts_of(written_by_xlsxwriter(plain)), parts_of(written(rows))
    assert list(found) == list(expected)
    assert [name for name in found if found[name] != expected[name]] == []


def test_a_text_that_closes_its_cell_stays_a_text() -> None:
    text = hostile.FORMULAS[RICH]
    sheet = openpyxl.load_workbook(io.BytesIO(written([(text, 1, None), ("<r>a</r>", 2, None)]))).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [[text, 1, None], ["<r>a</r>", 2, None]]


def test_days_that_excel_counts_wrongly_are_texts() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written([("a", 1, date(1900, 2, 28)), ("b", 2, date(1900, 3, 1))]))).worksheets[0]
    assert [cell.value for cell in sheet["C"]] == ["hari", "1900-02-28", datetime(1900, 3, 1)]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_workbook_knows_how_large_it_is(count: int) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written([("a", 1, None)] * count)))
    assert (book.sheetnames, book.worksheets[0].dimensions) == (["data", "keterangan"], f"A1:C{count + 1}")
    assert len(list(book.worksheets[0].iter_rows(values_only=True))) == count + 1


def test_a_sheet_beyond_what_small_archives_hold_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("a" * 1000, number, None) for number in range(100)]
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 50_000)
    assert openpyxl.load_workbook(io.BytesIO(written(rows))).worksheets[0].max_row == 101

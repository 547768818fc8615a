"""Workbooks, read again by another library: every text a text, every number a number, every day a day."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from service.exports.tables import Value
from service.exports.workbooks import write_workbook
from tests.service import hostile

NAMES = ["teks", "angka", "hari"]
RICH = "a rich text that closes its cell"
HOSTILE = [text for name, text in (hostile.TEXTS | hostile.FORMULAS).items() if name != RICH]
BLANKS = ["", " depan", "belakang\t", "\u00a0keras\u2003", "\n", "dua\nbaris", "a\r\nb", "\u2028"]
CODED = ["_x000D_", "_x_x000A_000A_", "_x00ZZ_ _x12", "&amp; <b> \"q\" 'q'", "</t></is>", "a\x07\x7f\ufffe\ud800"]
LONG = ["a" * 16_384, "a" * 32_001, "😀" * 16_383, "😀" * 17_000, "a" + "😀" * 40_000]
NUMBERS: list[Value] = [0, -3, 2**53, 0.25, 1e-7, 1e300, True, None, ""]
DAYS = [date(1900, 3, 1), date(2024, 2, 29), date(9999, 12, 31)]


def written(rows: Sequence[Sequence[Value]]) -> bytes:
    file = io.BytesIO()
    assert write_workbook(file, NAMES, rows, ["catatan"]) == len(rows)
    return file.getvalue()


def as_excel_can(text: str) -> str:
    """What no workbook holds is left out, and what no cell holds is cut."""
    kept = "".join(sign for sign in text if sign >= " " or sign in "\t\n\r").replace("\x7f", "")
    kept = kept.replace("\ufffe", "").encode(errors="ignore").decode()
    kept = kept if len(kept) <= 32_000 else kept[:32_000] + " … [terpotong]"
    return kept.encode("utf-16-le")[: 2 * 32_767].decode("utf-16-le", errors="ignore")


def test_a_workbook_says_what_it_was_told() -> None:
    texts = [*HOSTILE, *BLANKS, *CODED, *LONG]
    rows = [(text, NUMBERS[n % len(NUMBERS)], DAYS[n % len(DAYS)]) for n, text in enumerate(texts)]
    sheet = openpyxl.load_workbook(io.BytesIO(written(rows))).worksheets[0]
    found = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [unescape(str(row[0] or "")) for row in found] == [as_excel_can(text) for text in texts]
    assert [row[1] for row in found] == [None if figure == "" else figure for _, figure, _ in rows]
    assert [row[2] for row in found] == [datetime.combine(when, time()) for *_, when in rows]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2, max_col=1) for cell in row} <= {"s", "inlineStr", "n"}


def test_a_text_that_closes_its_cell_stays_a_text() -> None:
    text = hostile.FORMULAS[RICH]
    sheet = openpyxl.load_workbook(io.BytesIO(written([(text, 1, None), ("<r>a</r>", 2, None)]))).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [[f"'{text}", 1, None], ["'<r>a</r>", 2, None]]


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

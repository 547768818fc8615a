"""Rows as a workbook. XlsxWriter makes all of it but the rows, which are many times cheaper as text that is put together here."""

import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from typing import IO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from service.exports.plain import UNPRINTABLE, plain
from service.exports.tables import Value

IN_MEMORY = 512 * 1024
LONGEST_CELL = 32_000
"""Excel refuses a file with a cell of more than 32,767 characters, of which those beyond the first plane are two."""
MOST_UNITS = 32_767
CUT = " … [terpotong]"

_AS_IT_IS = re.compile(rf"(?:[^\s&<>{UNPRINTABLE}](?:[^\r&<>{UNPRINTABLE}]*[^\s&<>{UNPRINTABLE}])?)?")
"""Texts that mean nothing to XML, and have no blanks at an end, which XML would drop."""
_CODED = re.compile("(?=_x[0-9a-fA-F]{4}_)")
"""Where Excel would read a sign by its number."""
_DATA = "xl/worksheets/sheet1.xml"
_DAY = 2
"""Number of the format of days: the second that the frame uses."""
_NO_DAY, _FIRST_DAY = date(1899, 12, 30), date(1900, 3, 1)
"""Excel counts from the first, and counts wrongly before the second, because it knows a 29th of February 1900."""


def write_workbook(file: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[Value]], notes: Sequence[str]) -> int:
    """Say how many rows there were. Rows wait on disk, since what stands before them tells how many they are."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
        count = _write_rows(body, len(names), rows)
        with zipfile.ZipFile(_frame(names, count, notes)) as frame, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
            for part in frame.infolist():
                content = frame.read(part)
                if part.filename == _DATA and count:
                    _fill(book, part, content, body)
                else:
                    book.writestr(part, content)
    return count


def _frame(names: Sequence[str], count: int, notes: Sequence[str]) -> IO[bytes]:
    """The workbook with a header, notes, and of the rows only the last cell, by which it knows how large it is."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("data")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
    if count:
        sheet.write_blank(count, len(names) - 1, None, day)
    about = book.add_worksheet("keterangan")
    for row, note in enumerate(notes):
        about.write_string(row, 0, _fitting(note))
    book.close()
    return file


def _fill(book: zipfile.ZipFile, part: zipfile.ZipInfo, content: bytes, body: IO[bytes]) -> None:
    """The sheet with its rows where the frame has the last one."""
    before, _, last = content.rpartition(b"<row ")
    part.file_size = len(content) + body.seek(0, io.SEEK_END)  # Beyond 2 GiB the archive needs larger fields.
    body.seek(0)
    with book.open(part, "w") as sheet:
        sheet.write(before)
        shutil.copyfileobj(body, sheet)
        sheet.write(last.partition(b"</row>")[2])


def _write_rows(body: IO[bytes], width: int, rows: Iterable[Sequence[Value]]) -> int:
    columns, number = [xl_col_to_name(column) for column in range(width)], 1
    text = io.TextIOWrapper(body, encoding="utf-8", newline="")
    for number, row in enumerate(rows, start=2):
        said = [(column, value) for column, value in zip(columns, row, strict=True) if value is not None and value != ""]
        cells = [f'<c r="{column}{number}"{_cell(value)}</c>' for column, value in said]
        text.write(f'<row r="{number}">{"".join(cells)}</row>')
    text.flush()
    text.detach()
    return number - 1


def _cell(value: str | float | date) -> str:
    """What follows a cell's place. Texts are written as texts, never as formulas, numbers or links."""
    if isinstance(value, str):
        return _text_cell(value)
    if isinstance(value, bool):
        return f' t="b"><v>{value:d}</v>'
    if not isinstance(value, date):
        return f"><v>{value:.16G}</v>"
    return f' s="{_DAY}"><v>{(value - _NO_DAY).days}</v>' if value >= _FIRST_DAY else _text_cell(value.isoformat())


def _text_cell(text: str) -> str:
    if _AS_IT_IS.fullmatch(text) and "_x" not in text and len(text) <= MOST_UNITS // 2:
        return f' t="inlineStr"><is><t>{text}</t></is>'
    coded = _CODED.sub("_x005F", _fitting(text)).replace("\r", "_x000D_")
    keeps = ' xml:space="preserve"' if coded != coded.strip() else ""
    return f' t="inlineStr"><is><t{keeps}>{escape(coded, quote=False)}</t></is>'


def _fitting(text: str) -> str:
    text = plain(text)
    text = text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + CUT
    return text.encode("utf-16-le")[: 2 * MOST_UNITS].decode("utf-16-le", errors="ignore")

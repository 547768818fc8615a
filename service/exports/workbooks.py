"""Rows as a workbook, written row by row so that any number of them needs the same memory."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from service.exports.plain import plain
from service.exports.tables import Value

LONGEST_CELL = 32_000
"""Excel refuses a file with a cell of more than 32,767 characters, of which those beyond the first plane are two."""
MOST_UNITS = 32_767
CUT = " … [terpotong]"
MARKUP = "<r>"
"""XlsxWriter takes a text that begins and ends with this element for markup of its own, and would write it as it stands."""
FIRST_DAY = date(1900, 3, 1)
"""Excel counts days wrongly before this one, because it knows a 29th of February 1900."""


def write_workbook(file: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[Value]], notes: Sequence[str]) -> int:
    """Say how many rows there were. Texts are written as texts, never as formulas, numbers or links."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "use_zip64": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("data")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
    number = 0
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if value is not None and value != "":
                _write_cell(sheet, number, column, value, day)
    about = book.add_worksheet("keterangan")
    for number_of_note, note in enumerate(notes):
        about.write_string(number_of_note, 0, _fitting(note))
    book.close()
    return number


def _write_cell(sheet: Worksheet, row: int, column: int, value: str | float | date, day: Format) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, _fitting(value))
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif not isinstance(value, date):
        sheet.write_number(row, column, value)
    elif value < FIRST_DAY:
        sheet.write_string(row, column, value.isoformat())
    else:
        sheet.write_datetime(row, column, datetime.combine(value, time()), day)


def _fitting(text: str) -> str:
    text = plain(text)
    if text.startswith(MARKUP):
        text = f"'{text}"
    if len(text) <= MOST_UNITS // 2:
        return text
    text = text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + CUT
    return text.encode("utf-16-le")[: 2 * MOST_UNITS].decode("utf-16-le", errors="ignore")

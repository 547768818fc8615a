"""Rows as CSV, XLSX and JSONL: written as they come, and safe to open in a spreadsheet."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import count
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from models import ExportFormat
from service.exports.tables import Value

MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSONL: "application/x-ndjson",
}
BOM = "\ufeff".encode()
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet compute, the wide forms of East Asian keyboards among it."""
INNER_CELL = re.compile(r"([;|\t\r\n\"][^\S\t\r\n]*)(?=[=+\-@＝＋－＠])")
"""Up to a sign that makes the rest a formula, where a spreadsheet with other separators begins a cell."""
LONGEST_CELL = 32_000
"""Excel refuses a file with a cell of more than 32,767 characters."""
CUT = " … [terpotong]"

_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


def write(
    kind: ExportFormat, file: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[Value]], *, notes: Sequence[str], bom: bool
) -> int:
    """Write the rows and say how many there were. `notes` are kept where the format has a place for them."""
    if kind is ExportFormat.XLSX:
        return _write_xlsx(file, names, rows, notes)
    if kind is ExportFormat.JSONL:
        return _write_jsonl(file, names, rows)
    return _write_csv(file, names, rows, bom=bom)


def plain(text: str) -> str:
    """Without characters that no file of text holds."""
    return text.translate(_UNPRINTABLE)


def defused(value: Value) -> Value:
    """A text that a spreadsheet would compute, with a quote before it. Numbers stay numbers.

    Excel in Indonesian splits at semicolons, whatever the file's own commas and quotes say: so what follows one of them
    inside of a text, or a line break, begins a cell there too.

    >>> defused("=1+1"), defused(" @SUM(A1)"), defused("a;=1+1"), defused(-3)
    ("'=1+1", "' @SUM(A1)", "a;'=1+1", -3)
    """
    if not isinstance(value, str):
        return value
    text = INNER_CELL.sub(r"\1'", plain(value))
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def _write_csv(file: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[Value]], *, bom: bool) -> int:
    if bom:
        file.write(BOM)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    counter = count()
    writer.writerows([defused(value) for value in row] for row in _counted(rows, counter))
    text.flush()
    text.detach()
    return next(counter)


def _write_jsonl(file: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    counter = count()
    for row in _counted(rows, counter):
        values = {name: _json_value(value) for name, value in zip(names, row, strict=True)}
        file.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
    return next(counter)


def _json_value(value: Value) -> Any:
    if isinstance(value, str):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _write_xlsx(file: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[Value]], notes: Sequence[str]) -> int:
    """Row by row into a file beside it; texts are written as texts, never as formulas, numbers or links."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("data")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
    number = 0
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write_cell(sheet, number, column, value, day)
    about = book.add_worksheet("keterangan")
    for number_of_note, note in enumerate(notes):
        about.write_string(number_of_note, 0, _fitting(note))
    book.close()
    return number


def _write_cell(sheet: Worksheet, row: int, column: int, value: Value, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, column, _fitting(value))
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - A day has no zone.
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    else:
        sheet.write_number(row, column, value)


def _counted(rows: Iterable[Sequence[Value]], counter: "count[int]") -> Iterator[Sequence[Value]]:
    for row in rows:
        next(counter)
        yield row


def _fitting(text: str) -> str:
    text = plain(text)
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + CUT

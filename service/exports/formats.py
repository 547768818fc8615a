"""Rows as CSV, XLSX and JSONL: written as they come, and safe to open in a spreadsheet."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import count
from typing import IO, Any

from models import ExportFormat
from service.exports.plain import UNPRINTABLE, plain
from service.exports.tables import Value
from service.exports.workbooks import write_workbook

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
HARMLESS = re.compile(rf"(?:[^\s=+\-@＝＋－＠;|\"{UNPRINTABLE}][^;|\t\r\n\"{UNPRINTABLE}]*)?")
"""Texts that `defused` leaves as they are, nearly all of a file: one look at each tells it."""


def write(
    kind: ExportFormat, file: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[Value]], *, notes: Sequence[str], bom: bool
) -> int:
    """Write the rows and say how many there were. `notes` are kept where the format has a place for them."""
    if kind is ExportFormat.XLSX:
        return write_workbook(file, names, rows, notes)
    if kind is ExportFormat.JSONL:
        return _write_jsonl(file, names, rows)
    return _write_csv(file, names, rows, bom=bom)


def defused(value: Value) -> Value:
    """A text that a spreadsheet would compute, with a quote before it. Numbers stay numbers.

    Excel in Indonesian splits at semicolons, whatever the file's own commas and quotes say: so what follows one of them
    inside of a text, or a line break, begins a cell there too.

    >>> defused("=1+1"), defused(" @SUM(A1)"), defused("a;=1+1"), defused(-3)
    ("'=1+1", "' @SUM(A1)", "a;'=1+1", -3)
    """
    if not isinstance(value, str) or HARMLESS.fullmatch(value):
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
    is_safe = HARMLESS.fullmatch  # Asked here, where a call more for each cell would cost as much as the question.
    writer.writerows(
        [defused(value) if isinstance(value, str) and not is_safe(value) else value for value in row]
        for row in _counted(rows, counter)
    )
    text.flush()
    text.detach()
    return next(counter)


def _write_jsonl(file: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    counter, encode = count(), json.JSONEncoder(ensure_ascii=False).encode
    for row in _counted(rows, counter):
        values = {name: _json_value(value) for name, value in zip(names, row, strict=True)}
        file.write(encode(values).encode() + b"\n")
    return next(counter)


def _json_value(value: Value) -> Any:
    if isinstance(value, str):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _counted(rows: Iterable[Sequence[Value]], counter: "count[int]") -> Iterator[Sequence[Value]]:
    for row in rows:
        next(counter)
        yield row

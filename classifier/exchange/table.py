"""CSV for spreadsheets: read as a stream, however wild its quotes; written without a formula in it."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TextIO

from classifier.errors import InputError
from classifier.exchange.records import (
    COLUMNS,
    LARGEST_RECORD,
    TOO_LARGE,
    ReadOptions,
    Record,
    Task,
    check_span,
    choose_label,
    guarded,
    make_record,
    read_values,
)

GUESSED = ("predicted_label", "probability")
"""Columns that tasks for annotators have besides; an import does not read them."""
REQUIRED = ("text", "label")
MOST_READ_AGAIN = 20 * LARGEST_RECORD
"""Characters. A file whose quotes never end is read again from every line; a hostile one is given up here."""

_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r]")
_QUOTED_FORMULA = re.compile(r"'+\s*[=+\-@＝＋－＠\t\r]")
_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


def read_table(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Every row under its header. A quote that never ends costs the row in which it begins, not those behind it."""
    csv.field_size_limit(LARGEST_RECORD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = _Lines(file)
        rows = csv.reader(lines, delimiter=_find_delimiter(lines.peek()), strict=True)
        header = _read_header(path, rows)
        lines.begin_row()
        while True:
            place = f"{path}:{lines.begin}"
            try:
                cells = next(rows, None)
            except csv.Error as error:
                yield Record(place, refusal=f"broken CSV: {error}")
                if not lines.go_back():
                    yield Record(place, refusal="too many quotes never end; nothing behind this line was read")
                    return
                continue
            if cells is None:
                return
            lines.begin_row()
            if any(cells):
                yield guarded(place, partial(_read_row, place, header, cells, options))


def write_table(file: TextIO, tasks: Iterable[Task]) -> None:
    """A mark first: without it spreadsheets take UTF-8 for something older."""
    chosen = list(tasks)
    guesses = any(task.guess for task in chosen)
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow((*COLUMNS, *GUESSED) if guesses else COLUMNS)
    for task in chosen:
        writer.writerow([quote_formula(cell) for cell in (*_to_cells(task), *(_say_guess(task) if guesses else ()))])


def quote_formula(cell: str) -> str:
    """A cell that no spreadsheet runs; one that looks quoted already gets one more, so that `restore` is exact."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restore(cell: str) -> str:
    """A cell without the mark of `quote_formula`.

    >>> restore("'=1+1"), restore("'kata'")
    ('=1+1', "'kata'")
    """
    return cell[1:] if _QUOTED_FORMULA.match(cell) else cell


class _Lines:
    """Lines of a file that remembers those of the row being read, to begin again behind its first."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._waiting = deque[str]()
        self._row: list[str] = []
        self._bytes = 0
        self._read_again = 0
        self.begin = 1
        """Number of the line on which the row begins."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._read()
        if not line:
            raise StopIteration
        self._row.append(line)
        self._bytes += len(line.encode("utf-8", "surrogateescape"))
        if self._bytes > LARGEST_RECORD:
            raise csv.Error(TOO_LARGE)
        return line

    def peek(self) -> str:
        """The first line, which stays to be read."""
        line = self._read()
        self._waiting.extend([line] if line else [])
        return line

    def begin_row(self) -> None:
        self.begin += len(self._row)
        self._row, self._bytes = [], 0

    def go_back(self) -> bool:
        """Give up the first line of the row and read again what stands behind it; False when that was done too often."""
        again = self._row[1:]
        self._read_again += sum(map(len, again))
        self._waiting.extendleft(reversed(again))
        self._row = self._row[:1]
        self.begin_row()
        return self._read_again <= MOST_READ_AGAIN

    def _read(self) -> str:
        """The next line; of one that is too long, only as much as shows it."""
        line = rest = self._file.readline(LARGEST_RECORD + 1)
        while len(rest) > LARGEST_RECORD and not rest.endswith(("\n", "\r")):
            rest = self._file.readline(LARGEST_RECORD + 1)
        return line


def _read_header(path: Path, rows: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip().lower() for name in next(rows, [])]
    except csv.Error as error:
        raise InputError(f"{path}: the header is broken CSV: {error}") from None
    if not any(header):
        raise InputError(f"{path} has no header; its columns are {', '.join(COLUMNS)}")
    if twice := {name for name in header if name and header.count(name) > 1}:
        raise InputError(f"{path}: the header names {', '.join(sorted(twice))} twice")
    if missing := [name for name in REQUIRED if name not in header]:
        raise InputError(f"{path}: the header lacks {', '.join(missing)}; columns are {', '.join(COLUMNS)}")
    return header


def _find_delimiter(header: str) -> str:
    """Indonesian Excel writes semicolons."""
    return max(",;\t", key=header.count)


def _read_row(place: str, header: list[str], cells: list[str], options: ReadOptions) -> Record:
    if len(cells) != len(header):
        raise InputError(f"{len(cells)} columns, the header has {len(header)}")
    row: Mapping[str, str] = {name: restore(cell) for name, cell in zip(header, cells, strict=True)}
    values = read_values(row)
    spans = [check_span(values["text"], start, end) for start, end in _read_evidence(row.get("evidence", ""))]
    unread = tuple(sorted(set(header) - {*COLUMNS, *GUESSED, ""}))
    return make_record(place, values, choose_label([row["label"]], options.label_map), spans, unread=unread)


def _read_evidence(cell: str) -> Iterator[tuple[int, int]]:
    for part in filter(None, map(str.strip, cell.split(";"))):
        found = _SPAN.fullmatch(part)
        if not found:
            raise InputError(f"evidence {part[:40]!r} is not of the form start-end;start-end")
        yield int(found[1]), int(found[2])


def _to_cells(task: Task) -> tuple[str, ...]:
    text, document = task.text, task.text.document
    evidence = ";".join(f"{span.start}-{span.end}" for span in text.evidence)
    author = (document.author_name, document.author_bio)
    return (text.id, document.kind.value, document.title, document.text, *author, text.label, evidence, task.event)


def _say_guess(task: Task) -> tuple[str, str]:
    return (task.guess.label, f"{task.guess.probability:.6f}") if task.guess else ("", "")

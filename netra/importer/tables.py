"""Reading tables as streams: however long the file and however wild its quotes, one row is in memory."""

import codecs
import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, TextIO

from classifier.exchange.table import restore
from netra.importer.columns import LONGEST_FIELD, LONGEST_RAW, read_object
from netra.importer.headers import HEADER_REACH, Header, find_header, missing_names, resolve_columns
from netra.importer.options import ImportOptions, ImportRow, NoTextColumn, Refused

CHUNK = 1024 * 1024
PIECE = 64 * 1024
LONGEST_LINE = 16 * 1024 * 1024
LONGEST_HEAD = 64 * 1024
"""Characters of a line by which its delimiter is guessed."""
MOST_COLUMNS = 2_000
"""No program writes so many; a line of a million costs minutes a row."""
LEAST_SOUND = 4
"""Letters in UTF-8 for each broken byte of a file that is still UTF-8. Two letters of Windows-1252 hardly ever look like one."""
BEYOND_ASCII, ESCAPED = re.compile(r"[^\x00-\x7f]"), re.compile(r"[\udc80-\udcff]")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DELIMITERS = ",;\t|"
ERROR_COLUMN, PLACE_COLUMN, RAW_COLUMN = "netra_error", "netra_place", "netra_raw"
"""Columns of our own file of refused rows."""


@dataclass(frozen=True)
class Record:
    """One row of a table as it stands; `trouble` says why it could not be taken apart."""

    line: int | str
    cells: Sequence[str] = ()
    trouble: str = ""
    raw: str = ""
    is_grid: bool = False
    """Of a sheet: cells that are empty at the end of a row are not written."""


def read_csv(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    """Every row under its header. A quote that never ends costs the row in which it begins, not those behind it."""
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding=find_encoding(path, options), errors="replace", newline="") as file:
        lines = _Lines(file)
        records = _read_records(lines, _find_delimiter(lines.peek(HEADER_REACH), options))
        yield from read_table(str(path), records, options)


def read_table(path: str, records: Iterator[Record], options: ImportOptions) -> Iterator[ImportRow]:
    """The rows below the header; what stands above it is skipped by count."""
    first = list(islice(records, HEADER_REACH))
    sound = [record for record in first if not record.trouble]
    if not first:
        yield ImportRow(path, refusal="the file is empty", is_textless=True)
        return
    if (widest := max(len(record.cells) for record in first)) > MOST_COLUMNS:
        yield ImportRow(path, refusal=f"{widest} columns, more than {MOST_COLUMNS} (delete those that nobody needs)")
        return
    try:
        header = find_header([record.cells for record in sound], options)
        if missing := missing_names(header.names, options):
            raise Refused(f"the header has no column {missing[0]!r} (see --map); columns: {', '.join(header.names[:12])}")
    except Refused as refusal:
        reasons = [str(refusal), *(f"{record.line}: {record.trouble}" for record in first if record.trouble)]
        is_textless = isinstance(refusal, NoTextColumn) and len(sound) == len(first)
        yield ImportRow(f"{path}:{sound[0].line if sound else 1}", refusal="; ".join(reasons[:2]), is_textless=is_textless)
        return
    options.found[path] = header.columns
    start = sound[header.at]
    yield from (ImportRow(f"{path}:{above.line}", skipped="di atas kepala tabel") for above in sound[: header.at])
    rest = first[first.index(start) + 1 :]
    yield from (row for record in chain(rest, records) if (row := _read_record(path, record, header, options)))


def _read_record(path: str, record: Record, header: Header, options: ImportOptions) -> ImportRow | None:
    place, names = f"{path}:{record.line}", header.names
    if record.trouble:
        return ImportRow(place, refusal=record.trouble, raw=record.raw)
    if not any(record.cells):
        return None
    cells = list(record.cells)
    if record.is_grid:
        cells += [""] * (len(names) - len(cells))
        names = [*names, *(f"kolom {number}" for number in range(len(names) + 1, len(cells) + 1))]
    if len(cells) != len(names):
        reason = f"{len(cells)} columns, the header has {len(names)} (a quote or a delimiter is missing or too many)"
        return ImportRow(place, refusal=reason, raw=_join(cells))
    cells = map(restore, cells) if ERROR_COLUMN in names else cells
    found = {name: cell for name, cell in zip(_unique(names), cells, strict=True) if name not in (ERROR_COLUMN, PLACE_COLUMN)}
    return read_object(place, found, options, columns=header.columns)


def _unique(names: Sequence[str]) -> list[str]:
    """Names of which none hides another: those that come again get a number."""
    seen = Counter[str]()
    numbered = list[str]()
    for name in names:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return numbered


def _join(cells: Sequence[str]) -> str:
    return ";".join(cells)[:LONGEST_RAW]


class _Lines:
    """Lines of a file that remembers those of the row being read, to begin again behind its first."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._waiting = deque[str]()
        self._row: list[str] = []
        self.begin = 1
        """Number of the line on which the row begins."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self._row.append(line)
        if len(line) >= LONGEST_LINE:
            raise csv.Error(f"a line of more than {LONGEST_LINE // CHUNK} MiB")
        return line.replace("\0", "")

    def peek(self, count: int) -> list[str]:
        """The first lines, which stay to be read."""
        while len(self._waiting) < count and (line := self._file.readline(LONGEST_LINE)):
            self._waiting.append(line)
        return list(self._waiting)

    def begin_row(self) -> None:
        self.begin += len(self._row)
        self._row = []

    def go_back(self) -> str:
        """Give up the first line of the row, and return it; what was read behind it is read again."""
        given_up = self._row[0] if self._row else ""
        self._waiting.extendleft(reversed(self._row[1:]))
        self._row = self._row[:1]
        self.begin_row()
        return given_up


def _read_records(lines: _Lines, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.begin
        try:
            cells = next(reader, None)
        except csv.Error as error:
            reason = f"broken CSV: {error} (a quote within a quoted cell is written twice)"
            yield Record(line, trouble=reason, raw=lines.go_back().rstrip("\r\n")[:LONGEST_RAW])
            continue
        if cells is None:
            return
        lines.begin_row()
        if any(cells):
            yield Record(line, cells)


def find_encoding(path: Path, options: ImportOptions) -> str:
    """UTF-8 with or without a mark, also with a few broken bytes; UTF-16; what is neither came from an old Windows program."""
    with path.open("rb") as file:
        start = file.read(4096)
        if start[:2] in UTF_16:
            return "utf-16"
        if unmarked := _find_unmarked_utf_16(start):
            return unmarked
        file.seek(0)
        sound, broken = _count_beyond_ascii(file)
    if broken * LEAST_SOUND > sound:
        return "cp1252"
    if broken:
        options.replaced[str(path)] = broken
    return "utf-8-sig"


def _count_beyond_ascii(file: BinaryIO) -> tuple[int, int]:
    """Letters beyond ASCII that are sound UTF-8, and bytes that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    sound = broken = 0
    for chunk in chain(iter(lambda: file.read(PIECE), b""), [b""]):
        text = decoder.decode(chunk, final=not chunk)
        escaped = len(ESCAPED.findall(text))
        broken += escaped
        sound += len(BEYOND_ASCII.findall(text)) - escaped
    return sound, broken


def _find_unmarked_utf_16(start: bytes) -> str:
    """Latin letters in UTF-16 are every second byte zero."""
    half = len(start) // 2
    if half < 2:
        return ""
    even, odd = start[0 : 2 * half : 2].count(0), start[1 : 2 * half : 2].count(0)
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.1 else ""


def _find_delimiter(lines: Iterable[str], options: ImportOptions) -> str:
    """The one by which some line is the best header, else the one that the first line has most; Indonesian Excel writes `;`."""
    heads = [line.strip()[:LONGEST_HEAD] for line in lines if line.strip()]
    first = heads[0] if heads else ""

    def weigh(delimiter: str) -> tuple[int, int]:
        split = ([cell.strip().strip('"') for cell in line.split(delimiter)] for line in heads)
        return max((len(resolve_columns(cells, options)) for cells in split), default=0), first.count(delimiter)

    return max(DELIMITERS, key=weigh)

"""Reading .csv as a stream: however long the file and however wild its quotes, one row is in memory."""

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from netra.importer.columns import LONGEST_FIELD, ImportOptions, ImportRow, read_object

CHUNK = 1024 * 1024
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    """Every row under its header. A quote that never ends costs the row in which it begins, not those behind it."""
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding=find_encoding(path), errors="replace", newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=_find_delimiter(lines.peek()), strict=True)
        header: list[str] | None = None
        while True:
            try:
                values = next(reader, None)
            except csv.Error as error:
                yield ImportRow(f"{path}:{lines.begin}", refusal=f"broken CSV: {error}")
                lines.go_back()
                continue
            if values is None:
                break
            place = f"{path}:{lines.begin}"
            lines.begin_row()
            if not any(values):
                continue
            if header is None:
                header = [name.strip() for name in values]
                if refusal := _check_header(header, options):
                    yield ImportRow(place, refusal=refusal)
                    return
            elif len(values) != len(header):
                yield ImportRow(place, refusal=f"{len(values)} columns, the header has {len(header)}")
            else:
                yield read_object(place, dict(zip(header, values, strict=True)), options)
    if header is None:
        yield ImportRow(str(path), refusal="the file is empty")


class _Lines:
    """Lines of a file that remembers those of the row being read, to begin again behind its first."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self._waiting = deque[str]()
        self._row: list[str] = []
        self.begin = 1
        """Number of the line on which the row begins."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._file)
        self._row.append(line)
        return line.replace("\0", "")

    def peek(self) -> str:
        """The first line, which stays to be read."""
        self._waiting.extend(line for line in [next(self._file, None)] if line is not None)
        return self._waiting[0] if self._waiting else ""

    def begin_row(self) -> None:
        self.begin += len(self._row)
        self._row = []

    def go_back(self) -> None:
        """Give up the first line of the row; what was read behind it is read again."""
        self._waiting.extendleft(reversed(self._row[1:]))
        self._row = self._row[:1]
        self.begin_row()


def find_encoding(path: Path) -> str:
    """UTF-8 with or without a mark, UTF-16 with one; what is neither came from an old Windows program."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in UTF_16:
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _check_header(header: list[str], options: ImportOptions) -> str:
    """Why no row below this header can be used; empty when they can."""
    if twice := {name for name in header if name and header.count(name) > 1}:
        return f"the header names {', '.join(sorted(twice))} twice"
    text = options.mapping.get("text", "text")
    return "" if text in header else f"the header has no column {text!r} (name it: --map text=NAME)"


def _find_delimiter(header: str) -> str:
    """Indonesian Excel writes semicolons."""
    return max(",;\t", key=header.count)

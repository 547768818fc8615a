"""JSON: one object a line, one array of objects, or one answer of an API that holds such an array. Read as a stream."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, TextIO

from netra.importer.columns import LONGEST_RAW, read_object
from netra.importer.headers import resolve_columns
from netra.importer.options import ColumnNames, ImportOptions, ImportRow
from netra.importer.tables import find_encoding

MEBIBYTE = 1024 * 1024
LONGEST_LINE = 16 * MEBIBYTE
FIRST_READ = 64 * 1024
DEEPEST = 4
MOST_KEYS = 500
LIST_KEYS = ("data", "posts", "mentions", "results", "items", "rows")
"""Where answers of APIs keep their list."""
SPACE = " \t\r\n"
KEPT_SHAPES = 1_000


class Shapes:
    """The columns of each set of keys that a file has shown: most files have one."""

    def __init__(self, path: str, options: ImportOptions) -> None:
        self.path = path
        self.options = options
        self._known = dict[tuple[str, ...], ColumnNames]()

    def read(self, place: str, found: object, body: bytes) -> ImportRow:
        if not isinstance(found, dict):
            return ImportRow(place, refusal="not a JSON object (a row is {…} with named values)", raw=_cut(body))
        flat = flatten(found)
        keys = tuple(flat)
        columns = self._known.get(keys)
        if columns is None:
            columns = resolve_columns(keys, self.options)
            if len(self._known) < KEPT_SHAPES:
                self._known[keys] = columns
            self.options.found.setdefault(self.path, columns)
        return read_object(place, flat, self.options, body=body, columns=columns)


def read_jsonl(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    shapes = Shapes(str(path), options)
    with path.open("rb") as file:
        for number, line in enumerate(bounded_lines(file), start=1):
            if text := line.removeprefix(b"\xef\xbb\xbf").strip():
                yield _read_line(f"{path}:{number}", text, shapes)


def read_json(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    """An array, element by element. What follows a broken element cannot be found again: it is refused as one."""
    with path.open(encoding=find_encoding(path, options), errors="replace") as file:
        window = _Window(file)
        if window.skip("["):
            yield from _read_elements(path, window, Shapes(str(path), options))
        else:
            yield from _read_answer(path, window, Shapes(str(path), options))


def bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines of a file; of one that is too long, only as much as shows it."""
    while line := file.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 1)
        yield line


def flatten(found: Mapping[str, object], *, depth: int = DEEPEST) -> dict[str, object]:
    """The object, and beside each nested value its dotted name; names that hold a dot themselves win."""
    flat = {str(name): value for name, value in found.items()}
    for name, value in found.items():
        if isinstance(value, dict) and depth > 1 and len(flat) < MOST_KEYS:
            nested = {f"{name}.{inner}": deep for inner, deep in flatten(value, depth=depth - 1).items()}
            flat = nested | flat
    return flat


def _read_line(place: str, line: bytes, shapes: Shapes) -> ImportRow:
    if len(line) > LONGEST_LINE:
        return ImportRow(place, refusal=f"a line of more than {LONGEST_LINE // MEBIBYTE} MiB")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return ImportRow(place, refusal=f"not JSON: {error}", raw=_cut(line))
    return shapes.read(place, found, line)


def _read_elements(path: Path, window: "_Window", shapes: Shapes) -> Iterator[ImportRow]:
    number = 0
    while not window.skip("]"):
        number += 1
        try:
            found, text = window.take()
        except (ValueError, RecursionError) as error:
            reason = f"not JSON: {error}; nothing behind it was read (mend the array, or write one object a line as .jsonl)"
            yield ImportRow(f"{path}:{number}", refusal=reason, raw=window.ahead[:LONGEST_RAW])
            return
        yield shapes.read(f"{path}:{number}", found, text.encode("utf-8", "surrogatepass"))
        window.skip(",")
    if not number:
        yield ImportRow(str(path), refusal="the array is empty")


def _read_answer(path: Path, window: "_Window", shapes: Shapes) -> Iterator[ImportRow]:
    """One object: an answer that holds a list, or a single row."""
    try:
        found, text = window.take()
    except (ValueError, RecursionError) as error:
        yield ImportRow(str(path), refusal=f"not JSON: {error}", raw=window.ahead[:LONGEST_RAW])
        return
    rows = next((found[key] for key in LIST_KEYS if isinstance(found.get(key), list)), None) if isinstance(found, dict) else None
    if rows is None:
        yield shapes.read(f"{path}:1", found, text.encode("utf-8", "surrogatepass"))
        return
    for number, row in enumerate(rows, start=1):
        yield shapes.read(f"{path}:{number}", row, json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass"))


class _Window:
    """The part of a JSON text that is being read; it grows only as far as one value needs."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._decoder = json.JSONDecoder()
        self.ahead = ""
        self._at = 0
        self._is_over = False

    def skip(self, mark: str) -> bool:
        """Step over `mark`, if it is what comes next but for spaces."""
        self._skip_space()
        is_next = self.ahead.startswith(mark, self._at)
        self._at += is_next
        return is_next

    def take(self) -> tuple[object, str]:
        """The next value and its text; raises ValueError where there is none that ends within bounds."""
        self._skip_space()
        while True:
            try:
                value, end = self._decoder.raw_decode(self.ahead, self._at)
            except ValueError:
                if not self._grow():
                    self.ahead = self.ahead[self._at :]
                    self._at = 0
                    raise
                continue
            if end == len(self.ahead) and self._grow():  # A number may go on.
                continue
            text, self._at = self.ahead[self._at : end], end
            return value, text

    def _skip_space(self) -> None:
        while True:
            while self._at < len(self.ahead) and self.ahead[self._at] in SPACE:
                self._at += 1
            if self._at < len(self.ahead) or not self._grow():
                return

    def _grow(self) -> bool:
        """Read as much again as is waiting; False at the end of the text, or of what one value may take."""
        waiting = len(self.ahead) - self._at
        if self._is_over or waiting > LONGEST_LINE:
            return False
        more = self._file.read(max(FIRST_READ, waiting))
        self.ahead, self._at = self.ahead[self._at :] + more, 0
        self._is_over = not more
        return bool(more)


def _cut(line: bytes) -> str:
    return line[:LONGEST_RAW].decode("utf-8", "replace")

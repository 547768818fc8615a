"""One form for the rows of both engines: how a table is read, and what one row says, whichever engine says it.

A row is read as SQLite keeps it: moments in UTC and days as text, booleans as 0 and 1, JSON as text. PostgreSQL is asked
for the same, so a row travels from one to the other as it was read.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, Table

from models import TipHour
from models.base import Base, UTCDateTime
from models.queue import words

Row = tuple[Any, ...]

LARGEST_EXACT = 2**53
LEFT_OUT = frozenset({TipHour.__tablename__})
"""Tables that stay in their house, with no row in archives and copies: by them senders of tips are counted for a day."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")


class Kind(StrEnum):
    """How a column is read and compared."""

    PLAIN = "polos"
    REAL = "pecahan"
    TRUTH = "benar_salah"
    MOMENT = "saat"
    DAY = "hari"
    JSON = "json"
    BYTES = "bita"
    STEMS = "kata"
    """The search index: different words, whose order says nothing."""


@dataclass(frozen=True)
class Shape:
    """A table as it is copied: its columns, and those by which its rows are put in order."""

    name: str
    columns: dict[str, Kind]
    key: tuple[str, ...]
    texts: frozenset[str] = frozenset()
    """Columns of text, which PostgreSQL must order byte by byte, as SQLite does."""

    @property
    def quoted(self) -> str:
        """Some names are words of SQL."""
        return f'"{self.name}"'

    @property
    def has_ids(self) -> bool:
        return self.key == ("id",)


@cache
def list_shapes() -> tuple[Shape, ...]:
    """Every table that is copied, in the order of their foreign keys, and the search index, which no class maps."""
    index = Shape(words.NAME, {"flag_id": Kind.PLAIN, "words": Kind.STEMS}, ("flag_id",))
    copied = (table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT)
    return (*(_shape_of(table) for table in copied), index)


@dataclass(frozen=True)
class Digest:
    """What a whole table says."""

    rows: int
    sha256: str


def digest(shape: Shape, rows: Iterable[Row]) -> Digest:
    """One number for all rows, in the order of their key."""
    count, total = 0, hashlib.sha256()
    for line in _lines(shape, rows):
        count += 1
        total.update(hashlib.sha256(line).digest())
    return Digest(count, total.hexdigest())


def compare(shape: Shape, ours: Iterable[Row], theirs: Iterable[Row]) -> tuple[Digest, str]:
    """Hold two tables against each other row by row; returns what ours says, and the first row that differs, in words."""
    count, total = 0, hashlib.sha256()
    for own, other in zip_longest(_lines(shape, ours), _lines(shape, theirs)):
        if own is None or other is None or hashlib.sha256(own).digest() != (seen := hashlib.sha256(other).digest()):
            return Digest(count, ""), f"row {count + 1} of {shape.name} differs: {_show(own)} here, {_show(other)} there"
        count += 1
        total.update(seen)
    return Digest(count, total.hexdigest()), ""


def _lines(shape: Shape, rows: Iterable[Row]) -> Iterator[bytes]:
    special = [(at, _CANONICAL[kind]) for at, kind in enumerate(shape.columns.values()) if kind in _CANONICAL]
    for row in rows:
        values = list(row)
        for at, canonical in special:
            if values[at] is not None:
                values[at] = canonical(values[at])
        yield json.dumps(values).encode()


def _show(line: bytes | None) -> str:
    return "no row" if line is None else line[:160].decode()


def _shape_of(table: Table) -> Shape:
    columns = {column.name: _kind_of(column) for column in table.columns}
    key = tuple(column.name for column in table.primary_key)
    texts = frozenset(name for name in key if not isinstance(table.columns[name].type, Integer | UTCDateTime | Date))
    return Shape(table.name, columns, key, texts)


def _kind_of(column: "Column[Any]") -> Kind:
    kinds: dict[type | tuple[type, ...], Kind] = {
        Boolean: Kind.TRUTH,
        (UTCDateTime, DateTime): Kind.MOMENT,
        Date: Kind.DAY,
        JSON: Kind.JSON,
        Float: Kind.REAL,
        LargeBinary: Kind.BYTES,
    }
    return next((kind for types, kind in kinds.items() if isinstance(column.type, types)), Kind.PLAIN)


def _canonical_moment(value: object) -> object:
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        with suppress(ValueError):
            moment = datetime.fromisoformat(value)
            moment = moment if moment.tzinfo is None else moment.astimezone(UTC)
            return f"{moment:%Y-%m-%d %H:%M:%S.%f}"
    return value


def _canonical_json(value: object) -> object:
    """JSONB orders keys anew and writes numbers out, so a value is compared, never its text."""
    if not isinstance(value, str | bytes):
        return value
    try:
        return json.dumps(json.loads(value, parse_float=_number), sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):  # Not JSON: then only the same text is the same.
        return _text(value)


def _number(text: str) -> float | int:
    """JSON does not tell 1.0, 1e0 and 1 apart, nor 0 and -0; PostgreSQL writes a float without its exponent."""
    value = float(text)
    if not value.is_integer():
        return value
    return int(value) if abs(value) < LARGEST_EXACT else int(Decimal(text))


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode(errors="surrogateescape")


_CANONICAL: dict[Kind, Callable[[Any], object]] = {
    Kind.REAL: lambda value: float(value) + 0.0,  # -0.0 is 0.0: SQLite keeps no sign of it.
    Kind.TRUTH: int,
    Kind.MOMENT: _canonical_moment,
    Kind.JSON: _canonical_json,
    Kind.BYTES: lambda value: bytes(value).hex(),
    Kind.STEMS: lambda value: sorted(set(value.split())),
}

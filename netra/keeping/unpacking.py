"""Reads an archive from its first byte to its last and checks all of it, whoever takes what comes out.

An archive may come from anywhere: nothing is taken but parts that a backup has, in the sizes that they can have.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from models.settings import Settings
from netra.keeping.archive import FACTS, MANIFEST, ArchiveReader
from netra.keeping.backup import DATABASE, PIECE
from netra.keeping.contents import HOME, KEYS, is_ours
from netra.keeping.copying import Progress
from netra.keeping.encryption import open_stream
from netra.keeping.errors import KeepingError
from netra.keeping.facts import LARGEST_FACTS, Facts

LARGEST_KEY = 4096


class Taker(Protocol):
    """What becomes of the parts."""

    def take_database(self, piece: bytes) -> None: ...

    def take_file(self, name: str, chunks: Iterator[bytes]) -> None:
        """`name` is a path in the data directory; whoever takes the chunks may leave some."""
        ...


@dataclass(frozen=True)
class Verified:
    """What an archive holds, every byte of it checked."""

    facts: Facts
    is_encrypted: bool
    files: int
    byte_count: int
    """Of everything that comes out of it."""


class Nobody:
    """Only looks."""

    def take_database(self, piece: bytes) -> None:
        """It was checked."""

    def take_file(self, name: str, chunks: Iterator[bytes]) -> None:
        """So was this."""


def unpack(path: Path, settings: Settings, taker: Taker, on_progress: Progress, *, stage: str) -> Verified:
    """Hand every part to the taker. Only when this returns is what it got known to be whole."""
    with _open(path, settings) as (reader, is_encrypted, position):
        facts, pieces = None, _Pieces(reader)
        files, size = 0, 0
        for name, _ in reader.parts():
            if facts is None:
                facts = _read_facts(reader)
            elif name.startswith(DATABASE):
                taker.take_database(pieces.read(name, facts))
            elif is_ours(name):
                _check_key(reader, name.removeprefix(HOME), facts)
                files, size = files + 1, size + reader.size
                taker.take_file(name.removeprefix(HOME), reader.chunks())
            elif name != MANIFEST:
                raise reader.damaged(f"{name!r} has no place in a data directory")
            on_progress(stage, *position())
        if facts is None or pieces.size != facts.database_bytes or pieces.sha256 != facts.database_sha256:
            raise reader.damaged("its database is not the one that it names")
    return Verified(facts, is_encrypted, files, size + facts.database_bytes)


class _Pieces:
    """The database, put together again."""

    def __init__(self, reader: ArchiveReader) -> None:
        self._reader, self._sum = reader, hashlib.sha256()
        self._count, self.size = 0, 0

    def read(self, name: str, facts: Facts) -> bytes:
        """A piece unpacks to no more than we put into one, whatever is in it."""
        packed = self._reader.read_whole(PIECE + PIECE // 64)
        unpacking = zlib.decompressobj()
        try:
            piece = unpacking.decompress(packed, PIECE + 1)
        except zlib.error as error:
            raise self._reader.damaged("a piece of its database cannot be unpacked") from error
        self.size += len(piece)
        is_whole = unpacking.eof and not unpacking.unused_data and len(piece) <= PIECE
        if not is_whole or name != f"{DATABASE}{self._count:08}.z" or self.size > facts.database_bytes:
            raise self._reader.damaged(f"{name!r} is no piece of the database that it names")
        self._count += 1
        self._sum.update(piece)
        return piece

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()


def _read_facts(reader: ArchiveReader) -> Facts:
    try:
        return Facts.model_validate_json(reader.read_whole(LARGEST_FACTS))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise reader.damaged(f"{FACTS} is of another netra or of none ({place[:60]}: {first['msg']})") from error


def _check_key(reader: ArchiveReader, name: str, facts: Facts) -> None:
    if name in KEYS and (not facts.has_key or reader.size > LARGEST_KEY):
        raise reader.damaged(f"{name!r} is in it, though it says that no key is")


@contextmanager
def _open(path: Path, settings: Settings) -> Iterator[tuple[ArchiveReader, bool, Callable[[], tuple[int, int]]]]:
    if not path.is_file():
        raise KeepingError(f"there is no archive at {path}.")
    with path.open("rb") as file:
        total = path.stat().st_size
        stream, close, is_encrypted = open_stream(file, path, settings)
        try:
            yield ArchiveReader(stream, path), is_encrypted, lambda: (file.tell(), total)
        finally:
            close()

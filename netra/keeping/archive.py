"""The archive of a backup: a tar file that `tar` reads too, but of the plainest kind, and sealed to the last byte.

Parts are plain files in the order of their names. The last but one is the manifest, a line of JSON for each part before it;
the last is the SHA-256 of every byte before its own header. So nothing can be changed, added, left out or put twice without a
word, and reading takes the same memory however large an archive is.
"""

import hashlib
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from netra.keeping.encryption import Sink, Stream
from netra.keeping.errors import ArchiveDamaged, KeepingError

FACTS, MANIFEST, SEAL = "backup.json", "manifest.jsonl", "seal.sha256"
BLOCK, CHUNK = 512, 256 * 1024
MOST_PARTS = 20_000_000
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_.@+-]*"
_NAME = re.compile(rf"(?:{_SEGMENT}/){{0,6}}{_SEGMENT}")


def is_safe_name(name: str) -> bool:
    """Nothing that begins with a dot or a slash, goes up, or means something else elsewhere."""
    return len(name) <= 200 and _NAME.fullmatch(name) is not None


class ArchiveWriter:
    """Writes parts in the order of their names. The manifest grows in a file of its own, not in memory."""

    def __init__(self, sink: Sink, manifest: BinaryIO, *, moment: int) -> None:
        self._sink, self._manifest, self._moment = sink, manifest, moment
        self._sum = hashlib.sha256()
        self.parts = 0

    def add(self, name: str, size: int, chunks: Iterable[bytes]) -> str:
        """Write one part and return its SHA-256; `size` is what the chunks must come to."""
        self._write(_header(name, size, self._moment))
        total, written = hashlib.sha256(), 0
        for chunk in chunks:
            total.update(chunk)
            self._write(chunk)
            written += len(chunk)
        if written != size:
            raise KeepingError(f"{name} became shorter while it was read. Start again; no archive was made.")
        self._write(bytes(-size % BLOCK))
        self._manifest.write(_line(name, size, total.hexdigest()))
        self.parts += 1
        return total.hexdigest()

    def add_bytes(self, name: str, data: bytes) -> str:
        return self.add(name, len(data), [data])

    def close(self) -> None:
        """Add the manifest and the seal."""
        size = self._manifest.tell()
        self._manifest.seek(0)
        self._write(_header(MANIFEST, size, self._moment))
        while chunk := self._manifest.read(CHUNK):
            self._write(chunk)
        self._write(bytes(-size % BLOCK))
        self._sink.write(_sealing(self._sum.hexdigest(), self._moment))

    def _write(self, data: bytes) -> None:
        self._sum.update(data)
        self._sink.write(data)


class ArchiveReader:
    """Reads what the writer wrote and nothing else. Only when `parts` has ended is what it gave known to be whole."""

    def __init__(self, stream: Stream, path: Path) -> None:
        self._stream, self._path = stream, path
        self._sum, self._lines = hashlib.sha256(), hashlib.sha256()
        self._left = 0
        self._of_part = hashlib.sha256()
        self.size = 0

    def parts(self) -> Iterator[tuple[str, int]]:
        """Names and sizes; `chunks` gives the bytes of the one at hand. Raises ArchiveDamaged for what is not ours."""
        previous, count = "", 0
        while True:
            raw = self._take(BLOCK)
            name, size, moment = self._read_header(raw)
            if name <= previous or (not previous and name != FACTS) or (count := count + 1) > MOST_PARTS:
                raise self.damaged(f"the part {name[:80]!r} has no business there")
            if name == SEAL:
                return self._end(raw, moment, after=previous)
            self._sum.update(raw)
            self._left, self._of_part, self.size, previous = size, hashlib.sha256(), size, name
            yield name, size
            for _ in self.chunks():
                """What nobody asked for counts all the same."""
            self._end_part(name, size)

    def chunks(self) -> Iterator[bytes]:
        """What is left of the part at hand."""
        while self._left:
            chunk = self._take(min(self._left, CHUNK))
            self._left -= len(chunk)
            self._sum.update(chunk)
            self._of_part.update(chunk)
            yield chunk

    def read_whole(self, most: int) -> bytes:
        """A part that is small, or it is none of ours."""
        if self._left > most:
            raise self.damaged("a part is larger than any that we write")
        return b"".join(self.chunks())

    @property
    def sha256(self) -> str:
        """Of the part at hand, once all of it was read."""
        return self._of_part.hexdigest()

    def damaged(self, reason: str) -> ArchiveDamaged:
        return ArchiveDamaged(self._path, reason)

    def _read_header(self, raw: bytes) -> tuple[str, int, int]:
        """The one form that we write. Links, devices, long names and all else that tar knows read otherwise."""
        try:
            info = tarfile.TarInfo.frombuf(raw, "utf-8", "strict")
            is_ours = is_safe_name(info.name) and raw == _header(info.name, info.size, int(info.mtime))
        except (tarfile.HeaderError, ValueError, OverflowError) as error:
            raise self.damaged("it is no backup, or it was cut or changed") from error
        if not is_ours:
            raise self.damaged(f"{info.name[:80]!r} is no part that a backup has")
        return info.name, info.size, int(info.mtime)

    def _end_part(self, name: str, size: int) -> None:
        self._sum.update(self._take(-size % BLOCK))
        if name != MANIFEST:
            self._lines.update(_line(name, size, self.sha256))
        elif self.sha256 != self._lines.hexdigest():
            raise self.damaged("its parts are not those that its manifest names")

    def _end(self, raw: bytes, moment: int, *, after: str) -> None:
        expected = _sealing(self._sum.hexdigest(), moment)
        if after != MANIFEST or raw + self._take(len(expected) - BLOCK) != expected or self._stream.read(1):
            raise self.damaged("it is not as it was sealed")

    def _take(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            raise self.damaged("it ends too early")
        return data


def _header(name: str, size: int, moment: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, moment, 0o600
    return info.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")


def _line(name: str, size: int, sha256: str) -> bytes:
    return json.dumps({"name": name, "size": size, "sha256": sha256}).encode() + b"\n"


def _sealing(sha256: str, moment: int) -> bytes:
    """The last part and the end of the archive."""
    text = f"{sha256}\n".encode()
    return _header(SEAL, len(text), moment) + text.ljust(BLOCK, b"\0") + bytes(2 * BLOCK)

"""Overwrites records of a finished file in place, and seals it anew, so that a kill at any moment can be made good.

Before a byte is changed, the file is held against its seal in the same pass that works out its new hash: what is damaged is
never sealed as if it were whole. The new hash and the places lie beside the file (`NAME.warc.gz.erasing`) until it is sealed.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.evidence.files import has_living_writer, hash_file, read_seal, was_left_open, write_seal

INTENT = ".erasing"
CHUNK = 1024 * 1024


class NotOverwritable(Exception):
    """The file is being written, is gone, or is not as it was sealed; nothing in it was changed."""


@dataclass(frozen=True)
class Hole:
    """Where records stand that go, and what comes in their place: as many bytes."""

    offset: int
    length: int
    fill: Callable[[], bytes]


def is_interrupted(folder: Path, name: str) -> bool:
    """Whether an overwriting of this file was begun and has not ended."""
    return _intent_of(folder / name).exists()


def begun_offsets(folder: Path, name: str) -> set[int]:
    """The places that an overwriting had begun with when it was cut off; none where nothing was."""
    return _read_intent(folder / name)[1] if is_interrupted(folder, name) else set()


def overwrite(folder: Path, name: str, holes: Sequence[Hole]) -> None:
    """Fill the holes of one file. After a kill it takes the same holes again (`begun_offsets`), and no others.

    Raises NotOverwritable.
    """
    path = folder / name
    if not path.is_file():
        raise NotOverwritable("the file is missing")
    if has_living_writer(folder, name) or was_left_open(folder, name):
        raise NotOverwritable("it has no seal yet: its writer is at work, or was killed and the next one seals it")
    holes = sorted(holes, key=lambda hole: hole.offset)
    if is_interrupted(folder, name):
        wanted, offsets = _read_intent(path)
        if offsets != {hole.offset for hole in holes}:
            raise NotOverwritable("a deletion was cut off, and its rows are not those that it began with")
    else:
        before, wanted = _hash_twice(path, holes)
        if read_seal(path) not in (None, before):
            raise NotOverwritable("the file is not as it was sealed: netra evidence verify --all says where")
        _write_intent(path, wanted, [hole.offset for hole in holes])
    _fill(path, holes, wanted)


def _fill(path: Path, holes: Sequence[Hole], wanted: str) -> None:
    with path.open("r+b") as file:
        for hole in holes:
            file.seek(hole.offset)
            file.write(hole.fill())
        file.flush()
        os.fsync(file.fileno())
    if hash_file(path) != wanted:
        raise NotOverwritable("the file changed while records were deleted: netra evidence verify --all says where")
    write_seal(path, wanted)
    _intent_of(path).unlink()


def _hash_twice(path: Path, holes: Sequence[Hole]) -> tuple[str, str]:
    """SHA-256 of the file as it is, and as it will be."""
    before, after = hashlib.sha256(), hashlib.sha256()
    with path.open("rb") as file:
        for hole in holes:
            for part in _read(file.read, hole.offset - file.tell()):
                before.update(part)
                after.update(part)
            for part in _read(file.read, hole.length):
                before.update(part)
            after.update(hole.fill())
        while part := file.read(CHUNK):
            before.update(part)
            after.update(part)
    return before.hexdigest(), after.hexdigest()


def _read(read: Callable[[int], bytes], length: int) -> Iterator[bytes]:
    if length < 0:
        raise NotOverwritable("records overlap: netra evidence verify --all says where")
    while length:
        part = read(min(length, CHUNK))
        if not part:
            raise NotOverwritable("the file ends before its records do")
        length -= len(part)
        yield part


def _intent_of(path: Path) -> Path:
    return path.with_name(path.name + INTENT)


def _write_intent(path: Path, sha256: str, offsets: Sequence[int]) -> None:
    draft = path.with_name(path.name + INTENT + ".new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"sha256": sha256, "offsets": list(offsets)}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(_intent_of(path))


def _read_intent(path: Path) -> tuple[str, set[int]]:
    said = json.loads(_intent_of(path).read_text(encoding="utf-8"))
    return said["sha256"], set(said["offsets"])

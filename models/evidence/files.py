"""The files of the evidence folder: which have a living writer, which are sealed, and how a torn end is cut off.

Beside every file that is finished stands its seal, `NAME.warc.gz.sha256`, in the form that `sha256sum -c` reads.
"""

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from models.evidence.members import last_whole_end

OPEN = "open"
"""Folder of marks, one for each file that a process writes; the kernel frees the lock on it when the process dies."""
SEAL = ".sha256"


def mark_open(folder: Path, name: str) -> BinaryIO:
    """A locked mark. It gets its name when it is locked: before, another process would take its writer for dead."""
    path = _mark_of(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    mark = path.with_suffix(".new").open("xb", buffering=0)
    fcntl.flock(mark, fcntl.LOCK_EX)
    mark.write(name.encode())
    path.with_suffix(".new").rename(path)
    return mark


def end_writing(folder: Path, name: str, mark: BinaryIO, sha256: str) -> None:
    """Seal a file and take its mark away. Where the disk is full the mark stays, and the next writer seals the file."""
    try:
        write_seal(folder / name, sha256)
        _mark_of(folder, name).unlink(missing_ok=True)
    except OSError:
        """Nothing of the file itself is lost."""
    finally:
        mark.close()


def cut_torn_ends(folder: Path) -> list[Path]:
    """Cut off what killed writers left unfinished, never more, and seal their files; returns those that were cut.

    No row names such an end: rows are committed after their records.
    """
    cut = list[Path]()
    for mark in (folder / OPEN).glob("*.txt"):
        held = _take(mark)
        if held is None:
            continue
        with held, suppress(OSError):  # A full disk: the next writer tries again.
            path = folder / held.read().strip()
            if path.suffix == ".gz" and path.is_file():
                if _cut_torn_end(path):
                    cut.append(path)
                write_seal(path, hash_file(path))
            mark.unlink()
    return cut


def has_living_writer(folder: Path, name: str) -> bool:
    mark = _mark_of(folder, name)
    if not mark.exists():
        return False
    held = _take(mark)
    if held is None:
        return mark.exists()
    held.close()
    return False


def was_left_open(folder: Path, name: str) -> bool:
    """Whether its writer died, and no other has mended it since."""
    return _mark_of(folder, name).exists() and not has_living_writer(folder, name)


def write_seal(path: Path, sha256: str) -> None:
    draft = path.with_name(path.name + SEAL + ".new")
    with draft.open("wb") as file:
        file.write(f"{sha256}  {path.name}\n".encode())
        file.flush()
        os.fsync(file.fileno())  # A seal that a loss of power left empty would raise a false alarm.
    draft.rename(path.with_name(path.name + SEAL))


def read_seal(path: Path) -> str | None:
    """The SHA-256 that the file had when it was finished; None where nobody sealed it."""
    try:
        return path.with_name(path.name + SEAL).read_text(encoding="utf-8", errors="replace")[:64]
    except OSError:
        return None


def hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _take(mark: Path) -> TextIO | None:
    """The mark of a dead writer, held until it is closed; None where the writer lives or the mark is gone."""
    try:
        file = mark.open("r+", encoding="utf-8", errors="replace")
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _mark_of(folder: Path, name: str) -> Path:
    return folder / OPEN / f"{Path(name).name}.txt"


def _cut_torn_end(path: Path) -> bool:
    with path.open("r+b") as file:
        end = last_whole_end(file)
        is_torn = end < path.stat().st_size
        if is_torn:
            file.truncate(end)
    return is_torn

"""A data directory that is made anew: first beside its place, then moved there, and finished by the next run after a kill.

Everything is made in a folder within the data directory, so that it also works where that is a disk of its own. The mark READY
says that what lies there is whole; only then is anything moved. The database comes last: a data directory has none before.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from models.evidence.files import SEAL
from models.evidence.overwriting import INTENT
from netra.keeping.contents import EVIDENCE, KEYS
from netra.keeping.errors import KeepingError
from netra.keeping.workspace import PREFIX, is_worked_in, sync_folder

DATABASE = "netra.sqlite3"
READY, MOVED, TOLD = "READY", "MOVED", "told.json"
ASIDE = "before-restore-"
STAY = frozenset({"log", "lost+found"})
"""What is no part of the house, and in nobody's way."""
SQLITE_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")


class Staging:
    """Takes the parts of an archive into a folder that is no data directory yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.database = self.home / DATABASE

    def take_database(self, piece: bytes) -> None:
        with self.database.open("ab") as file:
            file.write(piece)

    def take_file(self, name: str, chunks: Iterator[bytes]) -> None:
        """Every WARC file gets the seal of what was written; one that was damaged keeps its old one, which comes next."""
        path, total = self.home / name, hashlib.sha256()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if name in KEYS else 0o777)
        mode = 0o600 if name in KEYS else 0o666
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                total.update(chunk)
        if name.startswith(f"{EVIDENCE}/") and not name.endswith((SEAL, INTENT)):
            path.with_name(path.name + SEAL).write_text(f"{total.hexdigest()}  {path.name}\n")

    def declare_ready(self, archive: str, moment: datetime, *, sets_aside: bool, told: Mapping[str, Any] | None = None) -> None:
        """After this a restore is done but for moving. `archive` is the SHA-256 of its database, by which it is known again.

        `told` is what whoever finishes it is to tell the operator.
        """
        (self.folder / TOLD).write_text(json.dumps(told or {}))
        os.sync()
        aside = f"{ASIDE}{moment:%Y%m%dT%H%M%SZ}" if sets_aside else ""
        (self.folder / f"{READY}.new").write_text(f"{archive}\n{aside}\n")
        (self.folder / f"{READY}.new").rename(self.folder / READY)
        sync_folder(self.folder)


def list_taken(home: Path, apart: frozenset[str] = frozenset()) -> list[str]:
    """What of a data directory is in the way of a restore; `apart` stays where it is."""
    if not home.exists():
        return []
    if not home.is_dir():
        raise KeepingError(f"{home} is no folder. Name another with --into.")
    names = (path.name for path in home.iterdir() if not path.name.startswith((PREFIX, ASIDE)))
    return sorted(name for name in names if name not in STAY | apart)


def find_unfinished(home: Path, archive: str) -> Path | None:
    """What a killed restore of this archive left ready to be moved; refuses where it was another archive's."""
    for folder in home.glob(f"{PREFIX}restore-*"):
        if is_worked_in(folder):
            raise KeepingError(f"another restore works in {home} just now. Wait for it; nothing was touched.")
        if (folder / READY).exists():
            if (folder / READY).read_text().split("\n")[0] == archive:
                return folder
            raise KeepingError(
                f"{home} holds the end of a restore of another archive. Give that archive again; nothing was touched."
            )
    return None


def read_told(folder: Path) -> dict[str, Any]:
    """Nothing of what an older netra left."""
    path = folder / TOLD
    return json.loads(path.read_text()) if path.exists() else {}


def move_in(folder: Path, home: Path, apart: frozenset[str] = frozenset()) -> str:
    """Set aside what was there, but for `apart`, where that was asked, and move in what is ready.

    May be stopped and run again at any point.

    Returns the name of the folder that keeps the old.
    """
    aside = (folder / READY).read_text().split("\n")[1]
    if aside and not (folder / MOVED).exists():
        (home / aside).mkdir(exist_ok=True)
        for name in sorted(list_taken(home, apart), key=lambda name: name not in SQLITE_FILES):
            _set_aside(home / name, home / aside)
        sync_folder(home)
        (folder / MOVED).touch()
    for path in sorted((folder / "home").iterdir(), key=lambda path: path.name == DATABASE):
        if aside and (home / path.name).exists():  # Made since then, by a netra that was started between two tries.
            _set_aside(home / path.name, home / aside)
        path.rename(home / path.name)
    sync_folder(home)
    (folder / READY).unlink()
    return aside


def _set_aside(path: Path, folder: Path) -> None:
    """Nothing that was set aside before is written over."""
    names = (path.name, *(f"{path.name}.{number}" for number in range(1, 1000)))
    path.rename(next(folder / name for name in names if not (folder / name).exists()))

"""`map.json` in the house's folder: paths that are ready to be drawn, and where they came from."""

import logging
import os
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.orm import Session, sessionmaker

from models import record_event

log = logging.getLogger(__name__)

FILE = "map.json"
MOST_BYTES = 1_000_000

Code = Annotated[str, Field(pattern=r"^\d\d$")]
Finite = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1000)]


class Area(BaseModel):
    path: str = Field(pattern=r"^[Mlz0-9. -]+$", max_length=MOST_BYTES)
    x: Finite
    y: Finite
    at_x: Finite
    at_y: Finite


class StoredMap(BaseModel):
    file: str = Field(max_length=255)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str = Field(min_length=1, max_length=300)
    loaded_at: datetime
    width: int = Field(ge=1, le=1000)
    height: int = Field(ge=1, le=1000)
    points: int
    """Of the file, before anything was left out."""
    tolerance: float
    """In units of the drawing: no line lies farther from the file's."""
    provinces: dict[Code, Area] = Field(min_length=1, max_length=100)


def keep_map(sessions: sessionmaker[Session], home: Path, drawn: StoredMap, *, actor: str) -> None:
    """Whole or not at all, and never without its event. A kill between the two leaves an event too many, no more."""
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f"{FILE}.{os.getpid()}.new"
    detail = {"file": drawn.file, "sha256": drawn.sha256, "licence": drawn.licence, "provinces": len(drawn.provinces)}
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(drawn.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        with sessions.begin() as session:
            record_event(session, "peta.muat", actor=actor, subject=("map", None), detail=detail)
        draft.replace(home / FILE)
    finally:
        draft.unlink(missing_ok=True)


def remove_map(sessions: sessionmaker[Session], home: Path, *, actor: str) -> bool:
    """Whether there was one, even one that cannot be read."""
    if not (home / FILE).exists():
        return False
    known = find_map(home)
    with sessions.begin() as session:
        detail = {"file": known.file, "sha256": known.sha256} if known else {}
        record_event(session, "peta.hapus", actor=actor, subject=("map", None), detail=detail)
    (home / FILE).unlink(missing_ok=True)
    return True


def find_map(home: Path) -> StoredMap | None:
    """The map of the house; None where there is none, or none that can be read: the squares need no file."""
    path = home / FILE
    try:
        state = path.stat()
    except OSError:
        return None
    return _read(path, state.st_mtime_ns, state.st_size, state.st_ino)


@lru_cache(maxsize=4)
def _read(path: Path, *state: int) -> StoredMap | None:
    """Once for every state of the file."""
    try:
        with path.open("rb") as file:
            return StoredMap.model_validate_json(file.read(MOST_BYTES))
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read, squares are shown: %s. Load it again: netra map load", path.name, str(error)[:200])
        return None

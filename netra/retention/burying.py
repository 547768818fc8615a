"""Overwrites the bytes of marked copies: a tombstone of the same length stands in the WARC file, which is sealed anew."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased, sessionmaker

from crawler.storing.conflicts import hold_store
from models import Snapshot, record_event
from models.evidence.members import member_length
from models.evidence.overwriting import Hole, NotOverwritable, begun_offsets, overwrite
from models.evidence.tombstones import TooShort, hash_of_tombstone, make_tombstone

MOST_AT_ONCE = 2000
"""Copies of one file in one transaction."""


@dataclass(frozen=True)
class Refusal:
    """A file whose records could not be overwritten, and why."""

    file: str
    reason: str


def count_marked(session: Session) -> int:
    """Copies whose bytes are still there although their time is over."""
    return session.scalar(select(func.count()).select_from(Snapshot).where(_is_marked())) or 0


def bury(
    sessions: sessionmaker[Session], folder: Path, actor: str, *, on_step: Callable[[int], None] = lambda _: None
) -> Iterator[int | Refusal]:
    """Overwrite what is marked, file by file; yields how many copies went or why a file was left. Safe to kill anywhere.

    Bytes to which a copy that stands refers are left until that one goes too.
    """
    after = ""
    while True:
        with sessions() as session:
            query = select(Snapshot.warc_file).where(_is_marked(), Snapshot.warc_file > after)
            name = session.scalar(query.order_by(Snapshot.warc_file).limit(1))
        if name is None:
            return
        while True:
            try:
                with sessions.begin() as session:
                    count = _bury_in(session, folder, name, actor)
            except (NotOverwritable, TooShort, OSError) as error:
                yield Refusal(name, str(error))
                break
            if not count:
                break
            on_step(count)
            yield count
        after = name


def _bury_in(session: Session, folder: Path, name: str, actor: str) -> int:
    hold_store(session)  # No crawl may refer to these bytes between the look and the deed.
    query = select(Snapshot).where(_is_marked(), Snapshot.warc_file == name)
    begun = begun_offsets(folder, name)  # A deletion that was cut off is finished first, with exactly its own places.
    chosen = query.where(Snapshot.warc_offset.in_(begun)) if begun else query.where(_nobody_refers()).limit(MOST_AT_ONCE)
    copies = list(session.scalars(chosen.order_by(Snapshot.warc_offset, Snapshot.id)))
    if not copies:
        return 0
    holes = [_make_hole(folder, copy) for copy in copies]
    overwrite(folder, name, holes)
    tombstones = {copy.id: hash_of_tombstone(hole.fill()) for copy, hole in zip(copies, holes, strict=True)}
    for number, sha256 in tombstones.items():
        session.execute(update(Snapshot).where(Snapshot.id == number).values(tombstone_sha256=sha256))
    _record(session, name, copies, tombstones, actor)
    return len(copies)


def _make_hole(folder: Path, copy: Snapshot) -> Hole:
    length = copy.warc_length or _measure(folder, copy)
    return Hole(copy.warc_offset, length, partial(make_tombstone, copy, length))


def _measure(folder: Path, copy: Snapshot) -> int:
    """Of a row from before lengths were kept."""
    with (folder / copy.warc_file).open("rb") as file:
        return member_length(file, copy.warc_offset)


def _record(session: Session, name: str, copies: Sequence[Snapshot], tombstones: dict[int, str], actor: str) -> None:
    """With one hash over what went and what stands there now, against which the rows can be held at any time."""
    said = hashlib.sha256()
    for copy in copies:
        said.update(f"{copy.id}:{copy.warc_sha256}:{tombstones[copy.id]}\n".encode())
    detail = {"berkas": name, "salinan": len(copies), "byte": sum(copy.byte_count for copy in copies), "sha256": said.hexdigest()}
    record_event(session, "retensi.byte", actor=actor, subject=("retention", None), detail=detail)


def _is_marked() -> ColumnElement[bool]:
    return Snapshot.erased_at.is_not(None) & (Snapshot.tombstone_sha256 == "")


def _nobody_refers() -> ColumnElement[bool]:
    """A `revisit` record refers to bytes of the same hash; which of them, only the files say."""
    other = aliased(Snapshot)
    return ~exists().where(other.sha256 == Snapshot.sha256, other.erased_at.is_(None))

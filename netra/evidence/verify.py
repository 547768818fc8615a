"""Whether what we keep is what came: rows against records, records against their hashes, files against their seals."""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path

from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from models import Snapshot, TimeStamp
from models.evidence.files import SEAL, has_living_writer, hash_file, read_seal, was_left_open
from models.evidence.members import last_whole_end
from models.evidence.overwriting import is_interrupted
from models.evidence.store import EvidenceDamaged, read_evidence, read_unit
from models.evidence.tombstones import TooShort, hash_of_tombstone, make_tombstone
from netra.evidence.selection import Scope, select_bare_versions, select_snapshots
from netra.evidence.timestamps import find_fault

KINDS = ("response", "resource", "revisit")
BLOCK = 500
UNREADABLE = (OSError, StopIteration, ValueError, AttributeError, ArchiveLoadFailed, zlib.error)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written, or cannot be told; a note is no damage."""

    place: str
    problem: str
    snapshot_id: int | None = None
    is_note: bool = False


@dataclass
class Report:
    """What was looked at, and what was found."""

    snapshots: int = 0
    files: int = 0
    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def is_whole(self) -> bool:
        return all(finding.is_note for finding in self.findings)


def verify(
    session: Session,
    folder: Path,
    scope: Scope,
    *,
    roots: Sequence[Certificate],
    on_step: Callable[[], None] = lambda: None,
    on_file: Callable[[int], None] = lambda _: None,
) -> Report:
    """Look at every snapshot of the scope and at the files in which they are; all files where the scope is everything.

    `on_step` is called after each snapshot, `on_file` after each file with the number of all files.
    """
    report, names = Report(), set[str]()
    for version in session.scalars(select_bare_versions(scope).execution_options(yield_per=BLOCK)):
        report.findings.append(Finding(f"item {version.item_id}", f"version {version.number} has no stored copy"))
    for block in session.scalars(select_snapshots(scope).execution_options(yield_per=BLOCK)).partitions():
        stamps = _stamps_of(session, [snapshot.id for snapshot in block])
        for snapshot in block:
            names.add(snapshot.warc_file)
            report.findings += _look_at(folder, snapshot, stamps.get(snapshot.id, []), roots)
            report.snapshots += 1
            on_step()
    if not scope.items and scope.since is None:
        names.update(_files_in(folder))
    for name in sorted(names):
        report.findings += check_file(folder, name)
        report.files += 1
        on_file(len(names))
    return report


def check_unit(folder: Path, snapshot: Snapshot) -> list[str]:
    """What is wrong with the records of one snapshot, in words."""
    try:
        unit = read_unit(folder, snapshot)
    except OSError as error:
        return [f"the file cannot be read: {error.strerror or error}"]
    if snapshot.erased_at is not None:
        return _check_erased(unit, snapshot)
    if snapshot.warc_sha256:
        if len(unit) < snapshot.warc_length:
            return [f"the file ends {snapshot.warc_length - len(unit)} bytes before the end of the records"]
        if hashlib.sha256(unit).hexdigest() != snapshot.warc_sha256:
            return ["the records are not as they were written: bytes were changed or replaced", *_check_body(folder, snapshot)]
    return _check_body(folder, snapshot) or _check_head(unit, snapshot)


def check_file(folder: Path, name: str) -> Iterator[Finding]:
    """Hold a file against its seal. One that is being written has none yet."""
    path = folder / name
    if not path.is_file():
        yield Finding(name, "the file is missing")
    elif has_living_writer(folder, name):
        return
    elif is_interrupted(folder, name):
        yield Finding(name, "a deletion in this file was cut off: netra retention run finishes it", is_note=True)
    elif (seal := read_seal(path)) is not None:
        if hash_file(path) != seal:
            yield Finding(name, "the file is not as it was when it was finished (its seal does not match)")
    else:
        yield Finding(name, _say_unsealed(folder, path, name), is_note=True)


def _say_unsealed(folder: Path, path: Path, name: str) -> str:
    with path.open("rb") as file:
        torn = path.stat().st_size - last_whole_end(file)
    if torn:
        return f"the last {torn} bytes are no whole record: a writer was killed, or the file was cut there"
    return "its writer was killed before it sealed the file" if was_left_open(folder, name) else "the file has no seal"


def _look_at(folder: Path, snapshot: Snapshot, stamps: Sequence[TimeStamp], roots: Sequence[Certificate]) -> Iterator[Finding]:
    place = f"{snapshot.warc_file}:{snapshot.warc_offset}"
    problems = check_unit(folder, snapshot)
    for problem in problems:
        yield Finding(place, f"snapshot {snapshot.id} ({snapshot.url[:200]}): {problem}", snapshot.id)
    if snapshot.erased_at is not None and not problems:
        yield Finding(place, _say_erased(snapshot), snapshot.id, is_note=True)
        return
    if stamps and not problems:
        unit = read_unit(folder, snapshot)
        for stamp in stamps:
            if not roots:
                words = "its time-stamp cannot be judged: set NETRA_TSA_ROOTS"
                yield Finding(place, f"snapshot {snapshot.id}: {words}", snapshot.id, is_note=True)
            elif fault := find_fault(stamp.token, unit, roots):
                yield Finding(place, f"snapshot {snapshot.id}: its time-stamp does not hold: {fault}", snapshot.id)


def _check_erased(unit: bytes, snapshot: Snapshot) -> list[str]:
    """Whether there stands what a deletion left: until its bytes are overwritten, that is still what came."""
    try:
        left = make_tombstone(snapshot, len(unit))
    except TooShort as error:
        return [f"the records were to be deleted and cannot be: {error}"]
    if snapshot.tombstone_sha256:
        is_sound = unit == left and hash_of_tombstone(left) == snapshot.tombstone_sha256
    else:  # Rows from before 0008 know no hash of their records.
        is_sound = unit == left or snapshot.warc_sha256 in {"", hashlib.sha256(unit).hexdigest()}
    if is_sound:
        return []
    return ["its records were deleted, and what stands in their place was changed or replaced"]


def _say_erased(snapshot: Snapshot) -> str:
    day, rule = f"{snapshot.erased_at:%Y-%m-%d}", snapshot.erased_rule
    if snapshot.tombstone_sha256:
        return f"snapshot {snapshot.id}: deleted on {day} under rule {rule}"
    return f"snapshot {snapshot.id}: to be deleted since {day} under rule {rule}, its bytes are still there: netra retention run"


def _check_body(folder: Path, snapshot: Snapshot) -> list[str]:
    try:
        body = read_evidence(folder, snapshot)
    except EvidenceDamaged as damage:
        return [str(damage)]
    return [] if len(body) == snapshot.byte_count else [f"{len(body)} bytes are kept, the row says {snapshot.byte_count}"]


def _check_head(unit: bytes, snapshot: Snapshot) -> list[str]:
    """Whether the record speaks of the address and the moment of the row."""
    try:
        record = next(iter(ArchiveIterator(BytesIO(unit))))
        problems = [] if record.rec_type in KINDS else [f"a {record.rec_type} record stands where the answer should be"]
        if (url := record.rec_headers.get_header("WARC-Target-URI") or "") != _one_line(snapshot.url):
            problems.append(f"the record is of {url[:200]}")
        return problems + _check_moment(record, snapshot)
    except UNREADABLE as error:
        return [f"the head of the record cannot be read: {error}"]


def _check_moment(record: ArcWarcRecord, snapshot: Snapshot) -> list[str]:
    said = record.rec_headers.get_header("WARC-Date") or ""
    apart = abs((datetime.fromisoformat(said) - snapshot.fetched_at).total_seconds())
    # Records from before 0008 took the time once for themselves and once for the row.
    return (
        [] if apart < (0.001 if snapshot.warc_length else 1) else [f"the record is of {said}, the row of {snapshot.fetched_at}"]
    )


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace").decode().strip()


def _stamps_of(session: Session, ids: Sequence[int]) -> dict[int, list[TimeStamp]]:
    found = dict[int, list[TimeStamp]]()
    for stamp in session.scalars(select(TimeStamp).where(TimeStamp.snapshot_id.in_(ids)).order_by(TimeStamp.id)):
        found.setdefault(stamp.snapshot_id, []).append(stamp)
    return found


def _files_in(folder: Path) -> Iterator[str]:
    """Every file, and every one that only its seal still tells of."""
    for path in folder.glob("*/*/*.warc.gz*"):
        name = path.relative_to(folder).as_posix()
        if name.endswith((".warc.gz", SEAL)):
            yield name.removesuffix(SEAL)

"""The evidence of some items as one WACZ file, which other tools open and a court can check without us."""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from warcio.archiveiterator import ArchiveIterator

from models import Item, Snapshot, TimeStamp, record_event
from models.evidence.files import hash_file
from models.evidence.store import read_unit
from models.evidence.units import original_of
from models.evidence.warc import SOFTWARE, make_warcinfo
from netra.evidence.custody import Handover, as_text, describe_items, make_custody, stamp_path
from netra.evidence.errors import EvidenceError
from netra.evidence.index import ARCHIVE, Placed, index_line
from netra.evidence.package import Package, as_json, as_lines, open_package
from netra.evidence.redaction import redact
from netra.evidence.selection import Scope, list_standing, load_items, select_snapshots
from netra.evidence.verify import check_unit

MOST_ITEMS = 500
MOST_BYTES = 2 * 1024**3
"""Of records: what is larger goes out in several packages."""


@dataclass(frozen=True)
class Exported:
    """What stands in the trail and on the screen."""

    path: Path
    sha256: str
    byte_count: int
    items: tuple[int, ...]
    snapshots: tuple[int, ...]


def hand_over(
    reading: sessionmaker[Session],
    writing: sessionmaker[Session],
    folder: Path,
    ids: Sequence[int],
    output: Path,
    handover: Handover,
    *,
    on_step: Callable[[], None] = lambda: None,
) -> Exported:
    """Write the package, then the trail, then give the file its name: nothing leaves the house that the trail does not know.

    Damaged evidence is not handed on: raises EvidenceError, and nothing is left behind.
    """
    draft = output.with_name(f".{output.name}.part")
    draft.unlink(missing_ok=True)
    try:
        with reading() as session:
            exported = replace(write(session, folder, ids, draft, handover, on_step=on_step), path=output)
        with writing.begin() as session:
            _record(session, exported, handover)
        draft.rename(output)
    finally:
        draft.unlink(missing_ok=True)
    return exported


def write(
    session: Session,
    folder: Path,
    ids: Sequence[int],
    path: Path,
    handover: Handover,
    *,
    on_step: Callable[[], None] = lambda: None,
) -> Exported:
    """The package alone. Same items, hand-over and trail: same bytes."""
    items = load_items(session, ids)
    snapshots = _gather(session, folder, items)
    package = open_package(path)
    with package.archive:
        _fill(session, package, folder, items, snapshots, handover, on_step)
    numbers = tuple(item.id for item in items), tuple(one.id for one in snapshots)
    return Exported(path, hash_file(path), path.stat().st_size, *numbers)


def _gather(session: Session, folder: Path, items: Sequence[Item]) -> list[Snapshot]:
    """The snapshots of the items, and those whose bytes they share, each of them checked.

    Of what was erased, the tombstones: bytes that still wait to be overwritten leave the house no more.
    """
    if len(items) > MOST_ITEMS:
        raise EvidenceError(f"{len(items)} items are more than the {MOST_ITEMS} of one package. Export them in parts.")
    ids = tuple(item.id for item in items)
    standing, kept = list_standing(session, ids), session.scalars(select_snapshots(Scope(ids)))
    found = {one.id: one for one in kept if one.id in standing or one.tombstone_sha256}
    for one in list(found.values()):
        if problems := check_unit(folder, one):
            raise EvidenceError(f"snapshot {one.id} is damaged: {problems[0]}. See: netra evidence verify --all")
        if (original := _original(session, folder, one)) is not None:
            found[original.id] = original
    if not found:
        raise EvidenceError("these items have no stored copy, or it was erased: there is no evidence to export.")
    if (total := sum(one.warc_length or one.byte_count for one in found.values())) > MOST_BYTES:
        raise EvidenceError(f"{total:,} bytes are more than the {MOST_BYTES:,} of one package. Export the items in parts.")
    return sorted(found.values(), key=lambda one: one.id)


def _original(session: Session, folder: Path, snapshot: Snapshot) -> Snapshot | None:
    """The snapshot that holds the bytes of one that only refers to them."""
    with (folder / snapshot.warc_file).open("rb") as file:
        file.seek(snapshot.warc_offset)
        record = next(iter(ArchiveIterator(file)))
        if record.rec_type != "revisit":
            return None
        name, offset = original_of(record)
    query = select(Snapshot).where(Snapshot.sha256 == snapshot.sha256, Snapshot.warc_file == name)
    return session.scalar(query.where(Snapshot.warc_offset == offset).limit(1))


def _fill(
    session: Session,
    package: Package,
    folder: Path,
    items: Sequence[Item],
    snapshots: Sequence[Snapshot],
    handover: Handover,
    on_step: Callable[[], None],
) -> None:
    placed, lines = list[Placed](), list[str]()
    package.add(f"archive/{ARCHIVE}", _write_records(folder, snapshots, placed, lines, on_step))
    package.add("indexes/index.cdxj", "".join(sorted(lines)).encode())
    described = describe_items(session, items)
    package.add("pages/pages.jsonl", as_lines(_list_pages(described, placed)))
    stamps = _stamps_of(session, snapshots)
    for stamp in stamps:
        package.add(stamp_path(stamp), stamp.token)
    custody = make_custody(session, handover, described, placed, stamps)
    package.add("custody/custody.json", as_json(custody))
    package.add("custody/custody.txt", as_text(custody).encode())
    moment = f"{handover.at:%Y-%m-%dT%H:%M:%SZ}"
    title = f"Bukti netra: {len(items)} konten"
    package.finish({"title": title, "description": handover.purpose, "created": moment, "software": SOFTWARE})


def _write_records(
    folder: Path, snapshots: Sequence[Snapshot], placed: list[Placed], lines: list[str], on_step: Callable[[], None]
) -> Iterator[bytes]:
    """The archive piece by piece; fills `placed` and `lines` on the way."""
    newest = max(one.fetched_at for one in snapshots)
    known = hashlib.sha256("".join(one.sha256 for one in snapshots).encode()).hexdigest()
    head = make_warcinfo(ARCHIVE, newest, record_id=f"<urn:uuid:{uuid.UUID(known[:32])}>")
    offset = len(head)
    yield head
    for snapshot in snapshots:
        unit, url, removed = redact(read_unit(folder, snapshot), snapshot.url)
        one = Placed(snapshot, url, offset, len(unit), hashlib.sha256(unit).hexdigest(), removed)
        placed.append(one)
        lines.append(index_line(one, unit))
        offset += len(unit)
        yield unit
        on_step()


def _list_pages(items: Sequence[dict[str, Any]], placed: Sequence[Placed]) -> Iterator[dict[str, Any]]:
    """One page for each copy of an item; a copy that was read twice is one page, with the newer title."""
    yield {"format": "json-pages-1.0", "id": "pages", "title": "Konten"}
    by_snapshot = {one.snapshot.id: one for one in placed}
    for item in items:
        versions = {version["salinan"]: version for version in item["versi"] if version["salinan"] in by_snapshot}
        for number, version in versions.items():
            one = by_snapshot[number]
            moment = f"{one.snapshot.fetched_at:%Y-%m-%dT%H:%M:%SZ}"
            page_id = f"konten-{item['nomor']}-versi-{version['nomor']}"
            yield {"id": page_id, "url": one.url, "ts": moment, "title": version["judul"]}


def _stamps_of(session: Session, snapshots: Sequence[Snapshot]) -> list[TimeStamp]:
    ids = [one.id for one in snapshots]
    return list(session.scalars(select(TimeStamp).where(TimeStamp.snapshot_id.in_(ids)).order_by(TimeStamp.id)))


def _record(session: Session, exported: Exported, handover: Handover) -> None:
    """One event for each item."""
    detail = {
        "tujuan": handover.purpose,
        "berkas": exported.path.name,
        "sha256": exported.sha256,
        "salinan": list(exported.snapshots[:50]),
    }
    for item_id in exported.items:
        record_event(session, "bukti.ekspor", actor=handover.exporter, subject=("item", item_id), detail=detail)

"""The bytes behind versions: on the disk first, then as rows that say where. It never commits: the page's transaction does."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.orm import Session

from crawler.storing.conflicts import hold_store
from models import ItemVersion, Snapshot, VersionPart
from models.base import canonical_json
from models.database import table_of
from models.evidence.store import EvidenceWriter, Fetched

snapshots = table_of(Snapshot)
SNAPSHOT_FIELDS = [column.name for column in snapshots.columns if column.name != "id"]
KEEP = insert(snapshots).returning(snapshots.c.id, snapshots.c.warc_file, snapshots.c.warc_offset)
SAME = (
    select(*(snapshots.c[name] for name in ("url", "fetched_at", "sha256", "byte_count", "warc_file", "warc_offset")))
    .where(snapshots.c.sha256 == bindparam("sha256_"), snapshots.c.byte_count == bindparam("length"))
    .where(snapshots.c.erased_at.is_(None))
    .order_by(snapshots.c.id)
    .limit(1)
)
# EXISTS ends with the first of them: an outlet may answer a hundred thousand addresses with the same bytes.
ARE_KEPT = {
    "sqlite": text(
        "SELECT value FROM json_each(:asked) AS asked "
        "WHERE EXISTS (SELECT 1 FROM snapshots s WHERE s.sha256 = asked.value AND s.erased_at IS NULL)"
    ),
    "postgresql": text(
        "SELECT value FROM json_array_elements_text(CAST(:asked AS json)) AS asked(value) "
        "WHERE EXISTS (SELECT 1 FROM snapshots s WHERE s.sha256 = asked.value AND s.erased_at IS NULL)"
    ),
}
ADD_PART = insert(table_of(VersionPart))


def keep_snapshot(session: Session, writer: EvidenceWriter, fetched: Fetched | Snapshot) -> int:
    """As `keep_snapshots`, for one; a snapshot may have its row already, for many items may come from one list or file."""
    if isinstance(fetched, Fetched):
        return keep_snapshots(session, writer, [fetched])[0]
    if fetched.id is None:
        row = {name: getattr(fetched, name) for name in SNAPSHOT_FIELDS}
        (fetched.id,) = _add_rows(session, [row])
    return fetched.id


def keep_snapshots(session: Session, writer: EvidenceWriter, fetched: Sequence[Fetched]) -> list[int]:
    """The bytes are on the disk before the rows that name them are committed; those that are there already come not twice.

    What was erased is not there: its bytes are overwritten, or wait for it. The store is held, so that nobody overwrites
    bytes between our look at them and the commit of the row that rests on them.
    """
    hold_store(session)
    fetched = [_with_storable_headers(answer) for answer in fetched]
    kept, rows = _find_same(session, fetched), list[dict[str, Any]]()
    for answer in fetched:
        same = kept.get(answer.sha256)
        rows.append(writer.write(answer, same_as=Snapshot(**same) if same else None))
        kept.setdefault(answer.sha256, rows[-1])
    return _add_rows(session, rows)


def keep_parts(session: Session, writer: EvidenceWriter, version: ItemVersion, parts: Sequence[Fetched | Snapshot]) -> None:
    """Further pages of the article that a version was read from."""
    add_parts(session, {version.id: [keep_snapshot(session, writer, part) for part in parts]})


def add_parts(session: Session, snapshot_ids: dict[int, list[int]]) -> None:
    """The snapshots of further pages, by version."""
    rows = [
        {"version_id": version_id, "number": number, "snapshot_id": snapshot_id}
        for version_id, ids in snapshot_ids.items()
        for number, snapshot_id in enumerate(ids, start=2)
    ]
    if rows:
        session.connection().execute(ADD_PART, rows)


def storable(text: str) -> str:
    """PostgreSQL keeps no NUL and neither engine a lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _add_rows(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Their ids, in the order of the rows. Asked for in order, SQLite would be given one row at a time."""
    made = session.connection().execute(KEEP, list(rows))
    ids = {(row.warc_file, row.warc_offset): row.id for row in made}
    return [ids[row["warc_file"], row["warc_offset"]] for row in rows]


def _find_same(session: Session, fetched: Sequence[Fetched]) -> dict[str, dict[str, Any]]:
    """What is known of the first snapshots of the very same bytes, by their hash."""
    lengths = {answer.sha256: len(answer.body) for answer in fetched}
    asked = {"asked": canonical_json(list(lengths))}
    kept = session.connection().execute(ARE_KEPT[session.get_bind().dialect.name], asked).scalars().all()
    rows = (session.connection().execute(SAME, {"sha256_": name, "length": lengths[name]}).first() for name in kept)
    return {row.sha256: dict(row._mapping) for row in rows if row is not None}


def _with_storable_headers(fetched: Fetched) -> Fetched:
    headers = [(storable(name), storable(value)) for name, value in fetched.headers]
    return replace(fetched, content_type=storable(fetched.content_type), headers=headers)

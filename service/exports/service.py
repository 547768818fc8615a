"""Making a file: written to a nameless one on disk first, logged with its hash, and only then sent."""

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from sqlalchemy.orm import Session

from models import Export, Permission, now, record_event
from service.accounts.actor import Actor
from service.audit.searched import without_words
from service.errors import Forbidden, NotFound, TooManyRows
from service.exports import formats
from service.exports.registry import TABLES
from service.exports.schemas import LONGEST_QUERY, ExportRequest
from service.exports.tables import MOST_ROWS, ExportTable, Preview, Reach, exporting_actor
from service.language import Language

CHUNK = 64 * 1024
IN_MEMORY = 512 * 1024


@dataclass(frozen=True)
class Prepared:
    """A finished file that has not left yet. Its disk space is free again once it is closed."""

    file: IO[bytes]
    rows: int
    size: int
    sha256: str

    def chunks(self) -> Iterator[bytes]:
        with self.file as file:
            file.seek(0)
            while chunk := file.read(CHUNK):
                yield chunk


def find_table(actor: Actor, slug: str) -> ExportTable:
    """A table that this person may export at least somewhere; unknown and forbidden ones look alike."""
    table = TABLES.get(slug)
    if table is None or not actor.may(Permission.EXPORT) or not actor.may(table.permission):
        raise NotFound
    return table


def list_tables(actor: Actor) -> list[ExportTable]:
    return [table for table in TABLES.values() if actor.may(Permission.EXPORT) and actor.may(table.permission)]


def preview(session: Session, actor: Actor, slug: str, query: str) -> Preview:
    table = find_table(actor, slug)
    return table.preview(session, exporting_actor(actor, table.permission), query)


def prepare(session: Session, actor: Actor, asked: ExportRequest) -> Prepared:
    """Write the file. It reads for as long as it takes, and holds neither the write lock nor more than a batch of rows."""
    table = find_table(actor, asked.what)
    if asked.opens_names and not (table.has_names and actor.may(Permission.OPEN_NAMES)):
        raise Forbidden
    if preview(session, actor, asked.what, asked.query).is_too_many:
        raise TooManyRows(most=MOST_ROWS)
    rows = table.rows(session, Reach(exporting_actor(actor, table.permission), asked.opens_names), asked.query)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - Prepared closes it, or the except below.
    try:
        count = formats.write(asked.format, file, table.names, rows, notes=_notes(actor, table, asked), bom=asked.bom)
        size = file.tell() if asked.format is not formats.ExportFormat.XLSX else file.seek(0, 2)
        return Prepared(file, count, size, _hash_of(file))
    except BaseException:  # Also a stop: no half-written file stays behind.
        file.close()
        raise


def record(session: Session, actor: Actor, asked: ExportRequest, prepared: Prepared) -> Export:
    """The row and the event, before the first byte leaves."""
    query = without_words(asked.query)
    export = Export(
        user_id=actor.id,
        **asked.model_dump(exclude={"bom", "query"}),
        query=query[:LONGEST_QUERY],
        row_count=prepared.rows,
        byte_count=prepared.size,
        sha256=prepared.sha256,
    )
    session.add(export)
    session.flush()
    detail = {
        "tabel": asked.what,
        "bentuk": asked.format.value,
        "saringan": query,
        "tujuan": asked.purpose.value,
        "baris": prepared.rows,
        "sha256": prepared.sha256,
        "terbuka": asked.opens_names,
    } | ({"token": actor.token} if actor.token else {})
    record_event(session, "ekspor.buat", actor=actor.username, actor_id=actor.id, subject=("export", export.id), detail=detail)
    return export


def digest_header(sha256: str) -> str:
    """RFC 9530."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"


def file_name(export: Export) -> str:
    return f"netra-{export.what}-{export.created_at:%Y%m%d-%H%M%S}.{export.format.value}"


def _notes(actor: Actor, table: ExportTable, asked: ExportRequest) -> list[str]:
    """The second sheet of a workbook: what this is, for whoever finds the file later."""
    language = Language("id")
    return [
        language("ekspor.catatan.apa", table=language(f"ekspor.tabel.{table.slug}"), filter=asked.query or "—"),
        language("ekspor.catatan.siapa", name=actor.name, time=language.moment(now())),
        language("ekspor.catatan.tujuan", purpose=language(f"ekspor.tujuan.{asked.purpose.value}"), note=asked.note),
        language("ekspor.terbuka" if asked.opens_names else "ekspor.tertutup"),
        language("ekspor.catatan.dugaan"),
    ]


def _hash_of(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # pyright: ignore[reportArgumentType]

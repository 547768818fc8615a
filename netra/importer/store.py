"""Rows into the database, by the same door as crawled pages, in one transaction a batch."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from crawler.errors import NotAnArticle
from crawler.storing.storage import StoreOutcome, StoreResult, store_article
from models import AuditEvent, Region, Rights, Source, SourceKind, record_event
from models.evidence.store import EvidenceWriter
from netra.importer.options import ImportRow
from netra.importer.report import ImportReport
from netra.importer.spellings import spell_as_known

BATCH = 100
"""Rows in one transaction: what a kill in the middle costs is read again, and then already there."""
LISTED_FILES = 200
"""Files that the closing event names; the events of the batches name all."""

SOURCE_SLUG = "impor"


@dataclass(frozen=True)
class Written:
    """Versions that one batch made, for the trail: by them an import can be taken back."""

    new: list[int] = field(default_factory=list[int])
    changed: list[int] = field(default_factory=list[int])

    def note(self, result: StoreResult) -> None:
        if result.outcome is not StoreOutcome.UNCHANGED:
            (self.new if result.outcome is StoreOutcome.STORED else self.changed).append(result.version.id)

    def detail(self) -> dict[str, list[int]]:
        return {"versi_baru": self.new, "versi_ganti": self.changed}


def store_rows(
    rows: Iterable[ImportRow],
    sessions: sessionmaker[Session],
    evidence_dir: Path,
    *,
    actor: str,
    on_row: Callable[[], None],
    on_refusal: Callable[[ImportRow], None] = lambda row: None,
) -> ImportReport:
    """Store every row that can be stored; `on_row` is called after each, for a progress bar."""
    report, first = ImportReport(on_refusal=on_refusal), None
    with EvidenceWriter(evidence_dir) as writer:
        for batch in batches(rows, BATCH):
            with sessions.begin() as session:
                before = report.counts()
                source, written = import_source(session), Written()
                with writer.together():
                    for row in spell_as_known(session, batch):
                        _store_row(session, writer, source, row, report, written)
                        on_row()
                detail = {**report.since(before), "baris": len(batch), "berkas": _files_of(batch)} | written.detail()
                parent = session.get_one(AuditEvent, first) if first else None
                event = record_event(session, "impor", actor=actor, subject=("source", source.id), parent=parent, detail=detail)
                first = first or event.id
    if first:
        with sessions.begin() as session:
            source, parent = import_source(session), session.get_one(AuditEvent, first)
            detail = report.counts() | {"berkas": report.files(LISTED_FILES)}
            record_event(session, "impor.selesai", actor=actor, subject=("source", source.id), parent=parent, detail=detail)
    return report


def import_source(session: Session, name: str = "") -> Source:
    """The source to which imported items belong, made with its first import; a chat or a collection has one of its own."""
    slug = slug_of(name)
    source = session.scalar(select(Source).where(Source.slug == slug))
    if source is None:
        source = Source(slug=slug, name=(name or "Impor berkas")[:200], kind=SourceKind.IMPORT, rights=Rights.EXCERPT)
        session.add(source)
        session.flush()
    return source


def slug_of(name: str) -> str:
    """`impor` and the name's letters; what they leave out is told apart by a hash."""
    if not name:
        return SOURCE_SLUG
    letters = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:50]
    return f"{SOURCE_SLUG}-{letters}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def batches(rows: Iterable[ImportRow], size: int) -> Iterator[list[ImportRow]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def _files_of(batch: list[ImportRow]) -> dict[str, str]:
    return {row.origin.sha256: row.origin.name for row in batch if row.origin}


def _store_row(
    session: Session, writer: EvidenceWriter, source: Source, row: ImportRow, report: ImportReport, written: Written
) -> None:
    if row.article is None or row.fetched is None:
        report.count_unstored(row)
        return
    if row.region and session.get(Region, row.region) is None:
        report.refuse(row, say_no_region(row.region))
        return
    owner = import_source(session, row.source) if row.source else source
    try:
        result = store_article(session, writer, row.article, owner, fetched=row.fetched, region_code=row.region)
    except NotAnArticle as error:
        report.refuse(row, error.reason)
        return
    words = {StoreOutcome.STORED: "disimpan", StoreOutcome.CHANGED: "berubah", StoreOutcome.UNCHANGED: "sudah ada"}
    report.count(row, words[result.outcome])
    written.note(result)


def say_no_region(code: str) -> str:
    return f"region {code[:30]!r} is no Kemendagri code (write 33 or 33.24, or leave it empty)"

"""Rows into the database, by the same door as crawled pages, in one transaction a batch."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from crawler.errors import NotAnArticle
from crawler.storage import StoreOutcome, store_article
from models import Region, Rights, Source, SourceKind, record_event
from models.evidence import EvidenceWriter
from netra.importer.columns import ImportRow

BATCH = 100
"""Rows in one transaction: what a kill in the middle costs is read again, and then already there."""

SOURCE_SLUG = "impor"


@dataclass
class ImportReport:
    """What became of the rows."""

    stored: int = 0
    changed: int = 0
    already_there: int = 0
    refused: list[ImportRow] = field(default_factory=list[ImportRow])

    @property
    def rows(self) -> int:
        return self.stored + self.changed + self.already_there + len(self.refused)


def store_rows(
    rows: Iterable[ImportRow],
    sessions: sessionmaker[Session],
    evidence_dir: Path,
    *,
    actor: str,
    on_row: Callable[[], None],
) -> ImportReport:
    """Store every row that can be stored; `on_row` is called after each, for a progress bar."""
    report = ImportReport()
    with EvidenceWriter(evidence_dir) as writer:
        for batch in _batches(rows):
            with sessions.begin() as session:
                before = (report.stored, report.changed)
                source = import_source(session)
                for row in batch:
                    _store_row(session, writer, source, row, report)
                    on_row()
                detail = {"disimpan": report.stored - before[0], "berubah": report.changed - before[1], "baris": len(batch)}
                record_event(session, "impor", actor=actor, subject=("source", source.id), detail=detail)
    return report


def import_source(session: Session) -> Source:
    """The source to which imported items belong; made with the first import."""
    source = session.scalar(select(Source).where(Source.slug == SOURCE_SLUG))
    if source is None:
        source = Source(slug=SOURCE_SLUG, name="Impor berkas", kind=SourceKind.IMPORT, rights=Rights.EXCERPT)
        session.add(source)
        session.flush()
    return source


def _store_row(session: Session, writer: EvidenceWriter, source: Source, row: ImportRow, report: ImportReport) -> None:
    if row.article is None or row.fetched is None:
        report.refused.append(row)
        return
    if row.region and session.get(Region, row.region) is None:
        report.refused.append(ImportRow(row.place, refusal=f"region {row.region!r} is no Kemendagri code"))
        return
    try:
        result = store_article(session, writer, row.article, source, fetched=row.fetched, region_code=row.region)
    except NotAnArticle as error:
        report.refused.append(ImportRow(row.place, refusal=error.reason))
        return
    report.stored += result.outcome is StoreOutcome.STORED
    report.changed += result.outcome is StoreOutcome.CHANGED
    report.already_there += result.outcome is StoreOutcome.UNCHANGED


def _batches(rows: Iterable[ImportRow]) -> Iterator[list[ImportRow]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch

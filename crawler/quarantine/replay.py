"""Pages in quarantine read again by today's readers: what reads now is stored as an item, first seen when it was fetched.

Each page is a transaction of its own, and its try is counted before it is read: a page that kills the process comes last
the next time, and keeps nobody else from being read.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from crawler.addresses import key_of
from crawler.catalogue import SourceFile
from crawler.errors import NotAnArticle
from crawler.frontier import fill_from_list
from crawler.items import FetchedArticle
from crawler.runs.run import ACTOR
from crawler.spiders.reading import next_part, read_answer
from crawler.storing.conflicts import hold_store
from crawler.storing.storage import item_key, store_article
from models import (
    FetchCause,
    FrontierState,
    FrontierUrl,
    Item,
    QuarantinedPage,
    QuarantineState,
    Snapshot,
    Source,
    now,
    record_event,
)
from models.evidence.store import EvidenceDamaged, EvidenceWriter, Fetched, read_evidence

logger = logging.getLogger(__name__)

IS_DAMAGED = "salinan rusak atau hilang"
IS_CUT = "halaman lanjutannya tidak tersimpan"


@dataclass
class QuarantineReport:
    """What became of the pages of one source."""

    slug: str
    read: int = 0
    known: int = 0
    """Meanwhile read in another way."""
    refused: Counter[str] = field(default_factory=Counter[str])
    """Reasons, with how many pages each."""


def replay_quarantine(
    writing: sessionmaker[Session],
    file: SourceFile,
    folder: Path,
    *,
    causes: Sequence[FetchCause] = (),
    dry_run: bool = False,
    on_step: Callable[[], None] = lambda: None,
) -> QuarantineReport:
    """Read what waits; safe to stop and to run again. With `dry_run` nothing is stored."""
    report = QuarantineReport(file.slug)
    with writing.begin() as session:
        ids = waiting_ids(session, file.slug, causes)
    with EvidenceWriter(folder) as writer:
        for page_id in ids:
            _replay_page(writing, writer, file, folder, page_id, report, dry_run=dry_run)
            on_step()
    if (report.read or report.known) and not dry_run:
        with writing.begin() as session:
            source_id = session.scalars(select(Source.id).where(Source.slug == file.slug)).one()
            detail = {"sumber": file.slug, "terbaca": report.read, "sudah_ada": report.known}
            record_event(session, "karantina.baca_ulang", actor=ACTOR, subject=("source", source_id), detail=detail)
    return report


def waiting_ids(session: Session, slug: str, causes: Iterable[FetchCause] = ()) -> list[int]:
    """Those that were tried least come first."""
    query = (
        select(QuarantinedPage.id)
        .join(Source, Source.id == QuarantinedPage.source_id)
        .where(Source.slug == slug, QuarantinedPage.state == QuarantineState.WAITING)
        .order_by(QuarantinedPage.attempts, QuarantinedPage.id)
    )
    wanted = tuple(causes)
    return list(session.scalars(query.where(QuarantinedPage.cause.in_(wanted)) if wanted else query))


def drop_pages(session: Session, page_ids: Sequence[int], *, actor: str) -> int:
    """Give these pages up; their bytes stay what they are, evidence. Returns how many waited."""
    waits = QuarantinedPage.state == QuarantineState.WAITING
    pages = session.scalars(select(QuarantinedPage).where(QuarantinedPage.id.in_(page_ids), waits)).all()
    for page in pages:
        page.state, page.closed_at = QuarantineState.DROPPED, now()
    for source_id, count in sorted(Counter(page.source_id for page in pages).items()):
        detail = {"halaman": count}
        record_event(session, "karantina.buang", actor=actor, subject=("source", source_id), detail=detail)
    return len(pages)


def _replay_page(
    writing: sessionmaker[Session],
    writer: EvidenceWriter,
    file: SourceFile,
    folder: Path,
    page_id: int,
    report: QuarantineReport,
    *,
    dry_run: bool,
) -> None:
    with writing.begin() as session:
        page = session.get(QuarantinedPage, page_id)
        if page is None:  # It had its time, or went with an item that was erased.
            return None
        snapshot, hint = session.get_one(Snapshot, page.snapshot_id), _hint_of(session, page)
        page.attempts += not dry_run
    try:
        article = fill_from_list(_read(file, snapshot, folder), hint)
    except NotAnArticle as refusal:
        return _refuse(writing, page_id, refusal.reason, refusal.cause, report, dry_run=dry_run)
    except EvidenceDamaged:
        report.refused[IS_DAMAGED] += 1
        return None
    except Exception as error:  # A page that breaks a parser may cost itself, never the rest.
        logger.exception("cannot read quarantined page %d", page_id)
        reason = f"halaman tidak terbaca (kesalahan pembaca: {type(error).__name__})"
        return _refuse(writing, page_id, reason, FetchCause.READER, report, dry_run=dry_run)
    if dry_run:
        report.read += 1
        return None
    with writing.begin() as session:
        _store(session, writer, article, page_id, snapshot, report)
    return None


def _read(file: SourceFile, snapshot: Snapshot, folder: Path) -> FetchedArticle:
    headers = [(str(header["name"]), str(header["value"])) for header in snapshot.http_headers]
    body = read_evidence(folder, snapshot)
    fetched = Fetched(snapshot.url, body, snapshot.content_type, snapshot.http_status, headers, snapshot.fetched_at)
    article = read_answer(file, fetched)
    if next_part(file, fetched, [fetched.url]):
        raise NotAnArticle(IS_CUT)
    return article


def _store(
    session: Session, writer: EvidenceWriter, article: FetchedArticle, page_id: int, snapshot: Snapshot, report: QuarantineReport
) -> None:
    """The item, as if it had been read when it came. What was read meanwhile in another way is newer, and stays.

    Nothing is stored of a page that went meanwhile: its copy is marked to be overwritten.
    """
    hold_store(session)
    page = session.get(QuarantinedPage, page_id, with_for_update=True)
    if page is None:
        return
    known_id = session.scalar(select(Item.id).where(Item.item_key == item_key(article)))
    if known_id is None:
        copy = session.get_one(Snapshot, snapshot.id)
        item = store_article(session, writer, article, session.get_one(Source, page.source_id), fetched=copy).item
        session.flush()
        seen = {"first_seen_at": snapshot.fetched_at, "last_seen_at": snapshot.fetched_at}
        session.execute(update(Item).where(Item.id == item.id).values(**seen))
        known_id = item.id
        report.read += 1
    else:
        report.known += 1
    page.state, page.closed_at, page.item_id = QuarantineState.READ, now(), known_id
    done = update(FrontierUrl).where(FrontierUrl.url_key == page.url_key, FrontierUrl.source_id == page.source_id)
    session.execute(done.values(state=FrontierState.DONE))


def _refuse(
    writing: sessionmaker[Session], page_id: int, reason: str, cause: FetchCause, report: QuarantineReport, *, dry_run: bool
) -> None:
    """It goes on waiting, with today's reason."""
    report.refused[reason] += 1
    if not dry_run:
        with writing.begin() as session:
            session.execute(update(QuarantinedPage).where(QuarantinedPage.id == page_id).values(reason=reason, cause=cause))


def _hint_of(session: Session, page: QuarantinedPage) -> dict[str, object]:
    """What the list said of it."""
    return session.scalar(select(FrontierUrl.hint).where(FrontierUrl.url_key == key_of(page.url))) or {}

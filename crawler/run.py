"""One run of one source: everything that a crawl writes, one transaction a page."""

import os
import socket
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from crawler.catalogue import SourceFile, sync_sources
from crawler.errors import NotAnArticle
from crawler.frontier import Listed, WaitingUrl, add_listed, close_url, fail_url, fill_from_list, take_waiting
from crawler.items import FetchedArticle, ListedPage, ReadPage
from crawler.pages.language import language_of
from crawler.storage import StoreResult, store_article
from models import (
    CrawlRun,
    Feed,
    FetchEvent,
    FetchOutcome,
    FrontierState,
    FrontierUrl,
    Rights,
    RunState,
    Snapshot,
    Source,
    now,
    record_event,
)
from models.database import make_session
from models.evidence import EvidenceWriter, Fetched
from models.settings import Settings

ACTOR = "sistem:crawler"
GIVEN_UP_AFTER = timedelta(hours=24)
GONE = {404, 410}
"""The outlet's own word that there is no page; while it is still listed, it is asked again after the recheck time."""


class Run:
    """Opens the run's row, writes what spiders find and pages give, and closes it. Kill-safe at every line."""

    def __init__(self, engine: Engine, settings: Settings, file: SourceFile) -> None:
        self._sessions = make_session(engine)
        self._settings = settings
        self.file = file
        self.writer = EvidenceWriter(settings.evidence_dir)
        self.listed_feeds = 0
        self.failed_feeds = 0

    def start(self) -> list[Feed]:
        """Sync the source, mark runs whose process is gone, open this one; returns the feeds to poll."""
        with self._sessions.begin() as session:
            source = sync_sources(session, [self.file], is_demo=self._settings.demo)[0]
            self.source_id = source.id
            self._close_dead_runs(session)
            run = CrawlRun(source_id=source.id, reason=f"proses {os.getpid()} di {socket.gethostname()}", counts={})
            session.add(run)
            session.flush()
            self.id = run.id
            query = select(Feed).where(Feed.source_id == source.id, Feed.is_enabled).order_by(Feed.id)
            feeds = list(session.scalars(query))
            record_event(
                session, "perayapan.mulai", actor=ACTOR, subject=("crawl_run", run.id), detail={"sumber": self.file.slug}
            )
        return feeds

    def finish(self, state: RunState, reason: str) -> None:
        """Write the end of the run and its audit event."""
        self.writer.close()
        with self._sessions.begin() as session:
            run = session.get_one(CrawlRun, self.id)
            run.state, run.reason, run.finished_at = state, reason, now()
            detail = {"sumber": self.file.slug, "keadaan": str(state), "jumlah": dict(run.counts)}
            record_event(session, "perayapan.selesai", actor=ACTOR, subject=("crawl_run", run.id), detail=detail)

    def list_pages(
        self, feed: Feed, pages: Sequence[ListedPage], fetched: Fetched, *, etag: str | None, last_modified: str | None
    ) -> None:
        """A feed was read: its pages go into the frontier in the same transaction that remembers the feed's ETag.

        Where only the feed's own fields may be kept, the items are made here too: no page will be fetched.
        """
        self.listed_feeds += 1
        with self._sessions.begin() as session:
            listed = add_listed(session, self.source_id, feed.id, pages, self.file.hosts, recheck_hours=self.file.recheck_hours)
            row = session.get_one(Feed, feed.id)
            row.last_polled_at, row.failures = now(), 0
            row.etag, row.last_modified = (etag or "")[:300] or None, (last_modified or "")[:100] or None
            if listed.new:
                row.last_new_at = now()
            self._note(
                session, FetchOutcome.LISTED, fetched.url, f"{listed.new} baru dari {len(pages)}", fetched, feed_id=feed.id
            )
            if self.file.rights is Rights.METADATA_ONLY:
                self._store_entries(session, listed, fetched)

    def list_unchanged(self, feed: Feed, url: str) -> None:
        """The feed answered 304."""
        self.listed_feeds += 1
        with self._sessions.begin() as session:
            row = session.get_one(Feed, feed.id)
            row.last_polled_at, row.failures = now(), 0
            self._note(session, FetchOutcome.LISTED, url, "tidak berubah", feed_id=feed.id, status=304)

    def list_failed(self, feed: Feed, url: str, reason: str, *, status: int | None = None) -> None:
        self.failed_feeds += 1
        with self._sessions.begin() as session:
            row = session.get_one(Feed, feed.id)
            row.last_polled_at, row.failures = now(), row.failures + 1
            self._note(session, FetchOutcome.FAILED, url, reason, feed_id=feed.id, status=status)

    def take(self, before_id: int | None) -> list[WaitingUrl]:
        with self._sessions.begin() as session:
            return take_waiting(session, self.source_id, before_id=before_id)

    def store(self, page: ReadPage) -> StoreResult:
        """Item, version, snapshot, frontier and event of one page: all of them or none."""
        with self._sessions.begin() as session:
            hint = session.get_one(FrontierUrl, page.frontier_id).hint
            return self._store(session, page.frontier_id, fill_from_list(page.article, hint), page.fetched)

    def refuse(self, frontier_id: int, url: str, reason: str, *, fetched: Fetched | None = None) -> None:
        """The page was read, but is nothing that we keep."""
        with self._sessions.begin() as session:
            close_url(session, frontier_id, FrontierState.REFUSED)
            self._note(session, FetchOutcome.REFUSED, url, reason, fetched)

    def block(self, frontier_id: int, url: str, reason: str, *, is_final: bool) -> None:
        """robots.txt or our address rules said no; not final where robots.txt itself could not be read."""
        with self._sessions.begin() as session:
            if is_final:
                close_url(session, frontier_id, FrontierState.REFUSED)
            self._note(session, FetchOutcome.BLOCKED, url, reason)

    def fail(self, frontier_id: int, url: str, reason: str, *, status: int | None = None) -> None:
        with self._sessions.begin() as session:
            state = fail_url(session, frontier_id, is_gone=status in GONE)
            ending = "; tidak dicoba lagi" if state is FrontierState.FAILED else ""
            self._note(session, FetchOutcome.FAILED, url, reason + ending, status=status)

    def _store_entries(self, session: Session, listed: Listed, fetched: Fetched) -> None:
        whole: Snapshot | None = None
        for frontier_id, page in listed.waiting:
            article = _article_of_entry(page, self.file)
            entry = Fetched(page.url, page.raw, fetched.content_type, fetched.status, fetched.headers)
            if not page.raw:  # One copy of the list is behind all its entries: it may be as large as they are many.
                whole = whole or self.writer.append(fetched)
            try:
                self._store(session, frontier_id, article, entry, kept=None if page.raw else whole)
            except NotAnArticle as error:
                close_url(session, frontier_id, FrontierState.REFUSED)
                self._note(session, FetchOutcome.REFUSED, page.url, error.reason)

    def _store(
        self, session: Session, frontier_id: int, article: FetchedArticle, fetched: Fetched, *, kept: Snapshot | None = None
    ) -> StoreResult:
        source = session.get_one(Source, self.source_id)
        result = store_article(session, self.writer, article, source, fetched=kept or fetched)
        close_url(session, frontier_id, FrontierState.DONE)
        self._note(session, FetchOutcome(result.outcome.value), fetched.url, "", fetched, snapshot_id=result.version.snapshot_id)
        return result

    def _note(
        self,
        session: Session,
        outcome: FetchOutcome,
        url: str,
        reason: str = "",
        fetched: Fetched | None = None,
        *,
        feed_id: int | None = None,
        snapshot_id: int | None = None,
        status: int | None = None,
    ) -> None:
        """One fetch event, and one more in the run's counts: progress is what the database says."""
        event = FetchEvent(run_id=self.id, source_id=self.source_id, feed_id=feed_id, url=url, outcome=outcome, reason=reason)
        event.status_code = fetched.status if fetched else status
        event.byte_count = len(fetched.body) if fetched else 0
        event.snapshot_id = snapshot_id
        session.add(event)
        run = session.get_one(CrawlRun, self.id)
        run.counts = {**run.counts, str(outcome): run.counts.get(str(outcome), 0) + 1}
        session.flush()

    def _close_dead_runs(self, session: Session) -> None:
        """This process holds the source's lock on this machine, so an older run of it here has no process any more."""
        query = select(CrawlRun).where(CrawlRun.source_id == self.source_id, CrawlRun.state == RunState.RUNNING)
        for run in session.scalars(query):
            if run.reason.endswith(f" di {socket.gethostname()}") or run.started_at < now() - GIVEN_UP_AFTER:
                run.state, run.finished_at = RunState.INTERRUPTED, now()
                run.reason = f"terputus: {run.reason} tidak berjalan lagi"
        session.flush()


def _article_of_entry(page: ListedPage, file: SourceFile) -> FetchedArticle:
    """An item of a feed's own fields, for outlets that allow no more."""
    from_summary = page.summary if page.summary != page.title else ""
    text = f"{page.title}\n\n{from_summary}".strip()
    return FetchedArticle(
        url=page.url,
        title=page.title,
        text=text,
        author=page.author,
        published_at=page.published_at,
        published_zone=page.published_zone,
        language=language_of(text, file.language),
        method="kanal",
    )

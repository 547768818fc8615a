"""What a run writes of pages: many of them in one transaction, each of them wholly or not at all.

A page that was read waits in memory until the next commit, and its address goes on waiting in the frontier until then.
So a kill costs the fetches of one batch and nothing else: the next run finds their addresses waiting and reads them again.
One transaction for each page would cost two commits on two disks' queues for every page, most of what storing costs.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from crawler.addresses import key_of
from crawler.errors import NotAnArticle
from crawler.frontier import (
    MAX_ATTEMPTS,
    WaitingUrl,
    close_urls,
    fail_url,
    fill_from_list,
    hints_of,
    remember_version,
    take_waiting,
)
from crawler.items import FetchedArticle, ReadPage
from crawler.middlewares.reasons import OF_THE_OUTLET
from crawler.quarantine.keeping import Quarantine
from crawler.runs.reading_mark import ReadingMark
from crawler.runs.run import Run
from crawler.storing.batches import Incoming, Kept, store_pages
from crawler.storing.storage import StoreOutcome
from models import Feed, FetchCause, FetchOutcome, FrontierState, FrontierUrl, Item, ItemVersion, RunState, Source, now
from models.database import table_of
from models.evidence.store import Fetched

logger = logging.getLogger(__name__)

BATCH = 50
"""Pages of one transaction, as many as the frontier gives at once."""
BATCH_BYTES = 32 * 1024 * 1024
"""Or pages of so many bytes together, for they wait in memory."""
BATCH_SECONDS = 1.0
"""A page waits no longer for others to come: a slow crawl shows what it does."""
GONE = {404, 410}
"""The outlet's own word that there is no page; while it is still listed, it is asked again after the recheck time."""
READ = (FetchOutcome.STORED, FetchOutcome.CHANGED, FetchOutcome.UNCHANGED)
LAST_TRY = "percobaan terakhir: sebelumnya dua kali gagal"
NO_PAGE_CAN_BE_STORED = (OSError, InterfaceError, OperationalError)
"""A full disk, a lost database: no other page would do better."""

items = table_of(Item)
SEEN = update(items).where(items.c.item_key == bindparam("key")).values(last_seen_at=bindparam("at"))


@dataclass(frozen=True)
class PageOutcome:
    """What came of one address, before the database knows of it."""

    frontier_id: int
    url: str
    outcome: FetchOutcome
    reason: str = ""
    cause: FetchCause = FetchCause.NONE
    state: FrontierState | None = None
    """None leaves the address waiting."""
    fetched: Fetched | None = None
    article: FetchedArticle | None = None
    more: tuple[Fetched, ...] = ()
    status: int | None = None
    may_be_outlet: bool = False
    """Of a failure: whether the outlet may be its reason, and no fault of this page."""
    at: datetime | None = None
    snapshot_id: int | None = None
    version: ItemVersion | None = None
    """The new text that was stored."""


class PageRun(Run):
    """A run that fetches pages of the frontier."""

    _pending: list[PageOutcome]
    _waiting_bytes: int
    _has_answered: bool
    """Whether the outlet gave a page, or a word on one, in this run. Its lists do not count: they often come from a cache."""
    batch_seconds = BATCH_SECONDS

    def start(self, **detail: str) -> list[Feed]:
        self._pending, self._waiting_bytes, self._suspects, self._unstored = [], 0, set[int](), 0
        self._has_answered = False
        feeds = super().start(**detail)
        self._mark = ReadingMark(self._settings.home, self.file.slug)
        with self._sessions.begin() as session:
            self._quarantine = Quarantine(session, self.source_id)
            if (killer := self._mark.take_over()) is not None:
                self._count_death(session, killer)
        return feeds

    def take(self, before_id: int | None) -> list[WaitingUrl]:
        self.flush()
        with self._sessions.begin() as session:
            waiting = take_waiting(session, self.source_id, before_id=before_id)
        self._suspects |= {entry.id for entry in waiting if entry.attempts >= MAX_ATTEMPTS - 1}
        return waiting

    def is_last_try(self, frontier_id: int) -> bool:
        return frontier_id in self._suspects

    def begin_reading(self, frontier_id: int, fetched: Fetched) -> None:
        """Say which page is read, where a kill cannot erase it; at the last try its bytes are kept before."""
        if frontier_id in self._suspects:
            with self._sessions.begin() as session:
                self._quarantine.keep(session, self.writer, fetched, LAST_TRY, FetchCause.READER)
        self._mark.begin(frontier_id)

    def end_reading(self) -> None:
        self._mark.end()

    def store(self, page: ReadPage) -> None:
        """Item, version, snapshot, frontier and event of one page: all of them or none."""
        self._has_answered = True
        done = FetchOutcome.STORED  # Or CHANGED, or UNCHANGED: the store says.
        outcome = PageOutcome(page.frontier_id, page.fetched.url, done, page.lack, state=FrontierState.DONE, fetched=page.fetched)
        self._add(replace(outcome, article=page.article, more=page.more))

    def unchanged(self, frontier_id: int, url: str) -> None:
        """The outlet answered 304: the page is as we have it."""
        self._has_answered = True
        self._add(PageOutcome(frontier_id, url, FetchOutcome.UNCHANGED, "tidak berubah", state=FrontierState.DONE, status=304))

    def refuse(
        self, frontier_id: int, url: str, reason: str, *, cause: FetchCause = FetchCause.OTHER, fetched: Fetched | None = None
    ) -> None:
        """The page was read, but is nothing that we keep."""
        self._has_answered = True
        self._add(PageOutcome(frontier_id, url, FetchOutcome.REFUSED, reason, cause, FrontierState.REFUSED, fetched))

    def block(self, frontier_id: int, url: str, reason: str, *, is_final: bool, cause: FetchCause = FetchCause.OTHER) -> None:
        """robots.txt or our address rules said no; not final where robots.txt itself could not be read."""
        state = FrontierState.REFUSED if is_final else None
        self._add(PageOutcome(frontier_id, url, FetchOutcome.BLOCKED, reason, cause, state))

    def fail(
        self,
        frontier_id: int,
        url: str,
        reason: str,
        *,
        cause: FetchCause = FetchCause.OTHER,
        status: int | None = None,
        fetched: Fetched | None = None,
        is_part: bool = False,
    ) -> None:
        """One attempt, unless the outlet may be its reason: `is_part` says that the first page of the article came.

        An outage, or a ban, would otherwise use up the attempts of an outlet's newest pages within three runs.
        """
        may_be_outlet = cause in OF_THE_OUTLET and not is_part
        self._has_answered |= not may_be_outlet
        failed = PageOutcome(frontier_id, url, FetchOutcome.FAILED, reason, cause, fetched=fetched, status=status)
        self._add(replace(failed, may_be_outlet=may_be_outlet))

    def flush(self) -> None:
        """Write what waits. Raises OSError or OperationalError where nothing can be written: the frontier goes on waiting."""
        batch, self._pending, self._waiting_bytes = self._pending, [], 0
        if not batch:
            return
        try:
            self._write(batch)
        except NO_PAGE_CAN_BE_STORED:
            raise
        except Exception:  # Whatever one page holds that code or database cannot take: it may cost itself, never the others.
            logger.exception("cannot store a batch of %d pages, storing them one by one", len(batch))
            for page in batch:
                self._write_alone(page)

    def finish(self, state: RunState, reason: str) -> None:
        """A run that could not store all that it read is no sound one: the fault is ours, and nobody else sees it."""
        self.flush()
        self._mark.close()
        if self._unstored and state is RunState.FINISHED:
            state, reason = RunState.FAILED, f"{reason}; {self._unstored} halaman tidak dapat disimpan"
        super().finish(state, reason)

    def _add(self, page: PageOutcome) -> None:
        self._pending.append(replace(page, at=now()))
        self._waiting_bytes += sum(len(part.body) + len(part.received) for part in (page.fetched, *page.more) if part)
        if len(self._pending) >= BATCH or self._waiting_bytes >= BATCH_BYTES:
            self.flush()

    def _write_alone(self, page: PageOutcome) -> None:
        try:
            self._write([page])
        except NO_PAGE_CAN_BE_STORED:
            raise
        except Exception as error:  # As above.
            logger.exception("cannot store %s", page.url)
            reason = f"halaman tidak dapat disimpan ({type(getattr(error, 'orig', None) or error).__name__})"
            self._unstored += 1
            self._write_unstored(page, reason)

    def _write_unstored(self, page: PageOutcome, reason: str) -> None:
        """With its bytes, to be read and stored again, unless it is them that nothing can take."""
        failed = PageOutcome(page.frontier_id, page.url, FetchOutcome.FAILED, reason, FetchCause.STORE, at=page.at)
        try:
            self._write([replace(failed, fetched=page.fetched)])
        except NO_PAGE_CAN_BE_STORED:
            raise
        except Exception:  # As above.
            logger.exception("cannot keep the bytes of %s", page.url)
            self._write([failed])

    def _write(self, batch: Sequence[PageOutcome]) -> None:
        with self._sessions.begin() as session, self.writer.together():
            written = [self._quarantined(session, page) for page in self._write_pages(session, batch)]
            close_urls(session, {page.frontier_id: page.state for page in written if page.state})
            remember_version(session, {page.frontier_id: _version_of(page) for page in written if _is_read(page)})
            self._record(session, [_event_of(page) for page in written], [page.version for page in written if page.version])

    def _write_pages(self, session: Session, batch: Sequence[PageOutcome]) -> list[PageOutcome]:
        source = session.get_one(Source, self.source_id)
        hints = hints_of(session, [page.frontier_id for page in batch if page.article])
        read = {page.frontier_id: incoming for page in batch if (incoming := _incoming_of(page, hints))}
        kept = dict(zip(read, store_pages(session, self.writer, source, list(read.values())), strict=True))
        return [
            _stored(page, kept[page.frontier_id]) if page.frontier_id in kept else self._write_unread(session, page)
            for page in batch
        ]

    def _write_unread(self, session: Session, page: PageOutcome) -> PageOutcome:
        if page.outcome is FetchOutcome.FAILED:
            ending = "; tidak dicoba lagi" if self._fail(session, page) is FrontierState.FAILED else ""
            return replace(page, reason=page.reason + ending)
        if page.outcome is FetchOutcome.UNCHANGED:
            session.connection().execute(SEEN, {"key": key_of(page.url), "at": page.at})
        return page

    def _quarantined(self, session: Session, page: PageOutcome) -> PageOutcome:
        """What nobody could read is kept to be read again; what was read now waits no more."""
        if page.outcome in READ:
            for url in (page.url, *(part.url for part in page.more)):
                self._quarantine.release(session, url, page.version.item_id if page.version else None)
        elif page.fetched is not None and page.snapshot_id is None:
            return replace(page, snapshot_id=self._quarantine.keep(session, self.writer, page.fetched, page.reason, page.cause))
        return page

    def _count_death(self, session: Session, frontier_id: int) -> None:
        """The process before died while it read this page: that is one of its tries."""
        entry = session.get(FrontierUrl, frontier_id)
        if entry is None or entry.source_id != self.source_id or entry.state is not FrontierState.WAITING:
            return
        state = fail_url(session, frontier_id)
        reason = f"proses mati saat membaca halaman ini (percobaan ke-{entry.attempts})"
        self._quarantine.explain(session, entry.url, reason, entry.attempts)
        ending = "; tidak dicoba lagi" if state is FrontierState.FAILED else ""
        self._note(session, FetchOutcome.FAILED, entry.url, reason + ending, cause=FetchCause.READER)

    def _fail(self, session: Session, page: PageOutcome) -> FrontierState:
        is_spared = page.cause is FetchCause.RATE_LIMIT or not self._has_answered
        if page.may_be_outlet and is_spared:
            return FrontierState.WAITING
        return fail_url(session, page.frontier_id, is_gone=page.status in GONE, may_be_outlet=page.may_be_outlet)


def _incoming_of(page: PageOutcome, hints: Mapping[int, dict[str, Any]]) -> Incoming | None:
    """What a page brings to the store, with what its list said where it does not say so itself."""
    if page.article is None or page.fetched is None:
        return None
    return Incoming(fill_from_list(page.article, hints.get(page.frontier_id, {})), page.fetched, page.more)


def _stored(page: PageOutcome, kept: Kept | NotAnArticle) -> PageOutcome:
    if isinstance(kept, NotAnArticle):
        return replace(page, outcome=FetchOutcome.REFUSED, state=FrontierState.REFUSED, reason=kept.reason, cause=kept.cause)
    version = None if kept.outcome is StoreOutcome.UNCHANGED else kept.version
    return replace(page, outcome=FetchOutcome(kept.outcome.value), snapshot_id=kept.version.snapshot_id, version=version)


def _event_of(page: PageOutcome) -> dict[str, Any]:
    return {
        "url": page.url,
        "outcome": page.outcome,
        "reason": page.reason,
        "cause": page.cause,
        "feed_id": None,
        "status_code": page.fetched.status if page.fetched else page.status,
        "byte_count": len(page.fetched.body) if page.fetched else 0,
        "snapshot_id": page.snapshot_id,
        "at": page.at,
    }


def _is_read(page: PageOutcome) -> bool:
    return page.state is FrontierState.DONE and page.fetched is not None


def _version_of(page: PageOutcome) -> tuple[str | None, str | None]:
    """None where an article is cut, or has further pages: whatever the outlet says of its first one, it is read again."""
    if page.fetched is None or page.more or (page.article and page.article.cut_after):
        return None, None
    said = {name.lower(): value for name, value in page.fetched.headers}
    return (said.get("etag") or "")[:300] or None, (said.get("last-modified") or "")[:100] or None

"""What a run writes of lists: their pages into the frontier, when to poll them again, and how far a back-fill is."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from crawler.catalogue import SourceFile
from crawler.errors import NotAnArticle
from crawler.finding.listing import ListLink
from crawler.finding.ranges import Days
from crawler.finding.rhythm import minutes_after_failure, minutes_after_nothing, minutes_until_poll
from crawler.finding.steps import (
    Step,
    add_steps,
    begin_steps,
    close_step,
    fail_step,
    followed_since,
    known_lists,
    remember_list,
    take_steps,
)
from crawler.frontier import NEVER_AGAIN, Listed, add_listed, close_url, ids_of
from crawler.items import FetchedArticle, ListedPage
from crawler.pages.language import language_of
from crawler.runs.page_run import BATCH, PageRun
from crawler.storing.storage import StoreOutcome, store_article
from models import Feed, FetchCause, FetchOutcome, FrontierState, ListUrl, Rights, Snapshot, Source, now
from models.evidence.store import Fetched


class ListingRun(PageRun):
    """A run that reads lists too: all that the spider of an outlet needs."""

    def list_pages(
        self,
        feed: Feed,
        pages: Sequence[ListedPage],
        fetched: Fetched,
        *,
        etag: str | None,
        last_modified: str | None,
        below: ListLink | None = None,
    ) -> None:
        """A list was read: its pages go into the frontier, and in the last transaction of that its ETag is remembered.

        `below` is the list's own link where it is not the feed itself. Where only the feed's own fields may be kept, the
        items are made here too: no page will be fetched.
        """

        def remember(session: Session, new: int) -> None:
            row = session.get_one(Feed, feed.id)
            if below is None:
                row.etag, row.last_modified = (etag or "")[:300] or None, (last_modified or "")[:100] or None
            else:
                remember_list(session, feed.id, below, etag=etag, last_modified=last_modified, read_at=now())
            if new:
                row.last_new_at = now()
            if pages or below is None:
                wait = minutes_until_poll(pages, new, last_wait=row.poll_minutes, cadence=self.file.cadence_minutes, moment=now())
                self._plan_poll(row, wait if below is None else min(wait, row.poll_minutes or wait))
            session.flush()

        self._take_in(feed.id, pages, fetched, remember)
        self.listed_feeds += 1

    def list_unchanged(self, feed: Feed, url: str, below: ListLink | None = None) -> None:
        """The list answered 304; one below another says nothing of the feed, and is as good as read."""
        self.listed_feeds += 1
        with self._sessions.begin() as session:
            if below is None:
                row = session.get_one(Feed, feed.id)
                self._plan_poll(row, minutes_after_nothing(row.poll_minutes, self.file.cadence_minutes))
            elif known := known_lists(session, feed.id, [below]).get(below.url):
                remember_list(session, feed.id, below, etag=known.etag, last_modified=known.last_modified, read_at=now())
            self._note(session, FetchOutcome.LISTED, url, "tidak berubah", feed_id=feed.id, status=304)

    def list_failed(
        self,
        feed: Feed,
        url: str,
        reason: str,
        cause: FetchCause,
        *,
        status: int | None = None,
        is_blocked: bool = False,
        is_below: bool = False,
    ) -> None:
        """The list gave no pages; `is_blocked` where it was never asked, because robots.txt or our own rules said no.

        One that lies below another says nothing of the feed, whose own list was read.
        """
        self.failed_feeds += 1
        with self._sessions.begin() as session:
            if not is_below:
                self._plan_after_failure(session.get_one(Feed, feed.id))
            outcome = FetchOutcome.BLOCKED if is_blocked else FetchOutcome.FAILED
            self._note(session, outcome, url, reason, cause=cause, feed_id=feed.id, status=status)

    def leave_alone(self, until: datetime) -> None:
        """The outlet asked for a pause: none of its feeds is polled before."""
        sooner = (Feed.source_id == self.source_id, Feed.next_poll_at.is_(None) | (Feed.next_poll_at < until))
        with self._sessions.begin() as session:
            session.execute(update(Feed).where(*sooner).values(next_poll_at=until))

    def lists_below(self, feed: Feed, links: Sequence[ListLink]) -> dict[str, ListUrl]:
        """What earlier runs remember of these lists."""
        with self._sessions.begin() as session:
            return dict(known_lists(session, feed.id, links))

    def followed_since(self, feed: Feed) -> datetime | None:
        with self._sessions.begin() as session:
            return followed_since(session, feed.id)

    def day_read(self, feed: Feed, url: str, read_at: datetime) -> None:
        """The day of an archive whose first list this is was read to its end."""
        with self._sessions.begin() as session:
            remember_list(session, feed.id, ListLink(url), etag=None, last_modified=None, read_at=read_at)

    def begin_history(self, wanted: Sequence[tuple[Feed, Sequence[tuple[str, Days]]]]) -> None:
        """Let the lists of a back-fill wait; what an earlier one has read stays read."""
        with self._sessions.begin() as session:
            for feed, lists in wanted:
                begin_steps(session, feed.id, lists)

    def take_steps(self, after_id: int) -> list[Step]:
        with self._sessions.begin() as session:
            return take_steps(session, self.source_id, after_id=after_id)

    def list_history(self, step: Step, pages: Sequence[ListedPage], more: Sequence[str], fetched: Fetched) -> None:
        """A list of a back-fill was read: its pages go in, and with the last of them the lists that it names and its own end."""

        def close(session: Session, _new: int) -> None:
            if left_out := add_steps(session, step.feed_id, step.days, more):
                reason = f"terlalu banyak daftar lanjutan untuk {step.days.since} s.d. {step.days.until}: {left_out} tidak dibaca"
                self._note(session, FetchOutcome.BLOCKED, step.url, reason, cause=FetchCause.OTHER, feed_id=step.feed_id)
            close_step(session, step.id)

        self._take_in(step.feed_id, pages, fetched, close)
        self.listed_feeds += 1

    def history_failed(
        self,
        step: Step,
        reason: str,
        cause: FetchCause,
        *,
        status: int | None = None,
        is_gone: bool = False,
        is_blocked: bool = False,
    ) -> None:
        self.failed_feeds += 1
        with self._sessions.begin() as session:
            fail_step(session, step.id, is_gone=is_gone)
            outcome = FetchOutcome.BLOCKED if is_blocked else FetchOutcome.FAILED
            self._note(session, outcome, step.url, reason, cause=cause, feed_id=step.feed_id, status=status)

    def _take_in(
        self, feed_id: int, pages: Sequence[ListedPage], fetched: Fetched, conclude: Callable[[Session, int], None]
    ) -> None:
        """Into the frontier, and where the feed is all that may be kept, block by block into the store.

        `conclude` gets the number of new pages in the last of these transactions: where one is cut off, the list is asked
        again, and what waits of it is stored then. In one transaction 50,000 entries would keep all others from writing.
        """
        with self._sessions.begin() as session:
            listed = self._add_pages(session, feed_id, pages)
            self._note(
                session, FetchOutcome.LISTED, fetched.url, f"{listed.new} baru dari {len(pages)}", fetched, feed_id=feed_id
            )
            entries = listed.waiting if self.file.rights is Rights.METADATA_ONLY else ()
            if not entries:
                conclude(session, listed.new)
        whole_id: int | None = None
        for start in range(0, len(entries), BATCH):
            with self._sessions.begin() as session, self.writer.together():
                whole_id = self._store_entries(session, entries[start : start + BATCH], fetched, whole_id)
                if start + BATCH >= len(entries):
                    conclude(session, listed.new)

    def _add_pages(self, session: Session, feed_id: int, pages: Sequence[ListedPage]) -> Listed:
        """Where only entries may be read, one without words is refused once, and again when its list says that it changed."""
        hours = self.file.recheck_hours
        if self.file.rights is not Rights.METADATA_ONLY:
            return add_listed(session, self.source_id, feed_id, pages, self.file.hosts, recheck_hours=hours)
        told = [page for page in pages if page.title.strip() or page.summary.strip()]
        untold = [page for page in pages if not (page.title.strip() or page.summary.strip())]
        with_words = add_listed(session, self.source_id, feed_id, told, self.file.hosts, recheck_hours=hours)
        without = add_listed(session, self.source_id, feed_id, untold, self.file.hosts, recheck_hours=NEVER_AGAIN)
        return Listed(with_words.new + without.new, with_words.waiting + without.waiting)

    def _plan_poll(self, feed: Feed, minutes: int) -> None:
        feed.last_polled_at, feed.failures = now(), 0
        feed.poll_minutes, feed.next_poll_at = minutes, now() + timedelta(minutes=minutes)

    def _plan_after_failure(self, feed: Feed) -> None:
        failures = feed.failures + 1
        self._plan_poll(feed, minutes_after_failure(failures, self.file.cadence_minutes))
        feed.failures = failures

    def _store_entries(self, session: Session, pages: Sequence[ListedPage], fetched: Fetched, whole_id: int | None) -> int | None:
        """One block; takes and returns the snapshot of the list, once an entry rests on it."""
        whole = session.get_one(Snapshot, whole_id) if whole_id is not None else None
        source, ids = session.get_one(Source, self.source_id), ids_of(session, pages)
        for page in pages:
            entry = Fetched(page.url, page.raw, fetched.content_type, fetched.status, fetched.headers)
            # One copy of the list is behind all its entries: it may be as large as they are many.
            kept = entry if page.raw else whole or fetched
            try:
                result = store_article(session, self.writer, _article_of_entry(page, self.file), source, fetched=kept)
            except NotAnArticle as error:
                close_url(session, ids[page.url], FrontierState.REFUSED)
                self._note(session, FetchOutcome.REFUSED, page.url, error.reason, cause=error.cause)
                continue
            if kept is fetched and result.outcome is not StoreOutcome.UNCHANGED:
                whole = session.get_one(Snapshot, result.version.snapshot_id)
            close_url(session, ids[page.url], FrontierState.DONE)
            outcome = FetchOutcome(result.outcome.value)
            self._note(session, outcome, page.url, "", entry, snapshot_id=result.version.snapshot_id)
        return whole.id if whole is not None else None


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

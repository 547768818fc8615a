"""One run of a source of a platform: posts, cursor, counts and events of one page in one transaction."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler.connectors.concealment import author_key, conceal_bytes, hash_author, secrets_of
from crawler.connectors.cursors import (
    Walk,
    drop_walk,
    held_until,
    hold_back,
    make_cursor,
    move_cursor,
    open_cursors,
    stop_following,
)
from crawler.connectors.posts import Page, Post, Skip, article_of
from crawler.connectors.problems import ApiProblem, ProblemKind
from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.runs.run import ACTOR, Run
from crawler.storing.storage import StoreOutcome, StoreResult, store_article
from models import ConnectorCursor, FetchCause, FetchOutcome, Item, PostRecord, Source, now, record_event
from models.evidence.store import Fetched

CHECKED_FOR = timedelta(days=30)
"""So long a stored post is asked for again, to see whether it was changed or deleted."""
NO_FAULTS = {ProblemKind.COMMENTS_OFF, ProblemKind.QUOTA}


class ConnectorRun(Run):
    """Opens and closes as every run does; in between it stores pages of posts and moves cursors."""

    @cached_property
    def _author_key(self) -> bytes:
        return author_key(self._settings.home)

    @cached_property
    def _known_secrets(self) -> list[str]:
        return secrets_of(self._settings)

    @property
    def _platform(self) -> str:
        return self.file.connector or ""

    def open_walks(self, queries: Sequence[str]) -> list[Walk]:
        """Where each query stands; those that a search found come last."""
        with self._sessions.begin() as session:
            return open_cursors(session, self.source_id, queries)

    def asked_to_wait(self) -> datetime | None:
        with self._sessions.begin() as session:
            return held_until(session, self.source_id)

    def postpone(self, until: datetime, reason: str, url: str) -> None:
        """The platform wants a longer pause than a run waits: nobody asks it again before."""
        with self._sessions.begin() as session:
            hold_back(session, self.source_id, until)
            self._note(session, FetchOutcome.BLOCKED, url, reason, cause=FetchCause.RATE_LIMIT)

    def store_page(
        self, walk: Walk, page: Page, received: Fetched, *, pending_mark: str, is_last: bool, found_until: datetime
    ) -> Walk:
        """Keep a page's posts, move the cursor behind them, follow what they name: all of it or nothing.

        `received` says what HTTP said; its body is not kept as a whole: it holds posts of people who opted out.
        """

        def keep(session: Session) -> Counter[str]:
            counts = page.skipped + Counter(self._store_post(session, post, received) for post in page.posts)
            for query in page.found:
                make_cursor(session, self.source_id, query, found_until)
            return counts

        return self.store_with(walk, keep, received, next_page=page.next_page, pending_mark=pending_mark, is_last=is_last)

    def store_with(
        self,
        walk: Walk,
        keep: Callable[[Session], Counter[str]],
        received: Fetched,
        *,
        next_page: str,
        pending_mark: str,
        is_last: bool,
    ) -> Walk:
        """Whatever `keep` writes, its counts, the event and the cursor: one transaction."""
        self.listed_feeds += 1
        with self._sessions.begin() as session:
            with self.writer.together():
                counts = keep(session)
            has_new = counts[StoreOutcome.STORED] > 0
            moved = move_cursor(session, walk, next_page, pending_mark, is_last=is_last, has_new=has_new)
            self._count(session, _plain(counts))
            self._note(session, FetchOutcome.LISTED, received.url, _say(walk.query, counts), received)
            return moved

    def query_failed(self, walk: Walk, problem: ApiProblem, url: str) -> None:
        """A query gave nothing. What is no fault of the source, as closed comments, does not count as its failure."""
        is_fault = problem.kind not in NO_FAULTS
        self.failed_feeds += is_fault
        with self._sessions.begin() as session:
            if problem.kind is ProblemKind.STALE_PAGE:
                drop_walk(session, walk)
            if problem.kind in (ProblemKind.COMMENTS_OFF, ProblemKind.NOT_FOUND):
                stop_following(session, walk)
            cursor = session.get_one(ConnectorCursor, walk.id)
            cursor.polled_at, cursor.failures = now(), cursor.failures + is_fault
            reason = f"{problem.kind}: {problem.reason} [{walk.query}]"
            outcome = FetchOutcome.FAILED if is_fault else FetchOutcome.REFUSED
            self._count(session, {f"galat_{problem.kind}": 1})
            self._note(session, outcome, url, reason, cause=problem.cause, status=problem.status)

    def note_problem(self, problem: ApiProblem, url: str) -> None:
        """A problem that no single query has: a session, a look-up, a failed attempt that is tried again."""
        with self._sessions.begin() as session:
            self._count(session, {f"galat_{problem.kind}": 1})
            reason = f"{problem.kind}: {problem.reason}"
            self._note(session, FetchOutcome.FAILED, url, reason, cause=problem.cause, status=problem.status)

    def due_for_check(self, limit: int, *, hours: float) -> list[str]:
        """Platform's ids of stored posts that were not looked at for so many hours, the longest unseen first.

        Those that are gone are among them: a platform that was down for an hour must not bury them for good.
        """
        moment = now()
        query = (
            select(PostRecord.remote_id)
            .join(Item, Item.id == PostRecord.item_id)
            .where(PostRecord.source_id == self.source_id)
            .where(PostRecord.checked_at < moment - timedelta(hours=hours), Item.first_seen_at > moment - CHECKED_FOR)
            .order_by(PostRecord.checked_at)
        )
        with self._sessions.begin() as session:
            return list(session.scalars(query.limit(limit)))

    def store_check(self, asked: Sequence[str], page: Page, received: Fetched) -> None:
        """Posts that came back are stored (a changed text is a new version); those that did not are gone.

        A post that came back in a form that we do not keep is not gone: only an answer without its id says so.
        """
        missing = [known for known in asked if known.rsplit("/", 1)[-1].encode() not in received.body]
        with self._sessions.begin() as session:
            with self.writer.together():
                counts = Counter(self._store_post(session, post, received) for post in page.posts)
            self._count(session, _plain(counts))
            mine = update(PostRecord).where(PostRecord.source_id == self.source_id, PostRecord.remote_id.in_(asked))
            session.execute(mine.values(checked_at=now()))
            self._note(session, FetchOutcome.LISTED, received.url, _say("pemeriksaan ulang", counts), received)
            self._mark_gone(session, missing)

    def _mark_gone(self, session: Session, remote_ids: Sequence[str]) -> None:
        mine = select(PostRecord).where(PostRecord.source_id == self.source_id, PostRecord.remote_id.in_(remote_ids))
        records = session.scalars(mine.where(PostRecord.gone_at.is_(None))).all()
        self._count(session, {"hilang": len(records)})
        for record in records:
            record.gone_at = now()
            detail = {"sumber": self.file.slug}
            record_event(session, "kiriman.hilang", actor=ACTOR, subject=("item", record.item_id), detail=detail)

    def store_text(self, session: Session, article: FetchedArticle, raw: bytes, received: Fetched) -> StoreResult:
        """Store one entry of an answer with its own bytes as evidence, and note it where it is new or changed."""
        body = conceal_bytes(raw, self._known_secrets)
        # A `resource` record: the entry alone, not the whole answer; the answer's headers stand beside it.
        fetched = Fetched(article.url or "", body, received.content_type, None, received.headers, now())
        result = store_article(session, self.writer, article, session.get_one(Source, self.source_id), fetched=fetched)
        if result.outcome is not StoreOutcome.UNCHANGED:
            outcome = FetchOutcome(result.outcome.value)
            self._note(session, outcome, fetched.url, "", fetched, snapshot_id=result.version.snapshot_id)
        return result

    def _store_post(self, session: Session, post: Post, received: Fetched) -> str:
        """What became of one post, in a word that is counted."""
        try:
            result = self.store_text(session, article_of(post, self._platform), post.raw, received)
        except NotAnArticle:
            return Skip.EMPTY
        self._keep_record(session, result.item, post)
        return result.outcome.value

    def _keep_record(self, session: Session, item: Item, post: Post) -> None:
        author = hash_author(self._author_key, self._platform, post.author.id)
        record = session.get(PostRecord, item.id)
        if record is None:
            record = PostRecord(item_id=item.id, source_id=self.source_id, remote_id=post.remote_id, author_hash=author)
            session.add(record)
        record.reposts, record.refers_to, record.checked_at = post.reposts, post.refers_to[:500], now()
        record.gone_at = None


_NOTED = {StoreOutcome.STORED.value, StoreOutcome.CHANGED.value}
"""Counted by their own events."""


def _plain(counts: Counter[str]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if name not in _NOTED}


def _say(what: str, counts: Counter[str]) -> str:
    said = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    return f"{what}: {said or 'tidak ada yang baru'}"[:500]

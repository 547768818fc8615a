"""Pages that we should have been able to read: their bytes are kept, with the reason, until a reader can.

What is kept is bounded: a trap of ten thousand lists fills neither the disk nor the board.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from crawler.addresses import key_of
from crawler.storing.storage import keep_snapshot
from models import FetchCause, QuarantinedPage, QuarantineState, Snapshot, now
from models.evidence.store import EvidenceWriter, Fetched

UNREAD = {
    FetchCause.READER,
    FetchCause.TANGLED,
    FetchCause.NO_ARTICLE,
    FetchCause.EMPTY,
    FetchCause.LANGUAGE,
    FetchCause.WALL,
    FetchCause.STORE,
}
"""What a better reader, a better source file or a mended store might take. A captcha or a 404 holds no article for anybody."""
MOST_WAITING = 50
"""Of one source and cause: the newest stay."""
MOST_A_DAY = 20
"""Of one source and cause whose bytes are kept."""


class Quarantine:
    """The quarantine of one source, as a run sees it."""

    def __init__(self, session: Session, source_id: int) -> None:
        self._source_id = source_id
        self._full = set[FetchCause]()
        waiting = select(QuarantinedPage.url_key).where(QuarantinedPage.source_id == source_id, _waits())
        self._waiting = set(session.scalars(waiting))

    def keep(self, session: Session, writer: EvidenceWriter, fetched: Fetched, reason: str, cause: FetchCause) -> int | None:
        """The snapshot of the page's bytes, kept in the caller's transaction; None where enough of its kind are kept."""
        if cause not in UNREAD or not fetched.body:
            return None
        row = self._find(session, fetched.url)
        if row is None and self._is_full(session, cause):
            return None
        if row is None:
            row = QuarantinedPage(source_id=self._source_id, url=fetched.url, url_key=key_of(fetched.url), attempts=0)
            row.snapshot_id = keep_snapshot(session, writer, fetched)
            session.add(row)
        elif session.get_one(Snapshot, row.snapshot_id).sha256 != fetched.sha256 and not self._is_full(session, cause):
            row.snapshot_id = keep_snapshot(session, writer, fetched)
        row.reason, row.cause, row.state, row.at, row.closed_at = reason, cause, QuarantineState.WAITING, now(), None
        row.attempts += 1
        session.flush()
        self._waiting.add(row.url_key)
        self._drop_oldest(session, cause)
        return row.snapshot_id

    def release(self, session: Session, url: str, item_id: int | None) -> None:
        """The page was read after all; costs nothing where none of this address waits."""
        key = key_of(url) if self._waiting else ""
        if key in self._waiting:
            self._waiting.discard(key)
            values = {"state": QuarantineState.READ, "closed_at": now(), "item_id": item_id}
            session.execute(update(QuarantinedPage).where(self._mine(key), _waits()).values(**values))

    def explain(self, session: Session, url: str, reason: str, attempts: int) -> None:
        """Another reason for a page that is here."""
        session.execute(update(QuarantinedPage).where(self._mine(key_of(url))).values(reason=reason, attempts=attempts))

    def _find(self, session: Session, url: str) -> QuarantinedPage | None:
        return session.scalars(select(QuarantinedPage).where(self._mine(key_of(url)))).one_or_none()

    def _is_full(self, session: Session, cause: FetchCause) -> bool:
        if cause not in self._full:
            day = QuarantinedPage.at > now() - timedelta(days=1)
            kept = select(func.count()).where(QuarantinedPage.source_id == self._source_id, QuarantinedPage.cause == cause, day)
            if (session.scalar(kept) or 0) >= MOST_A_DAY:
                self._full.add(cause)
        return cause in self._full

    def _drop_oldest(self, session: Session, cause: FetchCause) -> None:
        mine = (QuarantinedPage.source_id == self._source_id, QuarantinedPage.cause == cause, _waits())
        newest = select(QuarantinedPage.id).where(*mine).order_by(QuarantinedPage.at.desc(), QuarantinedPage.id.desc())
        old = session.scalars(newest.offset(MOST_WAITING)).all()
        if old:
            dropped = update(QuarantinedPage).where(QuarantinedPage.id.in_(old))
            session.execute(dropped.values(state=QuarantineState.DROPPED, closed_at=now()))

    def _mine(self, key: str) -> ColumnElement[bool]:
        return (QuarantinedPage.source_id == self._source_id) & (QuarantinedPage.url_key == key)


def _waits() -> ColumnElement[bool]:
    return QuarantinedPage.state == QuarantineState.WAITING

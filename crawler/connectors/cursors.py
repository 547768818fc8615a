"""Where the reading of each query stands. Functions of a session: the caller's transaction stores posts and cursor together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler.storing.conflicts import insert_once
from models import ConnectorCursor, now

FOUND_AT_ONCE = 50
"""Found queries (videos whose comments we follow) that one run reads, those first that waited longest."""


@dataclass(frozen=True)
class Walk:
    """Where the reading of one query stands, as its cursor said at the last commit."""

    id: int
    query: str
    mark: str
    pending_mark: str
    next_page: str


def open_cursors(session: Session, source_id: int, queries: Sequence[str]) -> list[Walk]:
    """The cursors of the queries, made where they are new, then the found ones that are still followed."""
    for query in queries:
        make_cursor(session, source_id, query, None)
    mine = select(ConnectorCursor).where(ConnectorCursor.source_id == source_id)
    asked = {row.query: row for row in session.scalars(mine.where(ConnectorCursor.query.in_(queries)))}
    found = mine.where(ConnectorCursor.found_until > now(), ConnectorCursor.query.not_in(queries))
    oldest_first = found.order_by(ConnectorCursor.polled_at.nulls_first(), ConnectorCursor.id.desc()).limit(FOUND_AT_ONCE)
    return [walk_of(row) for row in [*(asked[query] for query in queries), *session.scalars(oldest_first)]]


def make_cursor(session: Session, source_id: int, query: str, found_until: datetime | None) -> None:
    """A cursor for a query; one that was found before is followed longer."""
    values: dict[str, Any] = {"source_id": source_id, "query": query, "mark": "", "pending_mark": "", "next_page": ""}
    values |= {"failures": 0, "found_until": found_until, "created_at": now()}
    if not insert_once(session, ConnectorCursor, values, key=["source_id", "query"]) and found_until is not None:
        mine = (ConnectorCursor.source_id == source_id, ConnectorCursor.query == query)
        followed = update(ConnectorCursor).where(*mine, ConnectorCursor.found_until.is_not(None))
        session.execute(followed.values(found_until=found_until))


def move_cursor(session: Session, walk: Walk, next_page: str, pending_mark: str, *, is_last: bool, has_new: bool) -> Walk:
    """After a page: to the next one, or, at the end of the walk, with the pending mark as the mark."""
    cursor = session.get_one(ConnectorCursor, walk.id)
    cursor.polled_at, cursor.failures, cursor.wait_until = now(), 0, None
    cursor.next_page = "" if is_last else next_page
    cursor.pending_mark = "" if is_last else pending_mark
    if is_last:
        cursor.mark = pending_mark or cursor.mark
    if has_new:
        cursor.new_at = now()
    return walk_of(cursor)


def drop_walk(session: Session, walk: Walk) -> None:
    """Forget the next page: the next run begins at the top again, and reads back to the old mark."""
    cursor = session.get_one(ConnectorCursor, walk.id)
    cursor.pending_mark = cursor.next_page = ""


def stop_following(session: Session, walk: Walk) -> None:
    """Of a found query; what a source file asks is asked until the file says otherwise."""
    mine = update(ConnectorCursor).where(ConnectorCursor.id == walk.id, ConnectorCursor.found_until.is_not(None))
    session.execute(mine.values(found_until=now()))


def hold_back(session: Session, source_id: int, until: datetime) -> None:
    """Nobody asks the platform for this source before."""
    session.execute(update(ConnectorCursor).where(ConnectorCursor.source_id == source_id).values(wait_until=until))


def held_until(session: Session, source_id: int) -> datetime | None:
    """Until when the platform asked an earlier run to wait."""
    query = select(ConnectorCursor.wait_until).where(ConnectorCursor.source_id == source_id, ConnectorCursor.wait_until > now())
    return session.scalar(query.order_by(ConnectorCursor.wait_until.desc()).limit(1))


def walk_of(cursor: ConnectorCursor) -> Walk:
    return Walk(cursor.id, cursor.query, cursor.mark, cursor.pending_mark, cursor.next_page)

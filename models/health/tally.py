"""What a run writes of its fetches, added to the day of its source: one statement a batch, whatever the pages in it.

The days are those of Jakarta's calendar, because the news keeps its hours: an outlet's Sunday is quiet, not UTC's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Table, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

from models.base import Base
from models.crawl import FetchCause, FetchOutcome
from models.database import table_of
from models.health.tables import SourceDay, SourceDayCause
from models.item import ItemVersion

JAKARTA = timedelta(hours=7)
"""Ahead of UTC, without summer time since 1964."""
NOT_MODIFIED = 304
COLUMNS = {
    FetchOutcome.STORED: "stored",
    FetchOutcome.CHANGED: "changed",
    FetchOutcome.UNCHANGED: "unchanged",
    FetchOutcome.LISTED: "lists",
    FetchOutcome.REFUSED: "refused",
    FetchOutcome.BLOCKED: "blocked",
    FetchOutcome.FAILED: "failed",
}
SUMS = (*COLUMNS.values(), "lists_unchanged", "articles", "undated", "unsigned", "untitled", "rated", "quality")
NEWS = (FetchOutcome.STORED, FetchOutcome.CHANGED)


def day_of(moment: datetime) -> date:
    """The day of Jakarta's calendar in which a moment lies."""
    return (moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta()) + JAKARTA).date()


def add_to_days(
    session: Session, source_id: int, events: Sequence[Mapping[str, Any]], articles: Iterable[ItemVersion] = ()
) -> None:
    """Count these events, and what of them was read as articles, in the caller's transaction."""
    days, causes = dict[date, dict[str, Any]](), Counter[tuple[date, FetchCause]]()
    for event in events:
        day = day_of(event["at"])
        _count_event(days.setdefault(day, _empty(source_id, day)), event)
        if event["cause"]:
            causes[day, FetchCause(event["cause"])] += 1
    for article in articles:
        day = day_of(article.created_at)
        _count_article(days.setdefault(day, _empty(source_id, day)), article)
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    if days:
        session.connection().execute(_add_days(is_postgresql=is_postgresql), list(days.values()))
    if causes:
        rows = [{"source_id": source_id, "on_day": day, "cause": cause, "count": count} for (day, cause), count in causes.items()]
        session.connection().execute(_add_causes(is_postgresql=is_postgresql), rows)


def _empty(source_id: int, day: date) -> dict[str, Any]:
    return {"source_id": source_id, "on_day": day, **dict.fromkeys(SUMS, 0), "last_stored_at": None}


def _count_event(counts: dict[str, Any], event: Mapping[str, Any]) -> None:
    outcome = event["outcome"]
    is_same_list = outcome is FetchOutcome.LISTED and event["status_code"] == NOT_MODIFIED
    counts["lists_unchanged" if is_same_list else COLUMNS[outcome]] += 1
    if outcome in NEWS:
        counts["last_stored_at"] = event["at"]


def _count_article(counts: dict[str, Any], article: ItemVersion) -> None:
    counts["articles"] += 1
    counts["undated"] += article.published_at is None
    counts["unsigned"] += not article.author
    counts["untitled"] += not article.title
    quality = (article.fields or {}).get("quality")
    if isinstance(quality, int | float):
        counts["rated"] += 1
        counts["quality"] += quality


@cache
def _add_days(*, is_postgresql: bool) -> Insert:
    table = table_of(SourceDay)
    insert = _insert(SourceDay, is_postgresql=is_postgresql)
    sums: dict[str, Any] = {name: table.c[name] + insert.excluded[name] for name in SUMS}
    sums["last_stored_at"] = func.coalesce(insert.excluded.last_stored_at, table.c.last_stored_at)
    return insert.on_conflict_do_update(index_elements=["source_id", "on_day"], set_=sums)


@cache
def _add_causes(*, is_postgresql: bool) -> Insert:
    table: Table[Any] = table_of(SourceDayCause)
    insert = _insert(SourceDayCause, is_postgresql=is_postgresql)
    sums = {"count": table.c["count"] + insert.excluded["count"]}
    return insert.on_conflict_do_update(index_elements=["source_id", "on_day", "cause"], set_=sums)


def _insert(model: type[Base], *, is_postgresql: bool) -> "postgresql.Insert | sqlite.Insert":
    return postgresql.insert(table_of(model)) if is_postgresql else sqlite.insert(table_of(model))

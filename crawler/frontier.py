"""The frontier in SQL: what is listed, what waits, what is done. A kill at any moment loses nothing of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler.addresses import canonical_url, is_on_hosts, key_of
from crawler.conflicts import insert_once
from crawler.items import FetchedArticle, ListedPage
from models import FrontierState, FrontierUrl, now

MAX_ATTEMPTS = 3
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class WaitingUrl:
    id: int
    url: str


@dataclass(frozen=True)
class Listed:
    """What became of one list: how many pages are new, and which wait now (new ones and those to read again)."""

    new: int
    waiting: tuple[tuple[int, ListedPage], ...]


def add_listed(
    session: Session, source_id: int, feed_id: int, pages: Sequence[ListedPage], hosts: Sequence[str], *, recheck_hours: float
) -> Listed:
    """Take the pages of one list into the frontier; pages of other hosts are left out.

    They go in from the oldest to the newest, because the newest row is fetched first.
    """
    new, waiting, seen = 0, list[tuple[int, ListedPage]](), set[str]()
    oldest_first = list(reversed(pages))
    oldest_first.sort(key=lambda page: page.changed_at or page.published_at or LONG_AGO)
    for page in oldest_first:
        url = canonical_url(page.url, hosts) if is_on_hosts(page.url, hosts) else ""
        if not url or url in seen:
            continue
        seen.add(url)
        made = insert_once(session, FrontierUrl, _row(source_id, feed_id, url, page), key=["url_key"])
        entry = session.scalars(select(FrontierUrl).where(FrontierUrl.url_key == key_of(url))).one()
        new += made
        if made or _wake(entry, page, recheck_hours):
            waiting.append((entry.id, replace(page, url=url)))
    session.flush()
    return Listed(new, tuple(waiting))


def take_waiting(session: Session, source_id: int, *, before_id: int | None, limit: int = 50) -> list[WaitingUrl]:
    """The next pages to fetch, newest first; `before_id` keeps one run from asking for the same page twice."""
    query = select(FrontierUrl.id, FrontierUrl.url).where(
        FrontierUrl.source_id == source_id, FrontierUrl.state == FrontierState.WAITING
    )
    if before_id is not None:
        query = query.where(FrontierUrl.id < before_id)
    return [WaitingUrl(*row) for row in session.execute(query.order_by(FrontierUrl.id.desc()).limit(limit))]


def close_url(session: Session, frontier_id: int, state: FrontierState) -> None:
    """DONE or REFUSED, in the transaction that stores what the page gave."""
    values = {"state": state, "fetched_at": now(), "attempts": FrontierUrl.attempts + 1}
    session.execute(update(FrontierUrl).where(FrontierUrl.id == frontier_id).values(**values))


def fail_url(session: Session, frontier_id: int, *, is_gone: bool = False) -> FrontierState:
    """Count an attempt; the page waits for another run until the last attempt failed, or the outlet said that it is gone."""
    entry = session.get_one(FrontierUrl, frontier_id)
    entry.attempts += 1
    if is_gone or entry.attempts >= MAX_ATTEMPTS:
        entry.state, entry.fetched_at = FrontierState.FAILED, now()
    session.flush()
    return entry.state


def fill_from_list(article: FetchedArticle, hint: dict[str, Any]) -> FetchedArticle:
    """A page that does not say its title, author or day takes them from the list that named it."""
    missing = {name: hint[name] for name in ("title", "author") if hint.get(name) and not getattr(article, name)}
    if article.published_at is None and (day := hint.get("published_at")):
        zone = article.published_zone or hint.get("published_zone", "")
        return replace(article, **missing, published_at=datetime.fromisoformat(day), published_zone=zone)
    return replace(article, **missing)


def _row(source_id: int, feed_id: int, url: str, page: ListedPage) -> dict[str, object]:
    hint = {"title": page.title, "summary": page.summary[:2000], "author": page.author}
    if page.published_at:
        hint |= {"published_at": page.published_at.isoformat(), "published_zone": page.published_zone}
    return {
        "source_id": source_id,
        "feed_id": feed_id,
        "url": url,
        "url_key": key_of(url),
        "state": FrontierState.WAITING,
        "attempts": 0,
        "discovered_at": now(),
        "listed_changed_at": page.changed_at,
        "hint": {name: value for name, value in hint.items() if value},
    }


def _wake(entry: FrontierUrl, page: ListedPage, recheck_hours: float) -> bool:
    """Send a page back to WAITING when its list says that it changed, or when it was read long ago and is still listed."""
    if entry.state is FrontierState.WAITING or entry.fetched_at is None:
        return False
    # Lists give whole seconds: a page changed within the second of its fetch is read once more.
    has_changed = page.changed_at is not None and page.changed_at >= entry.fetched_at.replace(microsecond=0)
    is_due = entry.fetched_at <= now() - timedelta(hours=recheck_hours)
    if not (has_changed or is_due):
        return False
    entry.state, entry.attempts, entry.listed_changed_at = FrontierState.WAITING, 0, page.changed_at
    return True

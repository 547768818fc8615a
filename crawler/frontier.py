"""The frontier in SQL: what is listed, what waits, what is done. A kill at any moment loses nothing of it.

Addresses come by the ten thousand, so they are asked for and written in blocks, by Core statements that are made once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from crawler.addresses import key_of, own_address
from crawler.items import FetchedArticle, ListedPage
from crawler.storing.conflicts import insert_missing
from crawler.storing.snapshots import storable
from models import FrontierState, FrontierUrl, now
from models.database import table_of

MAX_ATTEMPTS = 3
SPARED = timedelta(days=1)
"""From when a page was listed: trouble that may be the outlet's costs it no attempt so long."""
NEVER_AGAIN = 10 * 365 * 24.0
"""Hours until a page is read again whose list says nothing new of it."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
BLOCK = 500
"""Addresses of one statement; SQLite takes 32,766 parameters."""

urls = table_of(FrontierUrl)
KNOWN = select(urls.c.id, urls.c.url_key, urls.c.state, urls.c.fetched_at, urls.c.listed_changed_at).where(
    urls.c.url_key.in_(bindparam("keys", expanding=True))
)
IDS = select(urls.c.url_key, urls.c.id).where(urls.c.url_key.in_(bindparam("keys", expanding=True)))
HINTS = select(urls.c.id, urls.c.hint).where(urls.c.id.in_(bindparam("ids", expanding=True)))
WAITING = select(urls.c.id, urls.c.url, urls.c.etag, urls.c.last_modified, urls.c.attempts).where(
    urls.c.source_id == bindparam("source_id"), urls.c.state == FrontierState.WAITING, urls.c.id < bindparam("before_id")
)
TAKE = WAITING.order_by(urls.c.id.desc()).limit(bindparam("how_many"))
CLOSE = (
    update(urls)
    .where(urls.c.id == bindparam("url_id"))
    .values(state=bindparam("new_state"), fetched_at=bindparam("at"), attempts=urls.c.attempts + 1)
)
REMEMBER = update(urls).where(urls.c.id == bindparam("url_id")).values(etag=bindparam("tag"), last_modified=bindparam("modified"))
WAKE = (
    update(urls)
    .where(urls.c.id == bindparam("url_id"))
    .values(state=FrontierState.WAITING, attempts=0, listed_changed_at=bindparam("changed_at"))
)
NO_ID = 2**62


@dataclass(frozen=True)
class WaitingUrl:
    id: int
    url: str
    etag: str | None = None
    last_modified: str | None = None
    attempts: int = 0
    """Those that failed."""


@dataclass(frozen=True)
class Listed:
    """What became of one list: how many pages are new, and which wait now (new ones, those to read again, those left over)."""

    new: int
    waiting: tuple[ListedPage, ...]
    """With their canonical addresses."""


def add_listed(
    session: Session,
    source_id: int,
    feed_id: int | None,
    pages: Sequence[ListedPage],
    hosts: Sequence[str],
    *,
    recheck_hours: float,
) -> Listed:
    """Take the pages of one list into the frontier; pages of other hosts are left out.

    They go in from the oldest to the newest, because the newest row is fetched first.
    """
    own = _own_pages(pages, tuple(hosts))
    new, waiting = 0, list[ListedPage]()
    for start in range(0, len(own), BLOCK):
        block = dict(own[start : start + BLOCK])
        known = {row.url_key: row for row in session.execute(KNOWN, {"keys": list(block)})}
        rows = [_row(source_id, feed_id, key, page) for key, page in block.items() if key not in known]
        new += len(rows)
        insert_missing(session, urls, rows, key=["url_key"])
        woken = {key for key, row in known.items() if _is_due(row, block[key], recheck_hours)}
        if woken:
            session.execute(WAKE, [{"url_id": known[key].id, "changed_at": block[key].changed_at} for key in woken])
        waits = {key for key, row in known.items() if row.state is FrontierState.WAITING} | woken
        waiting += [page for key, page in block.items() if key in waits or key not in known]
    return Listed(new, tuple(waiting))


def take_waiting(session: Session, source_id: int, *, before_id: int | None, limit: int = 50) -> list[WaitingUrl]:
    """The next pages to fetch, newest first; `before_id` keeps one run from asking for the same page twice."""
    values = {"source_id": source_id, "before_id": NO_ID if before_id is None else before_id, "how_many": limit}
    return [WaitingUrl(*row) for row in session.execute(TAKE, values)]


def ids_of(session: Session, pages: Sequence[ListedPage]) -> dict[str, int]:
    """The rows of pages with canonical addresses, by address."""
    found = dict[str, int]()
    for start in range(0, len(pages), BLOCK):
        keys = {key_of(page.url): page.url for page in pages[start : start + BLOCK]}
        found |= {keys[key]: url_id for key, url_id in session.execute(IDS, {"keys": list(keys)})}
    return found


def hints_of(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What their lists said of these pages."""
    return {url_id: hint for url_id, hint in session.execute(HINTS, {"ids": list(ids)})}  # noqa: C416  (dict() asks a result for keys)


def close_urls(session: Session, states: Mapping[int, FrontierState]) -> None:
    """DONE or REFUSED, in the transaction that stores what the pages gave."""
    if states:
        session.execute(CLOSE, [{"url_id": url_id, "new_state": state, "at": now()} for url_id, state in states.items()])


def close_url(session: Session, frontier_id: int, state: FrontierState) -> None:
    """As `close_urls`, for one."""
    close_urls(session, {frontier_id: state})


def remember_version(session: Session, versions: Mapping[int, tuple[str | None, str | None]]) -> None:
    """ETag and Last-Modified of pages as they were read, so that a re-check costs neither side a page."""
    if versions:
        rows = [{"url_id": url_id, "tag": etag, "modified": modified} for url_id, (etag, modified) in versions.items()]
        session.execute(REMEMBER, rows)


def fail_url(session: Session, frontier_id: int, *, is_gone: bool = False, may_be_outlet: bool = False) -> FrontierState:
    """Count an attempt; the page waits for another run until the last attempt failed, or the outlet said that it is gone.

    With `may_be_outlet` nothing is counted against a page that was listed within the last day: where an outlet lets only a
    few requests through, its newest pages must not be given up before their turn comes.
    """
    entry = session.get_one(FrontierUrl, frontier_id, populate_existing=True)
    if may_be_outlet and max(entry.discovered_at, entry.listed_changed_at or LONG_AGO) > now() - SPARED:
        return entry.state
    entry.attempts += 1
    if is_gone or entry.attempts >= MAX_ATTEMPTS:
        entry.state, entry.fetched_at = FrontierState.FAILED, now()
    session.flush()
    return entry.state


def fill_from_list(article: FetchedArticle, hint: Mapping[str, Any]) -> FetchedArticle:
    """A page that does not say its title, author or day takes them from the list that named it."""
    missing = {name: hint[name] for name in ("title", "author") if hint.get(name) and not getattr(article, name)}
    if article.published_at is None and (day := hint.get("published_at")):
        zone = article.published_zone or hint.get("published_zone", "")
        return replace(article, **missing, published_at=datetime.fromisoformat(day), published_zone=zone)
    return replace(article, **missing) if missing else article


def _own_pages(pages: Sequence[ListedPage], hosts: tuple[str, ...]) -> list[tuple[str, ListedPage]]:
    """Key and page, once for each address, the oldest first."""
    oldest_first = list(reversed(pages))
    oldest_first.sort(key=lambda page: page.changed_at or page.published_at or LONG_AGO)
    own = dict[str, ListedPage]()
    for page in oldest_first:
        if url := own_address(page.url, hosts):
            own.setdefault(key_of(url), page if page.url == url else replace(page, url=url))
    return list(own.items())


def _row(source_id: int, feed_id: int | None, key: str, page: ListedPage) -> dict[str, object]:
    return {
        "source_id": source_id,
        "feed_id": feed_id,
        "url": page.url,
        "url_key": key,
        "state": FrontierState.WAITING,
        "attempts": 0,
        "discovered_at": now(),
        "listed_changed_at": page.changed_at,
        "hint": _hint(page),
    }


def _hint(page: ListedPage) -> dict[str, str]:
    said = {"title": page.title, "summary": page.summary[:2000], "author": page.author}
    hint = {name: storable(value) for name, value in said.items()}
    if page.published_at:
        hint |= {"published_at": page.published_at.isoformat(), "published_zone": page.published_zone}
    return {name: value for name, value in hint.items() if value}


def _is_due(known: Any, page: ListedPage, recheck_hours: float) -> bool:
    """Whether a page goes back to WAITING: its list says that it changed, or it was read long ago and is still listed."""
    if known.state is FrontierState.WAITING or known.fetched_at is None:
        return False
    return _has_changed(known, page) or known.fetched_at <= now() - timedelta(hours=recheck_hours)


def _has_changed(known: Any, page: ListedPage) -> bool:
    """A moment that was listed before is believed once: a list whose clock is ahead would say it again at each poll."""
    # Lists give whole seconds: a page changed within the second of its fetch is read once more.
    read_at = known.fetched_at.replace(microsecond=0)
    if page.changed_at is None or page.changed_at < read_at:
        return False
    return page.changed_at == read_at or page.changed_at > (known.listed_changed_at or LONG_AGO)

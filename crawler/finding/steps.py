"""The lists below feeds, in SQL: what a run remembers of them, and the steps of a back-fill that wait to be read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from crawler.addresses import key_of
from crawler.finding.listing import ListLink
from crawler.finding.ranges import Days
from crawler.storing.conflicts import insert_missing
from models import Feed, FrontierState, ListUrl, now
from models.database import table_of

MAX_ATTEMPTS = 3
MOST_STEPS = 5_000
"""Lists with which one back-fill begins; those that they name, of the same days, may be as many again."""
BLOCK = 500
SETTLED = timedelta(hours=36)
"""A `lastmod` may be a day without hours: so long after it, a list that says no newer one has nothing new."""


@dataclass(frozen=True)
class Step:
    """One list of a back-fill that waits."""

    id: int
    feed_id: int
    url: str
    days: Days


@dataclass(frozen=True)
class Reach:
    """How far a back-fill is, in lists."""

    done: int
    failed: int
    known: int


def begin_steps(session: Session, feed_id: int, wanted: Sequence[tuple[str, Days]]) -> None:
    """Let the first lists of a back-fill wait; those that were read before their days were over wait again.

    So does every list of these days that failed, also one that another list named: that one is not asked anew for it.
    """
    rows = _plan(session, feed_id, wanted[:MOST_STEPS])
    keys = [str(row["list_key"]) for row in rows]
    again = update(ListUrl).where(ListUrl.feed_id == feed_id).values(state=FrontierState.WAITING, attempts=0)
    for start in range(0, len(keys), BLOCK):
        mine = ListUrl.list_key.in_(keys[start : start + BLOCK])
        session.execute(again.where(mine, func.date(ListUrl.read_at) <= ListUrl.until_on))
    if wanted:
        since, until = min(days.since for _, days in wanted), max(days.until for _, days in wanted)
        within = (ListUrl.since_on >= since, ListUrl.until_on <= until)
        session.execute(again.where(*within, ListUrl.state == FrontierState.FAILED))


def add_steps(session: Session, feed_id: int, days: Days, urls: Sequence[str]) -> int:
    """Let further lists of these days wait, each once. Returns how many are left out, where a feed names more than it may."""
    same = (ListUrl.feed_id == feed_id, ListUrl.since_on == days.since, ListUrl.until_on == days.until)
    known = session.scalar(select(func.count()).where(*same)) or 0 if urls else 0
    wanted = urls[: max(0, 2 * MOST_STEPS - known)]
    _plan(session, feed_id, [(url, days) for url in wanted])
    return len(urls) - len(wanted)


def take_steps(session: Session, source_id: int, *, after_id: int, limit: int = 4) -> list[Step]:
    """The next lists of the source's back-fills; `after_id` keeps one run from asking for one list twice."""
    query = (
        select(ListUrl.id, ListUrl.feed_id, ListUrl.url, ListUrl.since_on, ListUrl.until_on)
        .join(Feed, Feed.id == ListUrl.feed_id)
        .where(Feed.source_id == source_id, ListUrl.state == FrontierState.WAITING, ListUrl.id > after_id, Feed.is_enabled)
        .order_by(ListUrl.id)
        .limit(limit)
    )
    rows = session.execute(query)
    return [Step(step_id, feed_id, url, Days(since, until)) for step_id, feed_id, url, since, until in rows if since and until]


def close_step(session: Session, step_id: int) -> None:
    """In the transaction that takes its pages into the frontier."""
    session.execute(update(ListUrl).where(ListUrl.id == step_id).values(state=FrontierState.DONE, read_at=now()))


def fail_step(session: Session, step_id: int, *, is_gone: bool) -> None:
    """It waits for another run, until the last attempt failed or the outlet said that there is no such list."""
    step = session.get_one(ListUrl, step_id)
    step.attempts += 1
    if is_gone or step.attempts >= MAX_ATTEMPTS:
        step.state = FrontierState.FAILED
    session.flush()


def measure_reach(session: Session, source_ids: Iterable[int], days: Days) -> Reach:
    """How many lists of these days were read."""
    query = (
        select(ListUrl.state, func.count())
        .join(Feed, Feed.id == ListUrl.feed_id)
        .where(Feed.source_id.in_(list(source_ids)), ListUrl.since_on >= days.since, ListUrl.until_on <= days.until)
        .group_by(ListUrl.state)
    )
    counts = {state: count for state, count in session.execute(query)}  # noqa: C416  (dict() asks a result for keys)
    done, failed = counts.get(FrontierState.DONE, 0), counts.get(FrontierState.FAILED, 0)
    return Reach(done, failed, sum(counts.values()))


def known_lists(session: Session, feed_id: int, links: Iterable[ListLink]) -> Mapping[str, ListUrl]:
    """What is remembered of lists, by address."""
    keys = [key_of(link.url) for link in links]
    query = select(ListUrl).where(ListUrl.feed_id == feed_id, ListUrl.list_key.in_(keys))
    return {row.url: row for row in session.scalars(query)}


def followed_since(session: Session, feed_id: int) -> datetime | None:
    """The earliest reading of lists below a feed that is remembered."""
    return session.scalar(select(func.min(ListUrl.read_at)).where(ListUrl.feed_id == feed_id, ListUrl.since_on.is_(None)))


def is_settled(link: ListLink, known: ListUrl | None) -> bool:
    """Whether a list need not be asked: the list above gives it the `lastmod` under which it was read, long after it."""
    if known is None or link.changed_at is None or known.read_at is None:
        return False
    return known.listed_changed_at == link.changed_at and known.read_at >= link.changed_at + SETTLED


def remember_list(
    session: Session, feed_id: int, link: ListLink, *, etag: str | None, last_modified: str | None, read_at: datetime
) -> None:
    """In the transaction that takes its pages into the frontier."""
    key = key_of(link.url)
    row = session.scalar(select(ListUrl).where(ListUrl.feed_id == feed_id, ListUrl.list_key == key))
    if row is None:
        row = ListUrl(feed_id=feed_id, url=link.url, list_key=key)
        session.add(row)
    row.etag, row.last_modified = (etag or "")[:300] or None, (last_modified or "")[:100] or None
    row.listed_changed_at, row.read_at = link.changed_at, read_at
    session.flush()


def _plan(session: Session, feed_id: int, wanted: Sequence[tuple[str, Days]]) -> list[dict[str, object]]:
    rows = [_step_row(feed_id, url, days) for url, days in wanted]
    insert_missing(session, table_of(ListUrl), rows, key=["feed_id", "list_key"])
    return rows


def _step_row(feed_id: int, url: str, days: Days) -> dict[str, object]:
    return {
        "feed_id": feed_id,
        "url": url,
        "list_key": key_of(f"{days.since}|{days.until}|{url}"),
        "since_on": days.since,
        "until_on": days.until,
        "state": FrontierState.WAITING,
        "attempts": 0,
    }

"""Which pages of a source wait for a browser: stored ones without a picture, and those that were empty without scripts.

What was erased is not asked for again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.addresses import canonical_url, key_of
from crawler.catalogue import SourceFile
from crawler.pages.refusals import Refusal
from models import FetchEvent, FetchOutcome, FrontierState, FrontierUrl, Item, ItemVersion, Snapshot, Source, VersionPart, now
from models.item import PICTURE

FRESH = timedelta(days=3)
"""A picture of a page as it is long after its text was read shows another page; and what failed so long fails for good."""
MOST_ATTEMPTS = 3
"""The crawl's own reading among them: a page that is empty with scripts too is shown twice."""
EMPTY = (str(Refusal.EMPTY), str(Refusal.NO_TEXT))
MOST_EVENTS = 2_000


@dataclass(frozen=True)
class Waiting:
    """A page for the browser: of a stored version, or of an address in the frontier that gave no text."""

    url: str
    version_id: int | None = None
    frontier_id: int | None = None


def list_waiting(session: Session, file: SourceFile, limit: int) -> list[Waiting]:
    """The newest first, empty pages before pictures: a text that is missing cannot be judged at all."""
    source_id = session.scalar(select(Source.id).where(Source.slug == file.slug))
    if source_id is None:
        return []
    empty = list(_empty_pages(session, source_id, file, limit)) if file.render == "page" else []
    return [*empty, *_without_picture(session, source_id, limit - len(empty))]


def _without_picture(session: Session, source_id: int, limit: int) -> Iterator[Waiting]:
    """Those whose address failed least go first, so that pages which no browser can show keep no others from theirs."""
    has_picture = select(VersionPart).where(VersionPart.version_id == ItemVersion.id, VersionPart.number == PICTURE).exists()
    query = (
        select(Snapshot.url, ItemVersion.id)
        .join(ItemVersion, ItemVersion.snapshot_id == Snapshot.id)
        .join(Item, Item.current_version_id == ItemVersion.id)
        .outerjoin(FrontierUrl, FrontierUrl.url_key == Item.item_key)
        .where(Item.source_id == source_id, Snapshot.http_status.is_not(None), Snapshot.fetched_at > now() - FRESH)
        .where(~has_picture, ItemVersion.erased_at.is_(None))
        .order_by(func.coalesce(FrontierUrl.attempts, 0), ItemVersion.id.desc())
        .limit(limit)
    )
    for url, version_id in session.execute(query):
        yield Waiting(url, version_id=version_id)


def _empty_pages(session: Session, source_id: int, file: SourceFile, limit: int) -> list[Waiting]:
    refused = (
        select(FetchEvent.url)
        .where(FetchEvent.source_id == source_id, FetchEvent.at > now() - FRESH)
        .where(FetchEvent.outcome == FetchOutcome.REFUSED, FetchEvent.reason.in_(EMPTY))
        .order_by(FetchEvent.at.desc())
        .limit(MOST_EVENTS)
    )
    keys = {key_of(canonical_url(url, file.hosts)) for url in session.scalars(refused)}
    was_erased = (
        select(Item.id)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.item_key == FrontierUrl.url_key, ItemVersion.erased_at.is_not(None))
        .exists()
    )
    waiting = (
        select(FrontierUrl.url, FrontierUrl.id)
        .where(FrontierUrl.source_id == source_id, FrontierUrl.state == FrontierState.REFUSED)
        .where(FrontierUrl.url_key.in_(keys), FrontierUrl.attempts < MOST_ATTEMPTS, ~was_erased)
        .order_by(FrontierUrl.id.desc())
        .limit(limit)
    )
    return [Waiting(url, frontier_id=frontier_id) for url, frontier_id in session.execute(waiting)]

"""Pages of a batch into SQL: one statement a table for all that are new; those that are known one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from crawler.duplicates.clusters import assign_new
from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.storing.conflicts import hold_store
from crawler.storing.snapshots import add_parts, keep_parts, keep_snapshots
from crawler.storing.storage import (
    StoreOutcome,
    add_items,
    add_versions,
    clean_article,
    guess,
    item_row,
    point,
    point_row,
    store_article,
    version_row,
)
from models import ItemVersion, Source
from models.evidence.store import EvidenceWriter, Fetched


@dataclass(frozen=True)
class Incoming:
    """An article with the pages that it was read from."""

    article: FetchedArticle
    fetched: Fetched
    more: tuple[Fetched, ...] = ()


@dataclass(frozen=True)
class Kept:
    outcome: StoreOutcome
    version: ItemVersion
    """The newest."""


def store_pages(session: Session, writer: EvidenceWriter, source: Source, pages: Sequence[Incoming]) -> list[Kept | NotAnArticle]:
    """As `store_article` for each, in their order: the second of two pages with one address finds the item of the first.

    What cannot be written raises, and the whole batch is for the caller to roll back.
    """
    hold_store(session)  # Also where none came: before its caller locks a row, for it may keep the bytes of others yet.
    if not pages:
        return []
    session.flush()
    pages = [replace(page, article=clean_article(page.article)) for page in pages]
    new = _add_items(session, source, pages)
    kept = dict(zip(new, _store_new(session, writer, source, {new[place]: pages[place] for place in new}), strict=True))
    return [kept.get(place) or _store_known(session, writer, source, page) for place, page in enumerate(pages)]


def _add_items(session: Session, source: Source, pages: Sequence[Incoming]) -> dict[int, int]:
    """The ids of new items, by the place of the first page of each."""
    rows = {place: item_row(page.article, source) for place, page in enumerate(pages) if page.article.text}
    first = {row["item_key"]: place for place, row in reversed(rows.items())}
    made = add_items(session, [rows[place] for place in sorted(first.values())]) if rows else {}
    return dict(sorted((first[key], item_id) for key, item_id in made.items()))


def _store_new(session: Session, writer: EvidenceWriter, source: Source, pages: Mapping[int, Incoming]) -> list[Kept]:
    """Snapshots, versions, parts and clusters of new items, by their ids."""
    if not pages:
        return []
    snapshot_ids = iter(keep_snapshots(session, writer, [one for page in pages.values() for one in (page.fetched, *page.more)]))
    copies = {item_id: [next(snapshot_ids) for _ in (page.fetched, *page.more)] for item_id, page in pages.items()}
    rows = [version_row(item_id, 1, page.article, copies[item_id][0]) for item_id, page in pages.items()]
    versions = [ItemVersion(id=version_id, **row) for version_id, row in zip(add_versions(session, rows), rows, strict=True)]
    add_parts(session, {version.id: copies[version.item_id][1:] for version in versions})
    regions = {item_id: guess(page.article, source) for item_id, page in pages.items()}
    point(session, [point_row(version.item_id, version.id, regions[version.item_id]) for version in versions])
    assign_new(session, {item_id: page.article.text for item_id, page in pages.items()})
    return [Kept(StoreOutcome.STORED, version) for version in versions]


def _store_known(session: Session, writer: EvidenceWriter, source: Source, page: Incoming) -> Kept | NotAnArticle:
    try:
        result = store_article(session, writer, page.article, source, fetched=page.fetched)
    except NotAnArticle as refusal:
        return refusal
    if result.outcome is not StoreOutcome.UNCHANGED:
        keep_parts(session, writer, result.version, page.more)
    return Kept(result.outcome, result.version)

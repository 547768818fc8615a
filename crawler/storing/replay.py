"""Stored pages read again by today's readers, without network: a mended layout mends what was read before it.

Each item's newest version is held against what its bytes give now. Where title, text or date differ, a version is added
that rests on the same snapshot. What cannot be read now keeps the version that it has. What was erased is not read again,
also while its bytes still wait to be overwritten.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from crawler.addresses import key_of
from crawler.catalogue import SourceFile
from crawler.errors import NotAnArticle
from crawler.frontier import fill_from_list
from crawler.items import FetchedArticle
from crawler.runs.run import ACTOR
from crawler.spiders.reading import join_parts, next_part, read_answer
from crawler.storing.conflicts import hold_store
from crawler.storing.storage import add_reading, clean_article
from models import FrontierUrl, Item, ItemVersion, Snapshot, Source, VersionPart, record_event
from models.evidence.store import EvidenceDamaged, Fetched, read_evidence
from models.item import PICTURE

logger = logging.getLogger(__name__)

BATCH = 25
"""Items that are read, then stored in one transaction."""
MOST_SHOWN = 200
COMPARED = ("title", "text", "published_at")
FROM_FEED = "kanal"
IS_DAMAGED = "salinan rusak atau hilang"
IS_NEWER = "sementara itu berubah"


@dataclass(frozen=True)
class Stored:
    """The newest version of an item, with the copies that it was read from and what its list said of it."""

    item: Item
    version: ItemVersion
    copies: tuple[Snapshot, ...]
    hint: dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """What one item said and says now."""

    item_id: int
    url: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass
class ReplayReport:
    """What became of the items of one source."""

    slug: str
    same: int = 0
    changed: int = 0
    skipped: int = 0
    """Posts, imports and entries of feeds: no page lies behind them."""
    refused: Counter[str] = field(default_factory=Counter[str])
    """Reasons, with how many items each."""
    differences: list[Difference] = field(default_factory=list[Difference])
    """The first ones."""


def replay(
    reading: sessionmaker[Session],
    writing: sessionmaker[Session],
    file: SourceFile,
    folder: Path,
    *,
    dry_run: bool = False,
    on_step: Callable[[], None] = lambda: None,
) -> ReplayReport:
    """Read every item of a source again. Safe to stop and to run again; with `dry_run` nothing is stored."""
    report, last_id = ReplayReport(file.slug), 0
    while True:
        with reading() as session:
            batch = _load(session, file.slug, last_id)
        if not batch:
            return report
        last_id = batch[-1].item.id
        changed = list(_read_batch(batch, file, folder, report, on_step))
        if changed and not dry_run:
            with writing.begin() as session:
                _store(session, changed, report)


def count_items(session: Session, slug: str) -> int:
    query = select(func.count()).select_from(Item).join(Source, Source.id == Item.source_id)
    query = query.join(ItemVersion, ItemVersion.id == Item.current_version_id)
    return session.scalar(query.where(Source.slug == slug, ItemVersion.erased_at.is_(None))) or 0


def _load(session: Session, slug: str, after_id: int) -> list[Stored]:
    query = (
        select(Item, ItemVersion, Snapshot)
        .join(Source, Source.id == Item.source_id)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .outerjoin(Snapshot, Snapshot.id == ItemVersion.snapshot_id)
        .where(Source.slug == slug, Item.id > after_id, ItemVersion.erased_at.is_(None))
        .order_by(Item.id)
        .limit(BATCH)
    )
    rows = session.execute(query).all()
    parts, hints = _parts_of(session, [row[1].id for row in rows]), _hints_of(session, [row[2] for row in rows if row[2]])
    return [
        Stored(item, version, (copy, *parts.get(version.id, [])) if copy else (), _hint(version, copy, hints))
        for item, version, copy in rows
    ]


def _parts_of(session: Session, version_ids: Sequence[int]) -> dict[int, list[Snapshot]]:
    query = select(VersionPart.version_id, Snapshot).join(Snapshot, Snapshot.id == VersionPart.snapshot_id)
    query = query.where(VersionPart.number != PICTURE)
    found = dict[int, list[Snapshot]]()
    for version_id, copy in session.execute(query.where(VersionPart.version_id.in_(version_ids)).order_by(VersionPart.number)):
        found.setdefault(version_id, []).append(copy)
    return found


def _hints_of(session: Session, copies: Sequence[Snapshot]) -> dict[str, dict[str, Any]]:
    keys = [key_of(copy.url) for copy in copies]
    rows = session.execute(select(FrontierUrl.url_key, FrontierUrl.hint).where(FrontierUrl.url_key.in_(keys)))
    return {key: hint for key, hint in rows}  # noqa: C416  (dict() asks a result for keys)


def _hint(version: ItemVersion, copy: Snapshot | None, hints: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the list said. Of a page that was found elsewhere, what its version took from wherever it was."""
    if copy is not None and key_of(copy.url) in hints:
        return hints[key_of(copy.url)]
    known = {"title": version.title, "author": version.author, "published_zone": version.published_zone}
    return known | ({"published_at": version.published_at.isoformat()} if version.published_at else {})


def _read_batch(
    batch: Sequence[Stored], file: SourceFile, folder: Path, report: ReplayReport, on_step: Callable[[], None]
) -> Iterator[tuple[Stored, FetchedArticle]]:
    """The items of which the pages say something else now."""
    for stored in batch:
        if not stored.copies or stored.version.method == FROM_FEED or stored.copies[0].http_status is None:
            report.skipped += 1
        elif (article := _read_again(stored, file, folder, report)) is not None:
            difference = _compare(stored, article)
            report.same += difference is None
            report.changed += difference is not None
            if difference is not None:
                report.differences += [difference] if len(report.differences) < MOST_SHOWN else []
                yield stored, article
        on_step()


def _read_again(stored: Stored, file: SourceFile, folder: Path, report: ReplayReport) -> FetchedArticle | None:
    """The article as it is read today; None, and a reason in the report, where there is none."""
    try:
        return _read(stored, file, folder)
    except NotAnArticle as refusal:
        report.refused[refusal.reason] += 1
    except EvidenceDamaged:
        report.refused[IS_DAMAGED] += 1
    except Exception as error:  # A page that breaks a parser may cost itself, never the rest.
        logger.exception("cannot read item %d again", stored.item.id)
        report.refused[f"halaman tidak terbaca (kesalahan pembaca: {type(error).__name__})"] += 1
    return None


def _read(stored: Stored, file: SourceFile, folder: Path) -> FetchedArticle:
    pages = [_fetched_of(copy, folder) for copy in stored.copies]
    article = join_parts([(read_answer(file, page), page) for page in pages])
    article = clean_article(fill_from_list(replace(article, url=stored.item.url), stored.hint))
    if not article.text:
        raise NotAnArticle("teks kosong")
    is_shorter = len(article.text) < len(stored.version.text)
    if is_shorter and next_part(file, pages[-1], [page.url for page in pages]):
        raise NotAnArticle("halaman lanjutannya tidak tersimpan")
    return replace(article, method=f"replay {article.method}"[:80])


def _fetched_of(copy: Snapshot, folder: Path) -> Fetched:
    headers = [(str(header["name"]), str(header["value"])) for header in copy.http_headers]
    body = read_evidence(folder, copy)
    return Fetched(copy.url, body, copy.content_type, copy.http_status, headers, copy.fetched_at)


def _compare(stored: Stored, article: FetchedArticle) -> Difference | None:
    names = [name for name in COMPARED if getattr(stored.version, name) != getattr(article, name)]
    if not names:
        return None
    before, after = ({name: getattr(one, name) for name in names} for one in (stored.version, article))
    return Difference(stored.item.id, stored.copies[0].url, before, after)


def _is_as_read(session: Session, item: Item, version: ItemVersion) -> bool:
    """Asked once the item is locked: whoever erases it locks it too, and keeps its version the newest."""
    stands = select(ItemVersion.id).where(ItemVersion.id == version.id, ItemVersion.erased_at.is_(None))
    return item.current_version_id == version.id and session.scalar(stands) is not None


def _store(session: Session, changed: Sequence[tuple[Stored, FetchedArticle]], report: ReplayReport) -> None:
    """All new versions of a batch and the event that says so. What got a newer version or was erased meanwhile stays so."""
    hold_store(session)
    source = session.get_one(Source, changed[0][0].item.source_id)
    count = 0
    for stored, article in changed:
        item = session.scalars(select(Item).where(Item.id == stored.item.id).with_for_update()).one()
        if not _is_as_read(session, item, stored.version):
            report.changed -= 1
            report.refused[IS_NEWER] += 1
            continue
        version = add_reading(session, item, article, source, stored.copies[0].id)
        for number, copy in enumerate(stored.copies[1:], start=2):
            session.add(VersionPart(version_id=version.id, number=number, snapshot_id=copy.id))
        count += 1
    detail = {"sumber": source.slug, "berubah": count}
    record_event(session, "perayapan.baca_ulang", actor=ACTOR, subject=("source", source.id), detail=detail)

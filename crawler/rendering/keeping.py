"""What a browser showed, into the store: the picture, and the text of a page that had none without scripts."""

import logging
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler.catalogue import SourceFile
from crawler.errors import NotAnArticle
from crawler.frontier import close_url, fill_from_list, hints_of
from crawler.items import FetchedArticle
from crawler.rendering.choosing import Waiting
from crawler.rendering.job import Rendered
from crawler.runs.run import ACTOR
from crawler.spiders.reading import read_answer
from crawler.storing.conflicts import hold_store
from crawler.storing.storage import StoreOutcome, keep_snapshot, store_article
from models import FrontierState, FrontierUrl, Item, ItemVersion, Source, VersionPart, now, record_event
from models.evidence.store import EvidenceWriter, Fetched
from models.item import PICTURE

logger = logging.getLogger(__name__)

VIEW = "urn:view:"
"""Under which web archives keep the picture of an address; the address itself is the page's."""
HTML = "text/html; charset=utf-8"


def keep_rendered(session: Session, writer: EvidenceWriter, file: SourceFile, page: Waiting, shown: Rendered) -> str:
    """Keep one page in the caller's transaction; returns what became of it, in a word that is counted."""
    if page.version_id is not None:
        version = _lock_version(session, page.version_id)
        if version.erased_at is not None:  # While the browser drew it.
            return "dihapus"
        _add_picture(session, writer, version, shown)
        return "gambar"
    article = _read(file, shown)
    if article is None or page.frontier_id is None:
        count_attempt(session, page)
        return "kosong"
    return _keep_text(session, writer, file, page.frontier_id, shown, article)


def _lock_version(session: Session, version_id: int) -> ItemVersion:
    """By its item, which whoever erases locks too."""
    hold_store(session)
    item_id = select(ItemVersion.item_id).where(ItemVersion.id == version_id).scalar_subquery()
    session.execute(select(Item.id).where(Item.id == item_id).with_for_update())
    return session.get_one(ItemVersion, version_id)


def count_attempt(session: Session, page: Waiting) -> None:
    """An address that gives no text to a browser either is not asked for ever, and one without a picture after all others."""
    if page.frontier_id is not None:
        mine = FrontierUrl.id == page.frontier_id
    else:
        key = select(Item.item_key).join(ItemVersion, ItemVersion.item_id == Item.id).where(ItemVersion.id == page.version_id)
        mine = FrontierUrl.url_key == key.scalar_subquery()
    session.execute(update(FrontierUrl).where(mine).values(attempts=FrontierUrl.attempts + 1))


def _read(file: SourceFile, shown: Rendered) -> FetchedArticle | None:
    try:
        return read_answer(file, _fetched_of(shown))
    except NotAnArticle:
        return None
    except Exception:  # A page that breaks a parser may cost itself, never the rest of the round.
        logger.exception("cannot read %s as a browser shows it", shown.url)
        return None


def _fetched_of(shown: Rendered) -> Fetched:
    return Fetched(shown.url, shown.html.encode("utf-8", "replace"), HTML, fetched_at=now())


def _keep_text(
    session: Session, writer: EvidenceWriter, file: SourceFile, frontier_id: int, shown: Rendered, article: FetchedArticle
) -> str:
    """Of a `resource` record: what the browser made of the page is no answer of the outlet."""
    article = fill_from_list(article, hints_of(session, [frontier_id]).get(frontier_id, {}))
    source = session.scalars(select(Source).where(Source.slug == file.slug)).one()
    result = store_article(session, writer, article, source, fetched=_fetched_of(shown))
    close_url(session, frontier_id, FrontierState.DONE)
    if result.outcome is not StoreOutcome.UNCHANGED:
        _add_picture(session, writer, result.version, shown)
    return result.outcome


def _add_picture(session: Session, writer: EvidenceWriter, version: ItemVersion, shown: Rendered) -> None:
    fetched = Fetched(f"{VIEW}{shown.url}", shown.picture, shown.picture_type, fetched_at=now())
    snapshot_id = keep_snapshot(session, writer, fetched)
    session.add(VersionPart(version_id=version.id, number=PICTURE, snapshot_id=snapshot_id))
    detail: dict[str, Any] = {"salinan": snapshot_id, "sha256": fetched.sha256}
    detail |= {"dimuat": shown.loaded, "ditolak": shown.refused}
    record_event(session, "bukti.gambar", actor=ACTOR, subject=("item", version.item_id), detail=detail)

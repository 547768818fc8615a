"""The rows of sources and feeds, which follow the files."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.catalogue.files import FeedFile, SourceFile
from crawler.errors import SourceFileError
from models import Feed, Source, SourceKind
from models.audit import record_event


def sync_sources(session: Session, files: Iterable[SourceFile], *, is_demo: bool = False) -> list[Source]:
    """Bring the rows to what the files say. A feed that left its file is disabled, never deleted.

    Raises SourceFileError where invented outlets would stand beside real ones in one database.
    """
    misplaced = select(Source.slug).where(Source.is_demo != is_demo, Source.kind != SourceKind.IMPORT)
    if session.scalar(misplaced.limit(1)) is not None:
        kept, asked = ("real outlets", "the demo") if is_demo else ("the demo", "real outlets")
        raise SourceFileError(
            f"this database holds {kept}; {asked} need one of their own. Choose another NETRA_HOME or database."
        )
    return [_sync_source(session, file, is_demo=is_demo) for file in files]


def _sync_source(session: Session, file: SourceFile, *, is_demo: bool) -> Source:
    source = session.scalar(select(Source).where(Source.slug == file.slug))
    if source is None:
        source = Source(slug=file.slug)
        session.add(source)
    before = _public_fields(source)
    same = ("name", "kind", "home_url", "reader", "language", "publisher", "rights", "rights_note", "cadence_minutes")
    also = ("expected_min_per_day", "expected_max_per_day", "last_worked_on", "is_enabled")
    for name in same + also:
        setattr(source, name, getattr(file, name))
    source.region_code = file.region
    source.is_demo = is_demo
    session.flush()
    if before != (after := _public_fields(source)):
        detail = {"sumber": source.slug, "sebelum": before, "sesudah": after}
        record_event(session, "sumber.ubah", actor="sistem:sumber", subject=("source", source.id), detail=detail)
    _sync_feeds(session, source, file.feeds)
    return source


def _public_fields(source: Source) -> dict[str, object]:
    """What a publisher may ask us about later: whether we read it, and what we may keep and show of it."""
    if source.id is None:
        return {}
    return {"hak": str(source.rights), "catatan": source.rights_note, "aktif": source.is_enabled}


def _sync_feeds(session: Session, source: Source, listed: Sequence[FeedFile]) -> None:
    known = {feed.url: feed for feed in session.scalars(select(Feed).where(Feed.source_id == source.id))}
    for feed in known.values():
        feed.is_enabled = False
    for entry in listed:
        feed = known.get(entry.url)
        if feed is None:
            feed = Feed(source_id=source.id, url=entry.url)
            session.add(feed)
        feed.kind, feed.is_enabled = entry.kind, entry.is_enabled
    session.flush()

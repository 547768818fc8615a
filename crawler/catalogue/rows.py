"""The rows of sources and feeds, which follow the files."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.catalogue.files import FeedFile, SourceFile
from crawler.errors import SourceFileError
from models import Feed, Source, SourceKind
from models.audit import record_event
from models.source import NEVER


def sync_sources(session: Session, files: Collection[SourceFile]) -> list[Source]:
    """Bring the rows to what the files say. A feed that left its file is disabled, never deleted.

    Raises SourceFileError where invented outlets would stand beside real ones in one database.
    """
    _refuse_a_mixture(session, files)
    return [_sync_source(session, file) for file in files]


def _refuse_a_mixture(session: Session, files: Collection[SourceFile]) -> None:
    kept = set(session.scalars(select(Source.is_demo).where(Source.kind != SourceKind.IMPORT).distinct()))
    asked = {file.is_demo for file in files}
    if len(kept | asked) > 1:
        held, wanted = ("the demo", "real outlets") if True in kept or len(asked) > 1 else ("real outlets", "the demo")
        raise SourceFileError(
            f"this database holds {held}; {wanted} need one of their own. Choose another NETRA_HOME or database."
        )


def disable_missing(session: Session, slugs: Collection[str]) -> list[str]:
    """Disable the sources of which the catalogue has no file any more, and say so in the trail; `slugs` are all that it has.

    A catalogue without a single file is taken for a folder that is not mounted, and disables nobody.
    """
    left = select(Source).where(Source.is_enabled, Source.kind != SourceKind.IMPORT).order_by(Source.slug)
    missing = [source for source in session.scalars(left) if source.slug not in slugs] if slugs else []
    for source in missing:
        before = _public_fields(source)
        source.is_enabled = False
        session.flush()
        detail = {"sumber": source.slug, "sebelum": before, "sesudah": _public_fields(source), "sebab": "berkas sumber dihapus"}
        record_event(session, "sumber.ubah", actor="sistem:sumber", subject=("source", source.id), detail=detail)
    return [source.slug for source in missing]


def _sync_source(session: Session, file: SourceFile) -> Source:
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
    source.is_demo = file.is_demo
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
        if entry.use == "history":
            feed.next_poll_at = NEVER
        elif feed.next_poll_at == NEVER:
            feed.next_poll_at = None
    session.flush()

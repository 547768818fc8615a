"""The source files (`sources/*.yml`): what we may read of each outlet. Strict: an unknown key is an error."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.addresses import is_on_hosts
from crawler.errors import SourceFileError
from crawler.pages import READERS
from models import Feed, FeedKind, Rights, Source, SourceKind
from models.audit import record_event


class StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedFile(StrictModel):
    """One list of pages. An index page says by CSS which links are articles and where the next page is."""

    kind: FeedKind
    url: str
    link: str = ""
    next: str = ""
    max_pages: int = Field(default=3, ge=1, le=50)

    @model_validator(mode="after")
    def _check_selectors(self) -> Self:
        if (self.kind is FeedKind.INDEX) != bool(self.link):
            raise ValueError("`link` is what an index needs and no other feed understands")
        return self


class SourceFile(StrictModel):
    """Everything that we state about an outlet before its first page is fetched."""

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str
    kind: SourceKind
    home_url: str
    hosts: tuple[str, ...] = Field(min_length=1)
    """The first is the one under which addresses are kept."""
    reader: str = "generic"
    region: str | None = Field(default=None, pattern=r"^\d\d(\.\d\d)?$")
    language: str = "id"
    publisher: str
    rights: Rights
    rights_note: str
    cadence_minutes: int = Field(ge=5)
    expected_min_per_day: int = Field(ge=0)
    expected_max_per_day: int | None = None
    last_worked_on: date | None = None
    confidence: Literal["A", "B", "C"]
    """A: seen working by someone else; B: in public code; C: from memory."""
    feeds: tuple[FeedFile, ...]
    recheck_hours: float = Field(default=24, ge=0)
    """A page that is still listed is read again after so long."""
    delay_seconds: float = Field(default=1.0, gt=0)
    is_enabled: bool = True
    disabled_reason: str = ""

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        for feed in self.feeds:
            if not is_on_hosts(feed.url, self.hosts):
                raise ValueError(f"the feed {feed.url} is not on the hosts {', '.join(self.hosts)}")
        if self.reader not in READERS:
            raise ValueError(f"reader {self.reader!r} is none of {', '.join(READERS)}")
        if self.is_enabled == bool(self.disabled_reason):
            raise ValueError("a disabled source says why in `disabled_reason`, an enabled one has none")
        return self


def read_source_file(path: Path) -> SourceFile:
    """Read one file; raises SourceFileError with the file and the key that is wrong."""
    try:
        source = SourceFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise SourceFileError(f"{path.name}: cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        raise SourceFileError(f"{path.name}: {key}: {first['msg']}") from error
    if source.slug != path.stem:
        raise SourceFileError(f"{path.name}: slug: {source.slug!r} must be the name of the file")
    return source


def read_source_files(folder: Path) -> dict[str, SourceFile]:
    """Every source of a folder by slug, in the order of their names."""
    if not folder.is_dir():
        raise SourceFileError(f"{folder}: no such folder of source files (NETRA_SOURCES_DIR)")
    return {path.stem: read_source_file(path) for path in sorted(folder.glob("*.yml"))}


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
        feed.kind, feed.is_enabled = entry.kind, True
    session.flush()

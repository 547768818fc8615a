"""What we may read, and where its lists of pages are."""

from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, Slug, words


class SourceKind(StrEnum):
    NEWS = "berita"
    OFFICIAL = "resmi"
    SOCIAL = "sosial"
    IMPORT = "impor"


class Rights(StrEnum):
    """What the publisher lets us keep and show, decided before the first fetch."""

    METADATA_ONLY = "metadata_only"
    """Title, date and summary of the feed; the page itself is not fetched."""
    EXCERPT = "excerpt"
    """The page is read and kept as evidence; exports carry an excerpt."""
    FULL_TEXT = "full_text"


class FeedKind(StrEnum):
    RSS = "rss"
    SITEMAP = "sitemap"
    INDEX = "index"
    """A page of links, read with the selectors of the source's YAML. Tags, sections and searches are such pages."""
    ARCHIVE = "archive"
    """An index page a day: the address holds `{yyyy}`, `{mm}`, `{dd}`."""
    WORDPRESS = "wordpress"
    """`/wp-json/wp/v2/posts`: the newest posts as JSON."""


class Source(Base):
    """Sumber: an outlet or an account. The YAML in crawler/sources is the truth; this row follows it."""

    __tablename__ = "sources"

    id: Mapped[Id]
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[SourceKind] = mapped_column(words(SourceKind))
    home_url: Mapped[str] = mapped_column(String(500), default="")
    reader: Mapped[str] = mapped_column(String(80), default="generic")
    """Name of the page object that reads its pages."""
    region_code: Mapped[RegionCode | None]
    language: Mapped[str] = mapped_column(String(8), default="id")
    publisher: Mapped[str] = mapped_column(String(200), default="")
    rights: Mapped[Rights] = mapped_column(words(Rights), default=Rights.METADATA_ONLY)
    rights_note: Mapped[str] = mapped_column(Text, default="")
    cadence_minutes: Mapped[int] = mapped_column(default=60)
    expected_min_per_day: Mapped[int] = mapped_column(default=0)
    expected_max_per_day: Mapped[int | None]
    last_worked_on: Mapped[date | None]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[CreatedAt]


NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""When a list that only back-fills read is polled next: whoever asks what is due passes it over."""


class Feed(Base):
    """Kanal: one list of pages of a source, with what a conditional GET needs."""

    __tablename__ = "feeds"
    __table_args__ = (UniqueConstraint("source_id", "url"),)

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"), index=True)
    kind: Mapped[FeedKind] = mapped_column(words(FeedKind))
    url: Mapped[str] = mapped_column(String(1000))
    etag: Mapped[str | None] = mapped_column(String(300))
    last_modified: Mapped[str | None] = mapped_column(String(100))
    last_polled_at: Mapped[datetime | None]
    last_new_at: Mapped[datetime | None]
    """When it last listed a page that we did not know."""
    failures: Mapped[int] = mapped_column(default=0)
    """Failed polls in a row."""
    poll_minutes: Mapped[int | None]
    """How long to wait between polls, by the feed's own rhythm; the source's cadence is the longest."""
    next_poll_at: Mapped[datetime | None] = mapped_column(index=True)
    """None until it was polled once: it is due."""
    is_enabled: Mapped[bool] = mapped_column(default=True)

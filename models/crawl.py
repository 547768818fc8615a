"""What happened when we read: runs, fetches, and the frontier that survives kill -9."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, Sha256, words


class RunState(StrEnum):
    RUNNING = "berjalan"
    FINISHED = "selesai"
    FAILED = "gagal"
    INTERRUPTED = "terputus"
    """The process died; a later run of the source found it so."""


class CrawlRun(Base):
    __tablename__ = "crawl_runs"
    __table_args__ = (Index("ix_crawl_runs_source_id_id", "source_id", "id"),)

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"))
    state: Mapped[RunState] = mapped_column(words(RunState), default=RunState.RUNNING)
    started_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it failed, or Scrapy's finish reason."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Outcome → number of pages, see FetchOutcome."""


class FetchOutcome(StrEnum):
    STORED = "disimpan"
    CHANGED = "berubah"
    UNCHANGED = "sama"
    LISTED = "didaftar"
    """A feed was read."""
    REFUSED = "ditolak"
    """Read, but not an article that we can keep: no text, too large, no words of the language."""
    BLOCKED = "dilarang"
    """robots.txt or our own address rules said no."""
    FAILED = "gagal"


class FetchCause(StrEnum):
    """Why an address gave nothing, in classes that can be counted. The event's reason says it in words."""

    NONE = ""
    DNS = "dns"
    CONNECTION = "sambungan"
    """Refused, reset, closed in the middle."""
    TLS = "tls"
    """A certificate that does not hold, or a port that speaks no TLS."""
    TIMEOUT = "batas_waktu"
    PROTOCOL = "bukan_http"
    """What came is no answer in HTTP, or its headers have no end."""
    HTTP_CLIENT = "http_4xx"
    HTTP_SERVER = "http_5xx"
    GONE = "tidak_ada"
    """404 or 410, or the outlet's words for it with 200 (a soft 404)."""
    RATE_LIMIT = "diminta_jeda"
    """429, or 503 with Retry-After."""
    REDIRECTS = "pengalihan"
    """A loop, or more redirects than we follow."""
    ADDRESS = "alamat"
    """Another host, a private network, another protocol."""
    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots_tak_terbaca"
    TOO_LARGE = "terlalu_besar"
    """As it came, or once unpacked."""
    ENCODING = "kompresi_rusak"
    """What came cannot be unpacked, or ends before it is whole."""
    NOT_TEXT = "bukan_teks"
    EMPTY = "kosong"
    CAPTCHA = "captcha"
    WALL = "dinding"
    """Consent, sign-in or payment stands before the text."""
    NO_ARTICLE = "bukan_artikel"
    """A list, or too few words."""
    LANGUAGE = "bahasa"
    TANGLED = "terlalu_rumit"
    FEED = "kanal_tak_terbaca"
    READER = "kesalahan_pembaca"
    """A page on which our own code failed."""
    STORE = "kesalahan_simpan"
    PLATFORM = "platform"
    """A connector's own problem; the reason names it."""
    OTHER = "lain"


class FetchEvent(Base):
    """Kejadian ambil: one address asked, and what came of it."""

    __tablename__ = "fetch_events"

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(BigId, ForeignKey("crawl_runs.id"), index=True)
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"))
    feed_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("feeds.id"))
    url: Mapped[str] = mapped_column(Text)
    outcome: Mapped[FetchOutcome] = mapped_column(words(FetchOutcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[FetchCause] = mapped_column(words(FetchCause), default=FetchCause.NONE)
    status_code: Mapped[int | None]
    byte_count: Mapped[int] = mapped_column(default=0)
    snapshot_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("snapshots.id"))
    at: Mapped[CreatedAt]

    __table_args__ = (Index("ix_fetch_events_source_at", "source_id", "at", "outcome", "cause"),)
    """Health counts the last day from the index alone."""


class FrontierState(StrEnum):
    WAITING = "menunggu"
    DONE = "selesai"
    REFUSED = "ditolak"
    FAILED = "gagal"
    """Given up after the last attempt; the reason stands in its fetch events."""


class FrontierUrl(Base):
    """A page that a feed listed. Marked done in the transaction that stores its item, so a kill loses nothing."""

    __tablename__ = "frontier_urls"

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"))
    feed_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("feeds.id"))
    url: Mapped[str] = mapped_column(Text)
    url_key: Mapped[Sha256] = mapped_column(unique=True)
    """SHA-256 of the canonical address."""
    state: Mapped[FrontierState] = mapped_column(words(FrontierState), default=FrontierState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    discovered_at: Mapped[CreatedAt]
    listed_changed_at: Mapped[datetime | None]
    """`lastmod` or `updated`, as the feed gave it."""
    fetched_at: Mapped[datetime | None]
    hint: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Title, date and summary of the feed entry."""
    etag: Mapped[str | None] = mapped_column(String(300))
    """Of the page as it was read last: asked again, the outlet need not send it twice."""
    last_modified: Mapped[str | None] = mapped_column(String(100))

    __table_args__ = (
        Index(
            "ix_frontier_urls_waiting",
            "source_id",
            "id",
            sqlite_where=(state == FrontierState.WAITING),
            postgresql_where=(state == FrontierState.WAITING),
        ),
    )


class ListUrl(Base):
    """A list below a feed: a child of a sitemap index, one day of an archive, one page of answers.

    Without a range it is the memory of a list that every run may read. With one it is a step of a back-fill, which
    waits until its pages are in the frontier: marked done in that very transaction, so a kill loses no day.
    """

    __tablename__ = "list_urls"

    id: Mapped[Id]
    feed_id: Mapped[int] = mapped_column(BigId, ForeignKey("feeds.id"))
    url: Mapped[str] = mapped_column(Text)
    list_key: Mapped[Sha256]
    """SHA-256 of the address and the range."""
    since_on: Mapped[date | None]
    until_on: Mapped[date | None]
    state: Mapped[FrontierState] = mapped_column(words(FrontierState), default=FrontierState.DONE)
    attempts: Mapped[int] = mapped_column(default=0)
    listed_changed_at: Mapped[datetime | None]
    """`lastmod`, as the list above gave it when this one was read."""
    etag: Mapped[str | None] = mapped_column(String(300))
    last_modified: Mapped[str | None] = mapped_column(String(100))
    read_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("feed_id", "list_key"),)

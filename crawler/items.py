"""What a spider hands on: plain values, before the database knows of them."""

from dataclasses import dataclass
from datetime import datetime

from models import ItemKind
from models.evidence.store import Fetched


@dataclass(frozen=True)
class FetchedArticle:
    """One text as published, freed of its page. Plain text only: no field ever holds markup."""

    url: str | None
    """Canonical address; None for an import without one."""
    title: str
    text: str
    author: str = ""
    author_name: str = ""
    author_bio: str = ""
    published_at: datetime | None = None
    published_zone: str = ""
    language: str = ""
    method: str = ""
    kind: ItemKind = ItemKind.NEWS
    editor: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    site: str = ""
    """What the page calls its outlet, else the host."""
    quality: float | None = None
    """How sure the reading is, 0 to 1; None where no page was read."""
    quality_reasons: tuple[str, ...] = ()
    cut_after: int = 0
    """How many pages of it were read where further ones could not be; 0 where it is whole."""


@dataclass(frozen=True)
class ListedPage:
    """One entry of a feed, a sitemap or an index page."""

    url: str
    title: str = ""
    summary: str = ""
    author: str = ""
    published_at: datetime | None = None
    published_zone: str = ""
    changed_at: datetime | None = None
    """`lastmod` or `updated`; the day of publication where a feed gives nothing else."""
    raw: bytes = b""
    """The entry's own bytes, where the list is XML."""


@dataclass(frozen=True)
class ReadPage:
    """An article with the bytes that it was read from, ready to be stored."""

    frontier_id: int
    article: FetchedArticle
    fetched: Fetched
    more: tuple[Fetched, ...] = ()
    """Further pages of the same article."""
    lack: str = ""
    """Why a further page of it is missing."""

"""How files are to be read, and what reading them gives: plain values that every reader shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from crawler.addresses import KnownHosts
from crawler.items import FetchedArticle
from models import ItemKind
from models.evidence.store import Fetched
from models.reference import timezone_of

COLUMNS = ("text", "title", "url", "published_at", "kind", "region", "author", "author_name", "author_bio")

ColumnNames = Mapping[str, tuple[str, ...]]
"""Ours → the file's; of several the first that is not empty counts."""


class Refused(Exception):
    """This row or file cannot be used; the message says why and how to mend it, for people."""


class NoTextColumn(Refused):
    """A table none of whose columns holds a text: of several sheets it may be the one with notes."""


@dataclass(frozen=True)
class Origin:
    """A file, as the trail names it."""

    name: str
    sha256: str


@dataclass(frozen=True)
class ImportRow:
    """One text of a file: its place for messages, and what to store or why not."""

    place: str
    """`file.csv:12`: the line on which the row begins."""
    article: FetchedArticle | None = None
    fetched: Fetched | None = None
    region: str | None = None
    refusal: str = ""
    skipped: str = ""
    """Why a sound row is left out on purpose, in a word that is counted: it is no error."""
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    """A refused row under our names of columns, to be mended."""
    raw: str = ""
    """A refused row as it stood in the file."""
    source: str = ""
    """Name of the source of its own to which the row belongs; empty for the source of all imports."""
    platform: str = ""
    origin: Origin | None = None
    is_textless: bool = False
    """In place of a whole table: a sound one without a column for the text."""


@dataclass(frozen=True)
class ImportOptions:
    """What holds for every row of an import."""

    mapping: Mapping[str, str]
    """Our names → the file's, as the caller said them."""
    kind: ItemKind | None = None
    """Of rows that do not say it; else posts where the address is a platform's, and news."""
    region: str | None = None
    columns: ColumnNames | None = None
    """A preset or a saved mapping: then nothing is guessed from names."""
    since: date | None = None
    until: date | None = None
    min_words: int | None = None
    source: str = ""
    author_key: bytes = b""
    """The key under which authors of chats are hashed."""
    outlets: KnownHosts = field(default_factory=KnownHosts)
    """Of the catalogue: a page that its crawl knows is the same item here."""
    found: dict[str, ColumnNames] = field(default_factory=dict[str, ColumnNames])
    """File → its columns, filled while reading, to be shown and saved."""
    replaced: dict[str, int] = field(default_factory=dict[str, int])
    """File → bytes of it that are no UTF-8 and were replaced, filled while reading, to be shown."""

    @property
    def place(self) -> str:
        """Time zone of the region that the caller gave; empty where none was given."""
        return timezone_of(self.region) if self.region else ""

    def names_of(self, ours: str) -> Sequence[str] | None:
        """The file's names that the caller, a mapping or a preset gives; None where they are to be guessed."""
        if ours in self.mapping:
            return [self.mapping[ours]]
        return None if self.columns is None else self.columns.get(ours, (ours,))

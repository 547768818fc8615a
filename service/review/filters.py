"""What the queue is narrowed by: the words of the address bar, the same for pages, counts, claims and the API."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self
from urllib.parse import parse_qsl, urlencode

from models import FlagReason, ItemKind
from service.errors import InvalidInput

LONGEST_SEARCH = 100
LONGEST_REGION = 13
LONGEST_SOURCE = 80
LARGEST_ID = 2**63 - 1


class Shelf(StrEnum):
    """Which part of the queue is on screen."""

    UNFINISHED = "semua"
    OPEN = "terbuka"
    SECOND = "kedua"
    MINE = "saya"
    SKIPPED = "dilewati"
    ASSESSED = "dinilai"


class DaysLeft(StrEnum):
    """How many days the legal clock has left, on the region's own calendar."""

    EXPIRED = "lewat"
    SOON = "0-2"
    WEEK = "3-7"
    LATER = "8-"

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """The first and the last number of days left."""
        return {"lewat": (None, -1), "0-2": (0, 2), "3-7": (3, 7), "8-": (8, None)}[self.value]


FREE, HELD = "bebas", "dipegang"
"""Of a holder: nobody, anybody."""

NAMES = {
    "region": "wilayah",
    "source": "sumber",
    "search": "cari",
    "act": "perbuatan",
    "office": "jabatan",
    "agency": "instansi",
    "kind": "jenis",
    "phase": "tahapan",
    "days": "sisa",
    "cluster": "klaster",
    "holder": "pemegang",
    "reason": "sebab",
}
"""Field → its name in the address bar."""


@dataclass(frozen=True)
class QueueFilter:
    """The filter in the address bar: `?rak=terbuka&wilayah=33&sumber=harian&cari=camat`."""

    shelf: Shelf = Shelf.UNFINISHED
    region: str = ""
    source: str = ""
    search: str = ""
    act: str = ""
    office: str = ""
    agency: str = ""
    kind: str = ""
    phase: str = ""
    days: str = ""
    cluster: str = ""
    holder: str = ""
    """A username, or one of `bebas` and `dipegang`."""
    reason: str = ""

    @classmethod
    def parse(cls, query: str) -> Self:
        given = dict(parse_qsl(query))
        try:
            shelf = Shelf(given.get("rak") or Shelf.UNFINISHED)
        except ValueError as error:
            raise InvalidInput("rak") from error
        values = {field: " ".join(given.get(name, "").split()) for field, name in NAMES.items()}
        return cls(shelf, **(values | {"search": values["search"][:LONGEST_SEARCH]}))

    def __post_init__(self) -> None:
        values = {name: str(getattr(self, name)) for name in NAMES}
        is_long = any(len(value) > LONGEST_SOURCE for name, value in values.items() if name != "search")
        if is_long or len(self.region) > LONGEST_REGION:  # SQLite refuses long LIKE patterns.
            raise InvalidInput("nilai")
        if "\0" in "".join(values.values()):  # PostgreSQL keeps no NUL in a text.
            raise InvalidInput("nilai")
        known = ((self.kind, ItemKind), (self.days, DaysLeft), (self.reason, FlagReason))
        if any(value and value not in set(words) for value, words in known):
            raise InvalidInput("nilai")
        is_number = self.cluster.isascii() and self.cluster.isdigit() and int(self.cluster) <= LARGEST_ID
        if self.cluster and not is_number:
            raise InvalidInput("nilai")

    def query(self, **more: str) -> str:
        """The filter as a query string, without what stands at its default."""
        shelf = "" if self.shelf is Shelf.UNFINISHED else self.shelf.value
        parts = {"rak": shelf} | {name: str(getattr(self, field)) for field, name in NAMES.items()} | more
        return urlencode({name: value for name, value in parts.items() if value})

    def link(self) -> str:
        """The query string of a link: never empty, because an empty one opens the person's own default view."""
        return self.query() or f"rak={self.shelf.value}"

    def on(self, shelf: Shelf) -> Self:
        return replace(self, shelf=shelf)

    def narrowed_to(self, field: str, value: str) -> Self:
        """The same filter with one more value: the links of the facets."""
        return replace(self, **{field: value})

    @property
    def narrows(self) -> bool:
        return any(getattr(self, field) for field in NAMES)

"""What the queue shows and in which order: the same words for the list, the counts and the claim."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, exists, literal, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from models import Flag, FlagState, Item, ItemVersion, Source, now
from service.accounts.actor import within
from service.errors import InvalidInput

LONGEST_SEARCH = 100
LONGEST_REGION = 13
LONGEST_SOURCE = 80


class Shelf(StrEnum):
    """Which part of the queue is on screen."""

    UNFINISHED = "semua"
    OPEN = "terbuka"
    SECOND = "kedua"
    MINE = "saya"
    ASSESSED = "dinilai"


@dataclass(frozen=True)
class QueueFilter:
    """The filter in the address bar: `?rak=terbuka&wilayah=33&sumber=harian&cari=camat`."""

    shelf: Shelf = Shelf.UNFINISHED
    region: str = ""
    source: str = ""
    search: str = ""

    @classmethod
    def parse(cls, query: str) -> Self:
        given = dict(parse_qsl(query))
        try:
            shelf = Shelf(given.get("rak") or Shelf.UNFINISHED)
        except ValueError as error:
            raise InvalidInput("rak") from error
        search = " ".join(given.get("cari", "").split())[:LONGEST_SEARCH]
        return cls(shelf, given.get("wilayah", "").strip(), given.get("sumber", "").strip(), search)

    def __post_init__(self) -> None:
        if "\0" in self.region + self.source + self.search:  # PostgreSQL keeps no NUL in a text.
            raise InvalidInput("nilai")
        if len(self.region) > LONGEST_REGION or len(self.source) > LONGEST_SOURCE:  # SQLite refuses long LIKE patterns.
            raise InvalidInput("nilai")

    def query(self, **more: str) -> str:
        """The filter as a query string, without what stands at its default."""
        shelf = "" if self.shelf is Shelf.UNFINISHED else self.shelf.value
        parts = {"rak": shelf, "wilayah": self.region, "sumber": self.source, "cari": self.search, **more}
        return urlencode({name: value for name, value in parts.items() if value})

    def on(self, shelf: Shelf) -> Self:
        return replace(self, shelf=shelf)

    @property
    def narrows(self) -> bool:
        return bool(self.region or self.source or self.search)


@dataclass(frozen=True)
class Cursor:
    """Where the page before ended. Keyset, not OFFSET: page 1,000 costs what page 1 costs."""

    priority: float
    id: int

    def __str__(self) -> str:
        return f"{self.priority!r}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        if not text:
            return None
        priority, _, flag_id = text.partition("_")
        try:
            cursor = cls(float(priority), int(flag_id))
        except ValueError as error:
            raise InvalidInput("kursor") from error
        if not math.isfinite(cursor.priority) or abs(cursor.id) >= 2**63:
            raise InvalidInput("kursor")
        return cursor

    def after(self) -> ColumnElement[bool]:
        return and_(Flag.priority <= self.priority, or_(Flag.priority < self.priority, Flag.id > self.id))


def state_is(state: FlagState, *, negated: bool = False) -> ColumnElement[bool]:
    """The state written into the statement itself: a bound value would hide the partial index from the planner."""
    word = literal(state, Flag.state.type, literal_execute=True)
    return Flag.state != word if negated else Flag.state == word


def unfinished() -> ColumnElement[bool]:
    return state_is(FlagState.ASSESSED, negated=True)


def on_shelf(shelf: Shelf, user_id: int) -> ColumnElement[bool]:
    match shelf:
        case Shelf.UNFINISHED:
            return unfinished()
        case Shelf.OPEN:
            return state_is(FlagState.OPEN)
        case Shelf.SECOND:
            return state_is(FlagState.SECOND)
        case Shelf.MINE:
            return and_(unfinished(), Flag.holder_id == user_id, Flag.held_until > now())
        case Shelf.ASSESSED:
            return state_is(FlagState.ASSESSED)


def narrowed(filters: QueueFilter) -> list[ColumnElement[bool]]:
    """Region, source and title as conditions on the flag alone, so that a claim can use them too."""
    conditions: list[ColumnElement[bool]] = []
    if filters.region:
        region: InstrumentedAttribute[str | None] = Flag.region_code
        conditions.append(within(region, frozenset({filters.region})))
    if filters.source:
        carried = exists().where(Item.id == Flag.item_id, Source.id == Item.source_id, Source.slug == filters.source)
        conditions.append(carried.correlate(Flag))
    if filters.search:
        titled = exists().where(
            ItemVersion.id == Flag.item_version_id, ItemVersion.title.icontains(filters.search, autoescape=True)
        )
        conditions.append(titled.correlate(Flag))
    return conditions or [true()]

"""What can be exported: named columns, and rows that come one by one."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import Permission, Rights
from models.reference import timezone_of
from service.accounts.actor import Actor, Areas, Place, contains, reaches

MOST_ROWS = 1_000_000
"""Excel shows no more. Whoever needs more narrows the filter."""
BATCH = 500

Value = str | int | float | date | None
"""A bool is an int; a moment is said as text, in its region's own zone."""


@dataclass(frozen=True)
class Column:
    name: str
    """Never renamed, never moved; new ones come last (docs/exports.md)."""
    about: str


@dataclass(frozen=True)
class Preview:
    count: int
    by_rights: dict[Rights, int] = field(default_factory=dict[Rights, int])
    """Rows by what their publishers let go out; empty where no text does."""

    @property
    def is_too_many(self) -> bool:
        return self.count > MOST_ROWS


@dataclass(frozen=True)
class Reach:
    """Who exports, and whether they open what is masked."""

    actor: Actor
    """As `exporting_actor` makes them."""
    opens_names: bool = False

    def opens(self, region_code: str | None) -> bool:
        return self.opens_names and reaches(self.actor.areas(Permission.OPEN_NAMES), region_code)


class ExportTable(ABC):
    """One list of the service. `query` is the filter as it stands in the address bar of its page."""

    slug: str
    permission: Permission
    """That its page needs; beside it, everybody needs the right to export, and both hold only in their areas."""
    page: str
    """Address of the list that it exports."""
    has_names: bool = True
    """Whether there is something in it that is masked by default."""
    columns: tuple[Column, ...]

    @abstractmethod
    def preview(self, session: Session, actor: Actor, query: str) -> Preview: ...

    @abstractmethod
    def rows(self, session: Session, reach: Reach, query: str) -> Iterator[Sequence[Value]]: ...

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def in_batches(ids: Iterable[int]) -> Iterator[tuple[int, ...]]:
    rest = iter(ids)
    while batch := tuple(islice(rest, BATCH)):
        yield batch


def exporting_actor(actor: Actor, permission: Permission) -> Actor:
    """The same person, who may read only where they may export too: every question to a repository is then as narrow."""
    reading, exporting = actor.areas(permission), actor.areas(Permission.EXPORT)
    places: set[Place] = {None} if reading is None and exporting is None else _both(reading, exporting)
    others = {grant for grant in actor.grants if grant[0] is not permission}
    return replace(actor, grants=frozenset(others | {(permission, place) for place in places}))


def _both(first: Areas, second: Areas) -> set[Place]:
    """Places that lie in both areas."""
    inside = {place for place in first or () if contains(second, place)}
    return {*inside, *(place for place in second or () if contains(first, place))}


def local(moment: datetime | None, region_code: str | None) -> str | None:
    """ISO 8601 with the offset of the region."""
    return moment.astimezone(zone_of(region_code)).isoformat(timespec="seconds") if moment else None


@lru_cache(maxsize=1024)
def zone_of(region_code: str | None) -> ZoneInfo:
    """Kept by region: a file asks for it some times a row."""
    return ZoneInfo(timezone_of(region_code))

"""The person behind a request: what they may do, and where."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from models import Case, Flag, Permission, ReceivedCase, Region, UserRole
from models.prefix import lies_within


@dataclass(frozen=True, order=True)
class AgencyArea:
    """Matters of one agency's civil servants, as far as a region reaches."""

    region_code: str
    """Empty for wherever that agency is."""
    slug: str
    agency_id: int
    home: str
    """The agency's own region; empty where it is of the whole nation."""
    key: str
    """Its name as cases keep it: lower case, single spaces."""
    former: tuple[str, ...] = ()
    """What it was called before: cases of that time are its own."""

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key, *self.former)

    def __str__(self) -> str:
        return f"{self.region_code}@{self.slug}"


Place = str | AgencyArea | None
"""Where one grant holds: a region with all that lies within, an agency in a region, or the nation."""
Areas = frozenset[str | AgencyArea] | None
"""Several places together; None is the nation."""
Grants = frozenset[tuple[Permission, Place]]


@dataclass(frozen=True)
class Actor:
    id: int
    username: str
    name: str
    grants: Grants
    assesses: bool
    """Whether this person may assess anywhere, though the key they hold now may only read."""
    token: str = ""
    """Name of the machine's token that speaks for them; empty for a person who signed in."""
    session_id: int | None = None
    verified_at: datetime | None = None
    """When this sign-in showed its second factor."""
    must_change_password: bool = False

    def may(self, permission: Permission) -> bool:
        return any(granted is permission for granted, _ in self.grants)

    def areas(self, permission: Permission) -> Areas:
        """Where a permission holds; an empty set where it does not."""
        places = {place for granted, place in self.grants if granted is permission}
        return None if None in places else frozenset(place for place in places if place)


def reaches(areas: Areas, region_code: str | None, *, office: str | None = None, agency_key: str = "") -> bool:
    """The same question as `within`, of one region; `office` says what a flag, `agency_key` what a case is about."""
    if areas is None:
        return True
    return any(_covers(place, region_code, office, agency_key) for place in areas)


def within(column: InstrumentedAttribute[str | None], areas: Areas) -> ColumnElement[bool]:
    """The area as SQL. A row whose region nobody could read belongs to the nation only.

    What belongs to an agency is told by the table of the column; a table that does not tell is closed to whoever
    works for one agency alone.
    """
    if areas is None:
        return true()
    if not areas:
        return false()
    return or_(*[_reached(column, place) for place in sorted(areas, key=str)])


def lies_in(region_code: str, area: str) -> bool:
    """Whether a region is the area or a part of it; an empty area is the nation."""
    return not area or f"{region_code}.".startswith(f"{area}.")


def narrow(grants: Grants, scopes: list[str] | None, region_code: str | None) -> Grants:
    """What is left of grants under a token's scopes and region: never more than there was."""
    kept = ((permission, place) for permission, place in grants if scopes is None or permission in scopes)
    return frozenset((permission, both) for permission, place in kept for both in _meet(place, region_code))


def _meet(place: Place, region_code: str | None) -> list[Place]:
    if region_code is None:
        return [place]
    own = place.region_code if isinstance(place, AgencyArea) else place or ""
    smaller = region_code if lies_in(region_code, own) else own if lies_in(own, region_code) else None
    if smaller is None:
        return []
    return [replace(place, region_code=smaller) if isinstance(place, AgencyArea) else smaller]


def _covers(place: str | AgencyArea, region_code: str | None, office: str | None, agency_key: str) -> bool:
    if isinstance(place, str):
        return region_code is not None and lies_in(region_code, place)
    if place.region_code and (region_code is None or not lies_in(region_code, place.region_code)):
        return False
    is_its_office = bool(office and place.home) and region_code == place.home
    is_named = agency_key in place.keys and lies_in(region_code or "", place.home)
    return is_its_office or is_named


def _reached(column: InstrumentedAttribute[str | None], place: str | AgencyArea) -> ColumnElement[bool]:
    if isinstance(place, str):
        return _inside(column, place)
    of_agency = _belongs_to(column, place)
    return and_(_inside(column, place.region_code), of_agency) if place.region_code else of_agency


def _inside(column: InstrumentedAttribute[str | None], code: str) -> ColumnElement[bool]:
    if "." in code:  # Nothing lies within a regency, and an index answers equality, not LIKE.
        return column == code
    return lies_within(column, code)


def _belongs_to(column: InstrumentedAttribute[str | None], place: AgencyArea) -> ColumnElement[bool]:
    """How each table tells the agency: a flag by an office in the agency's region, a case by the name of its subject's."""
    entity: Any = column.parent.entity
    table = column.parent.mapper.class_  # Of an alias too.
    at_home = _inside(column, place.home) if place.home else true()
    if table is Flag:
        return and_(column == place.home, entity.office.is_not(None)) if place.home else false()
    if table in {Case, ReceivedCase}:
        return and_(at_home, entity.agency_key.in_(place.keys))
    if table is UserRole:
        return entity.agency_id == place.agency_id
    return at_home if table is Region else false()


def contains(areas: Areas, place: Place) -> bool:
    """Whether a place lies wholly inside: what somebody may hand on to others."""
    return areas is None or any(_holds(own, place) for own in areas)


def _holds(own: str | AgencyArea, place: Place) -> bool:
    if place is None:
        return False
    if isinstance(place, str):
        return isinstance(own, str) and lies_in(place, own)
    region_code = place.region_code or place.home
    if isinstance(own, str):
        return bool(region_code) and lies_in(region_code, own)
    return own.agency_id == place.agency_id and lies_in(place.region_code, own.region_code)

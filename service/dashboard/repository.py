"""Questions to the tallies, always within a scope; nothing here looks at a flag."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import (
    Artifact,
    ArtifactState,
    Flag,
    FlagState,
    FlagTally,
    Measure,
    Outcome,
    Permission,
    Region,
    Source,
    ViolationType,
)
from models.figures.tallying import UNFINISHED, Cell, count_newest
from models.statistics import ALL_ACTS, NATION
from service.accounts.actor import Actor, AgencyArea, lies_in, reaches
from service.errors import NotFound

OUTCOMES = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.WITHDRAWN)
FINISHED = (*OUTCOMES, FlagState.ASSESSED.value)
EVERY = (*UNFINISHED, *FINISHED)
"""Every value of `outcome`: named one by one, they lead into the table's key."""
MOST_OF_AGENCY = 20_000
"""The newest flags of an agency that are counted, one by one."""


class Scope(tuple[str, ...]):
    """Region codes that overlap nowhere; NATION is everything."""

    own: Mapping[str, Counter[Cell]] = MappingProxyType({})
    """Of these regions the flags of an agency count alone, and here they are: tallies do not tell agencies apart."""

    def among(self, codes: Iterable[str]) -> "Scope":
        """Some of its regions, or parts of them."""
        return _scope(codes, self.own)


def _scope(codes: Iterable[str], own: Mapping[str, Counter[Cell]]) -> Scope:
    scope = Scope(codes)
    scope.own = own
    return scope


def scope_of(session: Session, actor: Actor, region_code: str) -> Scope:
    """Where this person may count; a region outside of it is not there for them."""
    places, homes = _places_of(actor), _homes_of(actor)
    if region_code and session.get(Region, region_code) is None:
        raise NotFound
    if places is None or (region_code and reaches(places, region_code)):
        return Scope((region_code or NATION,))
    asked = homes & {region_code} if region_code else homes
    if region_code and not asked:
        raise NotFound
    own = {home: count_newest(session, _of_agency(home), home, MOST_OF_AGENCY) for home in asked}
    regions = () if region_code else (code for code in places if not reaches(places - {code}, code))
    return _scope(sorted({*regions, *own}), own)


def _places_of(actor: Actor) -> frozenset[str] | None:
    areas = actor.areas(Permission.READ_DASHBOARD)
    return None if areas is None else frozenset(place for place in areas if isinstance(place, str))


def _homes_of(actor: Actor) -> frozenset[str]:
    """Regions of which the person may count the flags of the agency there, and not all."""
    areas, places = actor.areas(Permission.READ_DASHBOARD) or frozenset(), _places_of(actor)
    agencies = [place for place in areas if isinstance(place, AgencyArea) and place.home]
    return frozenset(one.home for one in agencies if lies_in(one.home, one.region_code) and not reaches(places, one.home))


def _of_agency(home: str) -> ColumnElement[bool]:
    """As `within` tells the flags of an agency: by an office that the text names in exactly its region."""
    return and_(Flag.region_code == home, Flag.office.is_not(None))


def parts_of(session: Session, scope: Scope) -> dict[str, str]:
    """Code → name of what a scope is made of: provinces, the regencies of one province, or its own regions."""
    is_part: ColumnElement[bool] = Region.code.in_(scope)
    if scope == (NATION,):
        is_part = Region.parent_code.is_(None)
    elif len(scope) == 1 and "." not in scope[0] and not scope.own:
        is_part = Region.parent_code == scope[0]
    rows = session.execute(select(Region.code, Region.name).where(is_part).order_by(Region.code))
    return {row[0]: row[1] for row in rows}


def list_regions(session: Session, actor: Actor) -> list[Region]:
    """What may be chosen: the provinces of the person's area, and regencies that are areas by themselves."""
    places = _places_of(actor)
    is_choice: ColumnElement[bool] = Region.parent_code.is_(None)
    if places is not None:
        is_choice = Region.code.in_(places | _homes_of(actor))
    return list(session.scalars(select(Region).where(is_choice).order_by(Region.code)))


def list_acts(session: Session) -> list[str]:
    return list(session.scalars(select(ViolationType.act).distinct().order_by(ViolationType.act)))


def sum_by(
    session: Session,
    scope: Scope,
    measure: Measure,
    columns: Sequence[InstrumentedAttribute[Any]],
    *,
    first: date | None = None,
    last: date | None = None,
    act: str | None = ALL_ACTS,
    outcomes: Sequence[str] = EVERY,
) -> list[tuple[Any, ...]]:
    """Counts by these columns, of days from `first` to `last`; `act` None tells every act apart."""
    tallied = [code for code in scope if code not in scope.own]
    asked = [FlagTally.measure == measure, FlagTally.region_code.in_(tallied), FlagTally.outcome.in_(outcomes)]
    asked.append(FlagTally.act != ALL_ACTS if act is None else FlagTally.act == act)
    asked += [FlagTally.on_day >= first] if first else []
    asked += [FlagTally.on_day <= last] if last else []
    query = select(*columns, func.sum(FlagTally.count)).where(*asked).group_by(*columns).order_by(*columns)
    found = [(*row[:-1], int(row[-1])) for row in session.execute(query)] if tallied else []
    if not scope.own:
        return found
    meant = Wanted(measure, frozenset(scope), first or date.min, last or date.max, act, frozenset(outcomes))
    return _with_own(found, scope, meant, [column.key for column in columns])


class Wanted(NamedTuple):
    """Which cells a question is about."""

    measure: Measure
    regions: frozenset[str]
    first: date
    last: date
    act: str | None
    outcomes: frozenset[str]

    def holds(self, cell: Cell) -> bool:
        is_act = cell.act != ALL_ACTS if self.act is None else cell.act == self.act
        is_asked = cell.measure == self.measure and cell.region_code in self.regions and cell.outcome in self.outcomes
        return is_asked and is_act and self.first <= cell.on_day <= self.last


def _with_own(found: list[tuple[Any, ...]], scope: Scope, wanted: Wanted, names: list[str]) -> list[tuple[Any, ...]]:
    sums = Counter[tuple[Any, ...]]({row[:-1]: row[-1] for row in found})
    for cells in scope.own.values():
        for cell, count in cells.items():
            if wanted.holds(cell):
                sums[tuple(getattr(cell, name) for name in names)] += count
    return [(*key, count) for key, count in sorted(sums.items())]


def name_sources(session: Session, source_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Id → slug and name."""
    query = select(Source.id, Source.slug, Source.name).where(Source.id.in_(source_ids))
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def live_artifact(session: Session) -> Artifact | None:
    return session.scalar(select(Artifact).where(Artifact.state == ArtifactState.LIVE).limit(1))

"""Questions to the tallies, always within a scope; nothing here looks at a flag."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import (
    Artifact,
    ArtifactState,
    FlagState,
    FlagTally,
    Measure,
    Outcome,
    Permission,
    Region,
    Source,
    ViolationType,
)
from models.figures.tallying import UNFINISHED
from models.statistics import AGENCIES, ALL_ACTS, NATION, agencies_in
from service.accounts.actor import Actor, AgencyArea, Areas, contains, lies_in, reaches
from service.errors import Forbidden, NotFound

OUTCOMES = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.WITHDRAWN)
FINISHED = (*OUTCOMES, FlagState.ASSESSED.value)
EVERY = (*UNFINISHED, *FINISHED)
"""Every value of `outcome`: named one by one, they lead into the table's key."""


class Scope(tuple[str, ...]):
    """Region codes that overlap nowhere; NATION is everything."""

    agencies: frozenset[str] = frozenset()
    """Of these regions the flags of the agencies there count alone."""

    @classmethod
    def of(cls, codes: Iterable[str], agencies: frozenset[str]) -> "Scope":
        scope = cls(codes)
        scope.agencies = agencies
        return scope

    def among(self, codes: Iterable[str]) -> "Scope":
        """Some of its regions, or parts of them."""
        return Scope.of(codes, self.agencies)

    @property
    def keys(self) -> list[str]:
        """As the tallies name them."""
        return [agencies_in(code) if code in self.agencies else code for code in self]


def scope_of(session: Session, actor: Actor, region_code: str) -> Scope:
    """Where this person may count; a region outside of it is not there for them."""
    if _areas_of(actor) == frozenset():
        raise Forbidden
    places, homes = _places_of(actor), _homes_of(actor)
    if region_code and session.get(Region, region_code) is None:
        raise NotFound
    if places is None or (region_code and reaches(places, region_code)):
        return Scope((region_code or NATION,))
    asked = homes & {region_code} if region_code else homes
    if region_code and not asked:
        raise NotFound
    regions = () if region_code else (code for code in places if not reaches(places - {code}, code))
    return Scope.of(sorted({*regions, *asked}), asked)


def _areas_of(actor: Actor) -> Areas:
    """Small counts tell of single flags, and differences of counts do: only who may open them may count them."""
    counted, seen = actor.areas(Permission.READ_DASHBOARD), actor.areas(Permission.READ_QUEUE)
    if counted is None or seen is None:
        return counted if seen is None else seen
    return frozenset(
        {place for place in counted if contains(seen, place)} | {place for place in seen if contains(counted, place)}
    )


def _places_of(actor: Actor) -> frozenset[str] | None:
    areas = _areas_of(actor)
    return None if areas is None else frozenset(place for place in areas if isinstance(place, str))


def _homes_of(actor: Actor) -> frozenset[str]:
    """Regions of which the person may count the flags of the agency there, and not all."""
    areas, places = _areas_of(actor) or frozenset(), _places_of(actor)
    agencies = [place for place in areas if isinstance(place, AgencyArea) and place.home]
    return frozenset(one.home for one in agencies if lies_in(one.home, one.region_code) and not reaches(places, one.home))


def parts_of(session: Session, scope: Scope) -> dict[str, str]:
    """Code → name of what a scope is made of: provinces, the regencies of one province, or its own regions."""
    is_part: ColumnElement[bool] = Region.code.in_(scope)
    if scope == (NATION,):
        is_part = Region.parent_code.is_(None)
    elif len(scope) == 1 and "." not in scope[0] and not scope.agencies:
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
    asked = [FlagTally.measure == measure, FlagTally.region_code.in_(scope.keys), FlagTally.outcome.in_(outcomes)]
    asked.append(FlagTally.act != ALL_ACTS if act is None else FlagTally.act == act)
    asked += [FlagTally.on_day >= first] if first else []
    asked += [FlagTally.on_day <= last] if last else []
    query = select(*columns, func.sum(FlagTally.count)).where(*asked).group_by(*columns).order_by(*columns)
    names = [column.key for column in columns]
    return [(*_plain(names, row[:-1]), int(row[-1])) for row in session.execute(query)]


def _plain(names: Sequence[str], values: Sequence[Any]) -> list[Any]:
    """A region by its code, whichever of its flags are counted."""
    pairs = zip(names, values, strict=True)
    return [value.removesuffix(AGENCIES) if name == "region_code" else value for name, value in pairs]


def name_sources(session: Session, source_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Id → slug and name."""
    query = select(Source.id, Source.slug, Source.name).where(Source.id.in_(source_ids))
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def live_artifact(session: Session) -> Artifact | None:
    return session.scalar(select(Artifact).where(Artifact.state == ArtifactState.LIVE).limit(1))

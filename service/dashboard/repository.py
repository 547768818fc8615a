"""Questions to the tallies, always within a scope; nothing here looks at a flag."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Artifact, ArtifactState, FlagState, FlagTally, Measure, Outcome, Permission, Region, Source, ViolationType
from models.figures.tallying import UNFINISHED
from models.statistics import ALL_ACTS, NATION
from service.accounts.actor import Actor, reaches
from service.errors import NotFound

OUTCOMES = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.WITHDRAWN)
FINISHED = (*OUTCOMES, FlagState.ASSESSED.value)
EVERY = (*UNFINISHED, *FINISHED)
"""Every value of `outcome`: named one by one, they lead into the table's key."""

Scope = tuple[str, ...]
"""Region codes that overlap nowhere; NATION is everything."""


def scope_of(session: Session, actor: Actor, region_code: str) -> Scope:
    """Where this person may count; a region outside of it is not there for them."""
    places = _places_of(actor)
    if region_code:
        if not reaches(places, region_code) or session.get(Region, region_code) is None:
            raise NotFound
        return (region_code,)
    if places is None:
        return (NATION,)
    return tuple(sorted(code for code in places if not reaches(places - {code}, code)))


def _places_of(actor: Actor) -> frozenset[str] | None:
    """Regions alone: tallies do not tell agencies apart, so they are closed to whoever works for one agency only."""
    areas = actor.areas(Permission.READ_DASHBOARD)
    return None if areas is None else frozenset(place for place in areas if isinstance(place, str))


def parts_of(session: Session, scope: Scope) -> dict[str, str]:
    """Code → name of what a scope is made of: provinces, the regencies of one province, or its own regions."""
    is_part: ColumnElement[bool] = Region.code.in_(scope)
    if scope == (NATION,):
        is_part = Region.parent_code.is_(None)
    elif len(scope) == 1 and "." not in scope[0]:
        is_part = Region.parent_code == scope[0]
    rows = session.execute(select(Region.code, Region.name).where(is_part).order_by(Region.code))
    return {row[0]: row[1] for row in rows}


def list_regions(session: Session, actor: Actor) -> list[Region]:
    """What may be chosen: the provinces of the person's area, and regencies that are areas by themselves."""
    places = _places_of(actor)
    is_choice: ColumnElement[bool] = Region.parent_code.is_(None) if places is None else Region.code.in_(places)
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
    asked = [FlagTally.measure == measure, FlagTally.region_code.in_(scope), FlagTally.outcome.in_(outcomes)]
    asked.append(FlagTally.act != ALL_ACTS if act is None else FlagTally.act == act)
    asked += [FlagTally.on_day >= first] if first else []
    asked += [FlagTally.on_day <= last] if last else []
    query = select(*columns, func.sum(FlagTally.count)).where(*asked).group_by(*columns).order_by(*columns)
    return [(*row[:-1], int(row[-1])) for row in session.execute(query)]


def name_sources(session: Session, source_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Id → slug and name."""
    query = select(Source.id, Source.slug, Source.name).where(Source.id.in_(source_ids))
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def live_artifact(session: Session) -> Artifact | None:
    return session.scalar(select(Artifact).where(Artifact.state == ArtifactState.LIVE).limit(1))

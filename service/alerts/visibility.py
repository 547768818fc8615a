"""Whose an alert is: of one person, of all who read its region, or of whoever works for the region's agencies alone."""

from sqlalchemy import BindParameter, ColumnElement, Select, and_, exists, or_, select

from models import Alert, AlertKind, Flag, Permission, UserRole, Watch
from service.accounts.actor import Actor, AgencyArea, Areas, lies_in, reaches, within

Agencies = frozenset[AgencyArea]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """An alert of one's own or of all, in the area of the right that its kind asks for."""
    return visible(actor.areas(Permission.READ_QUEUE), actor.areas(Permission.READ_SOURCES), actor.id)


def visible(queue: Areas, sources: Areas, user_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Sources belong to no agency, so alarms of theirs are closed to whoever works for one alone."""
    of_flags, of_sources = within(Alert.region_code, queue), within(Alert.region_code, sources)
    is_silence, is_own = Alert.kind == AlertKind.SILENT, Alert.user_id == user_id
    in_area = or_(and_(is_silence, of_sources), and_(~is_silence, of_flags))
    of_region = and_(in_area, ~Alert.is_of_agency, or_(Alert.user_id.is_(None), is_own))
    agencies = agencies_of(queue)
    return or_(of_region, _of_agencies(agencies, is_own)) if agencies else of_region


def agencies_of(areas: Areas) -> Agencies:
    """Those of whose region the person does not see everything anyway."""
    places = frozenset(place for place in areas or () if isinstance(place, str))
    agencies = [place for place in areas or () if isinstance(place, AgencyArea) and place.home]
    return frozenset(one for one in agencies if lies_in(one.home, one.region_code) and not reaches(places, one.home))


def is_shared_with(areas: Areas) -> ColumnElement[bool]:
    """Shared watch-lists that a person may know of: of their region, or of somebody who works for the same agency.

    What an office of the region looks for is not told to the agencies that it looks at.
    """
    here, agencies = within(Watch.region_code, areas), agencies_of(areas)
    return Watch.is_shared & (or_(here, Watch.user_id.in_(_colleagues(agencies))) if agencies else here)


def _of_agencies(agencies: Agencies, is_own: ColumnElement[bool]) -> ColumnElement[bool]:
    """What was counted of their flags alone, and flags of theirs that fit a list of one's own or of a colleague."""
    counted = and_(Alert.is_of_agency, Alert.region_code.in_(sorted({one.home for one in agencies})))
    is_theirs = exists().where(Flag.id == Alert.flag_id, within(Flag.region_code, agencies)).correlate(Alert)
    is_colleagues = Alert.watch_id.in_(select(Watch.id).where(Watch.is_shared, Watch.user_id.in_(_colleagues(agencies))))
    is_told = or_(is_own, and_(Alert.user_id.is_(None), is_colleagues))
    return or_(counted, and_(Alert.kind == AlertKind.WATCH, is_told, is_theirs))


def _colleagues(agencies: Agencies) -> Select[int]:
    return select(UserRole.user_id).where(UserRole.agency_id.in_(sorted(one.agency_id for one in agencies)))

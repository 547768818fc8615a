"""Filters as conditions on the flag alone, so that a list, a count and a claim can use the same ones."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models import Agency, Flag, FlagReason, FlagSkip, FlagState, Source, User, now
from models.queue.words import flag_bears, flag_ids_with, is_common, words_of
from models.reference import WIT_PROVINCES, WITA_PROVINCES
from service.accounts.actor import within
from service.review.filters import FREE, HELD, DaysLeft, QueueFilter, Shelf

ZONES = {"Asia/Makassar": WITA_PROVINCES, "Asia/Jayapura": WIT_PROVINCES}


def state_is(state: FlagState, *, negated: bool = False) -> ColumnElement[bool]:
    """The state written into the statement itself: a bound value would hide the partial index from the planner."""
    word = literal(state, Flag.state.type, literal_execute=True)
    return Flag.state != word if negated else Flag.state == word


def unfinished() -> ColumnElement[bool]:
    return state_is(FlagState.ASSESSED, negated=True)


def in_queue() -> ColumnElement[bool]:
    """Unfinished, and not lying still because its person asked for that."""
    return and_(unfinished(), state_is(FlagState.RESTRICTED, negated=True))


def held_by(
    user_id: ColumnElement[int] | int, at: ColumnElement[datetime] | datetime, flag: type[Flag] = Flag
) -> ColumnElement[bool]:
    """What somebody holds at a moment, found by who holds it.

    Where PostgreSQL last looked at a table in which nobody held anything, the index of all that is held until some moment
    seems as short as that of one person, and each claim of a morning would read what all others hold.
    """
    return and_(flag.holder_id == user_id, func.coalesce(flag.held_until, flag.held_until) > at)


def on_shelf(
    shelf: Shelf, user_id: ColumnElement[int] | int, at: ColumnElement[datetime] | datetime | None = None
) -> ColumnElement[bool]:
    """The shelf of one person at a moment, which is this one where none is given."""
    match shelf:
        case Shelf.UNFINISHED:
            return in_queue()
        case Shelf.OPEN:
            return and_(unfinished(), state_is(FlagState.OPEN))
        case Shelf.SECOND:
            return state_is(FlagState.SECOND)  # Alone, so that only the short index of these can answer.
        case Shelf.MINE:
            return and_(unfinished(), held_by(user_id, now() if at is None else at))
        case Shelf.SKIPPED:
            return and_(in_queue(), is_skipped(user_id))
        case Shelf.ASSESSED:
            return state_is(FlagState.ASSESSED)


def is_skipped(user_id: ColumnElement[int] | int) -> ColumnElement[bool]:
    return Flag.id.in_(select(FlagSkip.flag_id).where(FlagSkip.user_id == user_id))


def narrowed(
    session: Session, filters: QueueFilter, *, in_order: bool = True, by_region: bool = True, asks_region: bool = False
) -> list[ColumnElement[bool]]:
    """Every part of the filter but the shelf; `in_order` where the statement reads flags in the queue's order.

    Without `by_region` the region is left to the statement; `asks_region` asks it of each flag that another index finds.
    """
    conditions = [*_of_columns(filters, with_index=by_region), *_of_people(filters)]
    are_many = searches_common_words(session, filters)
    walks = in_order and are_many
    if filters.region and by_region:
        is_asked = walks or asks_region or filters.shelf is Shelf.SECOND
        conditions += _by_walking(filters.region) if is_asked else in_area(Flag.region_code, filters)
    if filters.days:
        conditions.append(_days_left(DaysLeft(filters.days)))
    if filters.agency:
        conditions.append(_belongs_to(session, filters.agency))
    if filters.search:
        conditions.append(_bears(session, words_of(filters.search), walks=walks, are_few=not are_many))
    return conditions or [true()]


def in_area(column: InstrumentedAttribute[Any], filters: QueueFilter) -> list[ColumnElement[bool]]:
    """The region of the filter, of any table that names one."""
    return [within(column, frozenset({filters.region}))] if filters.region else []


def _by_walking(region_code: str) -> list[ColumnElement[bool]]:
    """What walks asks each flag: the index of regions would make it ask a whole province first."""
    region: InstrumentedAttribute[str | None] = Flag.region_code
    return [or_(region == region_code, region.startswith(f"{region_code}.", autoescape=True))]


def searches_common_words(session: Session, filters: QueueFilter) -> bool:
    """Whether the search names words of so many flags that flags are asked one by one; found out once in a session."""
    stems = tuple(words_of(filters.search)) if filters.search else ()
    known: dict[tuple[str, ...], bool] = session.info.setdefault("common_words", {})
    if stems and stems not in known:
        known[stems] = is_common(session, stems)
    return known.get(stems, False)


def searches_rare_words(session: Session, filters: QueueFilter) -> bool:
    return bool(filters.search) and not searches_common_words(session, filters)


def _bears(session: Session, stems: list[str], *, walks: bool, are_few: bool) -> ColumnElement[bool]:
    if not stems:
        return false()
    return flag_bears(session, stems) if walks else Flag.id.in_(flag_ids_with(session, stems, are_few=are_few))


def _of_columns(filters: QueueFilter, *, with_index: bool) -> list[ColumnElement[bool]]:
    """Without an index where the pieces of regions are read: SQLite would take another one for each of them."""

    def column(own: Any) -> Any:
        return own if with_index else func.coalesce(own, own)

    is_usual = filters.reason == FlagReason.MODEL  # Of nearly every flag: an index of it would find them all.
    same: dict[str, ColumnElement[bool]] = {
        "act": column(Flag.act) == filters.act,
        "office": column(Flag.office) == filters.office,
        "kind": column(Flag.kind) == filters.kind,
        "phase": column(Flag.phase) == filters.phase,
        "reason": (func.coalesce(Flag.reason, Flag.reason) if is_usual else column(Flag.reason)) == filters.reason,
        "source": column(Flag.source_id) == _id_of(select(Source.id).where(Source.slug == filters.source)),
        "cluster": Flag.cluster_id == int(filters.cluster or 0),
    }
    return [condition for field, condition in same.items() if getattr(filters, field)]


def _of_people(filters: QueueFilter) -> list[ColumnElement[bool]]:
    if not filters.holder:
        return []
    at = now()
    if filters.holder == FREE:
        return [or_(Flag.holder_id.is_(None), Flag.held_until <= at)]
    if filters.holder == HELD:  # A short list out of the index of holders; ids begin with 1.
        held = aliased(Flag)
        return [Flag.id.in_(select(held.id).where(held.holder_id > 0, held.held_until > at))]
    return [held_by(_id_of(select(User.id).where(User.username == filters.holder)), at)]


def _id_of(query: Select[int]) -> ColumnElement[int]:
    return query.scalar_subquery()


def _days_left(days: DaysLeft) -> ColumnElement[bool]:
    """By each zone's own day; mostly it is the same one everywhere, and then one comparison does."""
    today = today_by_zone()
    if len(set(today.values())) == 1:
        return _due(days, today["Asia/Jakarta"])
    province = func.substr(func.coalesce(Flag.region_code, ""), 1, 2)
    others = [and_(province.in_(sorted(codes)), _due(days, today[zone])) for zone, codes in ZONES.items()]
    in_jakarta = province.not_in(sorted(WITA_PROVINCES | WIT_PROVINCES))
    return or_(*others, and_(in_jakarta, _due(days, today["Asia/Jakarta"])))


def span_of(days: DaysLeft) -> tuple[date | None, date | None]:
    """The first and the last day that any zone counts among them."""
    first, last = days.bounds
    today = today_by_zone().values()
    return (
        min(today) + timedelta(days=first) if first is not None else None,
        max(today) + timedelta(days=last) if last is not None else None,
    )


def today_by_zone() -> dict[str, date]:
    """The calendar day of now, by IANA zone."""
    return {zone: now().astimezone(ZoneInfo(zone)).date() for zone in ("Asia/Jakarta", *ZONES)}


def _due(days: DaysLeft, today: date) -> ColumnElement[bool]:
    first, last = days.bounds
    parts = [Flag.due_on >= today + timedelta(days=first)] if first is not None else []
    parts += [Flag.due_on <= today + timedelta(days=last)] if last is not None else []
    return and_(*parts)


def _belongs_to(session: Session, slug: str) -> ColumnElement[bool]:
    """An agency is named as far as office and region tell: any office in exactly its region."""
    region_code = session.scalar(select(Agency.region_code).where(Agency.slug == slug))
    return and_(Flag.region_code == region_code, Flag.office.is_not(None)) if region_code else false()

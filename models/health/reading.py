"""The facts of every source, in a handful of questions whatever their number; nothing older than a day is counted anew."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.base import Base, now
from models.crawl import CrawlRun, FetchCause, FetchEvent, FetchOutcome, RunState
from models.health.baseline import REACH, SPAN
from models.health.facts import Readings, SourceFacts, Totals
from models.health.tables import QuarantinedPage, QuarantineState, RobotsFile, SourceAlarm, SourceDay, SourceDayCause
from models.health.tally import day_of
from models.region import Region
from models.schedule import SourceSchedule
from models.source import Feed, Source

LAST_DAY = timedelta(hours=24)
RECENT = 3
"""Days that are held against those before, today among them."""
WEEK = 7
LEAST_RATED = 5
"""Articles of a day whose mean quality is taken as one."""
READINGS = tuple(Readings.__dataclass_fields__)
OF_PAGES = ("stored", "changed", "unchanged", "refused", "blocked", "failed")

Chosen = Sequence[ColumnElement[bool]]
"""Conditions on Source; none means all of them."""
Condition = ColumnElement[bool] | InstrumentedAttribute[bool]
T = TypeVar("T", bound=Base)
Ts = TypeVarTuple("Ts")


def read_facts(session: Session, *, slug: str | None = None, moment: datetime | None = None) -> list[SourceFacts]:
    """Every source with what its health rests on, by name; or the one with this slug."""
    at = moment or now()
    chosen: Chosen = [Source.slug == slug] if slug else []
    today = day_of(at)
    feeds = _group(session, Feed, Feed.source_id, Feed.is_enabled, *chosen)
    alarms = read_open_alarms(session, *chosen)
    robots = _group(session, RobotsFile, RobotsFile.source_id, *chosen)
    counts, totals, last = _read_counts(session, chosen, today), _read_totals(session, chosen, today), _read_last(session, chosen)
    outcomes, causes = _read_last_day(session, chosen, at)
    before, waiting = _read_causes(session, chosen, today), _read_waiting(session, chosen)
    return [
        SourceFacts(
            *(row.Source, at, row.Region, row.last_run, row.last_ended, row.last_good, row.SourceSchedule),
            feeds=feeds[row.Source.id],
            counts=counts[row.Source.id],
            totals=totals.get(row.Source.id, Totals()),
            last_stored_at=last.get(row.Source.id),
            outcomes=outcomes[row.Source.id],
            causes=causes[row.Source.id],
            causes_before=before[row.Source.id],
            alarms=alarms[row.Source.id],
            robots=robots[row.Source.id],
            waiting=waiting.get(row.Source.id, 0),
        )
        for row in _read_sources(session, chosen)
    ]


def read_open_alarms(session: Session, *chosen: ColumnElement[bool]) -> defaultdict[int, list[SourceAlarm]]:
    """By source; of all of them unless conditions on Source are given."""
    return _group(session, SourceAlarm, SourceAlarm.source_id, SourceAlarm.closed_at.is_(None), *chosen)


def _read_sources(session: Session, chosen: Chosen) -> Sequence[Any]:
    last, ended, good = (aliased(CrawlRun, name=name) for name in ("last_run", "last_ended", "last_good"))
    query = (
        select(Source, Region, last, ended, good, SourceSchedule)
        .outerjoin(Region, Region.code == Source.region_code)
        .outerjoin(last, last.id == _newest_run())
        .outerjoin(ended, ended.id == _newest_run(CrawlRun.state != RunState.RUNNING))
        .outerjoin(good, good.id == _newest_run(CrawlRun.state == RunState.FINISHED))
        .outerjoin(SourceSchedule, SourceSchedule.source_id == Source.id)
        .where(*chosen)
        .order_by(Source.name, Source.id)
    )
    return session.execute(query).all()


def _newest_run(*states: ColumnElement[bool]) -> Any:
    """Found at the end of the index of the source's runs."""
    query = select(CrawlRun.id).where(CrawlRun.source_id == Source.id, *states).order_by(CrawlRun.id.desc()).limit(1)
    return query.correlate(Source).scalar_subquery()


def _group(
    session: Session,
    model: type[T],
    key: InstrumentedAttribute[int],
    *conditions: ColumnElement[bool] | InstrumentedAttribute[bool],
) -> defaultdict[int, list[T]]:
    """Rows by source, in the order of their keys."""
    found = defaultdict[int, list[T]](list)
    query = select(model).join(Source, Source.id == key).where(*conditions).order_by(*model.__mapper__.primary_key)
    for row in session.scalars(query):
        found[getattr(row, key.key)].append(row)
    return found


def _read_counts(session: Session, chosen: Chosen, today: date) -> defaultdict[int, dict[int, int]]:
    """New items by day, of days on which a list was read: others say nothing of the source."""
    found = defaultdict[int, dict[int, int]](dict)
    listened = SourceDay.lists + SourceDay.lists_unchanged + SourceDay.stored > 0
    query = select(SourceDay.source_id, SourceDay.on_day, SourceDay.stored).where(
        SourceDay.on_day >= today - timedelta(days=REACH), SourceDay.on_day <= today, listened
    )
    for source_id, day, stored in session.execute(_of(query, SourceDay.source_id, chosen)):
        found[source_id][day.toordinal()] = stored
    return found


def _read_totals(session: Session, chosen: Chosen, today: date) -> dict[int, Totals]:
    first = today - timedelta(days=RECENT - 1)
    recent, before = SourceDay.on_day >= first, SourceDay.on_day < first
    is_rated = and_(before, SourceDay.rated >= LEAST_RATED)
    mean = SourceDay.quality / func.nullif(SourceDay.rated, 0)
    pages = sum((getattr(SourceDay, name) for name in OF_PAGES[1:]), SourceDay.stored)
    of_week = SourceDay.on_day > today - timedelta(days=WEEK)
    columns = [
        *(_sum_if(recent, getattr(SourceDay, name)) for name in READINGS),
        *(_sum_if(before, getattr(SourceDay, name)) for name in READINGS),
        *(_sum_if(is_rated, value) for value in (SourceDay.rated * 0 + 1, mean, mean * mean)),
        _sum_if(SourceDay.on_day < today - timedelta(days=1), pages),
        *(_sum_if(of_week, value) for value in (SourceDay.lists, SourceDay.lists_unchanged)),
    ]
    since = today - timedelta(days=RECENT - 1 + SPAN)
    query = select(SourceDay.source_id, *columns).where(SourceDay.on_day >= since, SourceDay.on_day <= today)
    rows = session.execute(_of(query.group_by(SourceDay.source_id), SourceDay.source_id, chosen))
    return {values[0]: _totals_of(values[1:]) for values in map(tuple[Any, ...], rows)}


def _totals_of(sums: Sequence[Any]) -> Totals:
    width = len(READINGS)
    recent, before = Readings(*sums[:width]), Readings(*sums[width : 2 * width])
    days, total, squares, pages, lists, same = sums[2 * width :]
    variance = squares / days - (total / days) ** 2 if days else 0.0
    return Totals(recent, before, max(variance, 0.0) ** 0.5, pages, lists, same)


def _sum_if(condition: ColumnElement[bool], value: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, value), else_=0)), 0)


def _read_last(session: Session, chosen: Chosen) -> dict[int, datetime]:
    """When each source gave its last text, however long ago: found at the end of its days."""
    days = select(SourceDay.last_stored_at).where(SourceDay.source_id == Source.id, SourceDay.last_stored_at.is_not(None))
    newest = days.order_by(SourceDay.on_day.desc()).limit(1).correlate(Source).scalar_subquery()
    return {source_id: at for source_id, at in session.execute(select(Source.id, newest).where(*chosen)) if at}


def _read_last_day(
    session: Session, chosen: Chosen, at: datetime
) -> tuple[defaultdict[int, Counter[FetchOutcome]], defaultdict[int, Counter[FetchCause]]]:
    outcomes, causes = defaultdict[int, Counter[FetchOutcome]](Counter), defaultdict[int, Counter[FetchCause]](Counter)
    query = (
        select(FetchEvent.source_id, FetchEvent.outcome, FetchEvent.cause, func.count())
        .join(Source, Source.id == FetchEvent.source_id)
        .where(FetchEvent.at > at - LAST_DAY, FetchEvent.at <= at, *chosen)
        .group_by(FetchEvent.source_id, FetchEvent.outcome, FetchEvent.cause)
    )
    for source_id, outcome, cause, count in session.execute(query):
        outcomes[source_id][outcome] += count
        if cause:
            causes[source_id][cause] += count
    return outcomes, causes


def _read_causes(session: Session, chosen: Chosen, today: date) -> defaultdict[int, Counter[FetchCause]]:
    found = defaultdict[int, Counter[FetchCause]](Counter)
    end = today - timedelta(days=1)
    query = (
        select(SourceDayCause.source_id, SourceDayCause.cause, func.sum(SourceDayCause.count))
        .where(SourceDayCause.on_day >= end - timedelta(days=SPAN), SourceDayCause.on_day < end)
        .group_by(SourceDayCause.source_id, SourceDayCause.cause)
    )
    for source_id, cause, count in session.execute(_of(query, SourceDayCause.source_id, chosen)):
        found[source_id][cause] = int(count)
    return found


def _read_waiting(session: Session, chosen: Chosen) -> dict[int, int]:
    query = (
        select(QuarantinedPage.source_id, func.count())
        .where(QuarantinedPage.state == QuarantineState.WAITING)
        .group_by(QuarantinedPage.source_id)
    )
    return {row[0]: row[1] for row in session.execute(_of(query, QuarantinedPage.source_id, chosen))}


def _of(query: Select[*Ts], key: InstrumentedAttribute[int], chosen: Chosen) -> Select[*Ts]:
    return query.join(Source, Source.id == key).where(*chosen) if chosen else query

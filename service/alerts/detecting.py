"""Finds what somebody should look at. Each finding has a key, so two runs, or one every minute, say it once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from models import Alert, AlertKind, Clock, ClusterMember, Election, Flag, Item, ItemVersion, SourceAlarm, record_event
from models.base import words
from models.database import reading_beside
from models.legal.deadline import last_day, local_day
from models.source import Source
from models.tip_items import METHOD as BY_TIP
from models.tip_items import SOURCE_SLUG as TIPS
from service.alerts.finding import Finding, Part, list_parts
from service.alerts.surges import find_spikes
from service.alerts.watching import find_watched
from service.corrections.reminding import find_due_corrections
from service.review.conditions import unfinished

ACTOR = "sistem:peringatan"
ALERTS_LOCK = 6387205  # Any constant that no other advisory lock of this database uses.
FAR = timedelta(days=45)
"""No span of working days that may be set ends later, holidays and all."""
EXPIRED_DAYS = 3
"""How far back expired flags are looked for: a run that failed for two days loses none."""
CLUSTER_DAYS = 7
SILENT_DAYS = 7


@dataclass(frozen=True)
class Limits:
    outlets: int
    """That carry a story."""
    days: int
    """Left on the clock: working days or calendar days, as the law of the flag's election counts."""


Detector = Callable[[Session, datetime], Iterator[Finding]]


def detect(sessions: sessionmaker[Session], at: datetime, limits: Limits) -> dict[AlertKind, int]:
    """One pass over everything, each kind looked for in a session that only reads; returns how many alerts are new."""
    detectors: tuple[Detector, ...] = (
        _find_watched,
        _of_each_part(find_spikes),
        _of_each_part(partial(_find_clusters, outlets=limits.outlets)),
        _of_each_part(partial(_find_deadlines, days=limits.days)),
        _of_each_part(_find_expired),
        _find_silent,
        find_due_corrections,
    )
    found = dict[AlertKind, int]()
    for detector in detectors:
        with reading_beside(sessions)() as session:
            findings = list(detector(session, at))
        with sessions.begin() as session:
            for kind in keep(session, findings, at):
                found[kind] = found.get(kind, 0) + 1
    return found


def _of_each_part(detector: Callable[[Session, datetime, Part], Iterator[Finding]]) -> Detector:
    """First of all flags, then of those that somebody sees who works for one agency alone."""
    return lambda session, at: (found for part in list_parts(session) for found in detector(session, at, part))


def keep(session: Session, findings: Sequence[Finding], at: datetime) -> list[AlertKind]:
    """Store what is new. Under the lock ids follow one another by commit, so that "past this id" misses none."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(ALERTS_LOCK)))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = dict[int, AlertKind]()
    for finding in findings:
        new = insert(Alert).values(**vars(finding), created_at=at).on_conflict_do_nothing(index_elements=["key"])
        alert_id = session.scalar(new.returning(Alert.id))
        if alert_id is not None:
            made[alert_id] = finding.kind
    if made:
        detail = {"jenis": next(iter(made.values())).value, "jumlah": len(made)}
        record_event(session, "peringatan.buat", actor=ACTOR, subject=("alert", min(made)), detail=detail)
    return list(made.values())


def _find_watched(session: Session, at: datetime) -> Iterator[Finding]:
    for watch, flag_id, region_code in find_watched(session, at):
        yield Finding(
            AlertKind.WATCH,
            f"pantauan:{watch.id}:{flag_id}",
            region_code,
            user_id=None if watch.is_shared else watch.user_id,
            watch_id=watch.id,
            flag_id=flag_id,
        )


def _find_clusters(session: Session, at: datetime, part: Part, *, outlets: int) -> Iterator[Finding]:
    """Stories with flags of this week that so many outlets carry; again at each doubling."""
    fresh = select(Flag.cluster_id, Flag.region_code).where(
        unfinished(), Flag.cluster_id.is_not(None), Flag.created_at >= at - timedelta(days=CLUSTER_DAYS), *part.conditions
    )
    regions = dict[int, set[str | None]]()
    for cluster_id, region_code in session.execute(fresh.distinct()):
        regions.setdefault(cluster_id or 0, set()).add(region_code)
    for cluster_id, count in _count_outlets(session, sorted(regions), outlets):
        step = outlets
        while step * 2 <= count:
            step *= 2
        for region_code in regions[cluster_id]:
            key = part.key(f"klaster:{cluster_id}:{step}:{region_code or '-'}")
            detail = {"count": count, "cluster": cluster_id}
            yield Finding(AlertKind.CLUSTER, key, region_code, is_of_agency=part.is_of_agency, detail=detail)


def _count_outlets(session: Session, cluster_ids: list[int], least: int) -> Iterator[tuple[int, int]]:
    """What the public sent is no outlet that carries a story, also where it stands below the erased page of one."""
    count = func.count(Item.source_id.distinct())
    for first in range(0, len(cluster_ids), 500):
        query = select(ClusterMember.cluster_id, count).join(Item, Item.id == ClusterMember.item_id)
        query = query.join(Source, Source.id == Item.source_id).where(Source.slug != TIPS)
        query = query.join(ItemVersion, ItemVersion.id == Item.current_version_id).where(ItemVersion.method != BY_TIP)
        query = query.where(ClusterMember.cluster_id.in_(cluster_ids[first : first + 500]))
        yield from ((row[0], row[1]) for row in session.execute(query.group_by(ClusterMember.cluster_id).having(count >= least)))


def _find_deadlines(session: Session, at: datetime, part: Part, *, days: int) -> Iterator[Finding]:
    """Of each region, and of each way of counting days in it, one a day: a row for every flag would bury the rest."""
    today = local_day(at, None)
    clock = func.coalesce(Election.clock, literal(Clock.PILKADA, words(Clock)))  # As flags between elections are counted.
    query = select(Flag.region_code, clock, Flag.due_on, func.count()).outerjoin(Election, Election.id == Flag.election_id)
    query = query.where(unfinished(), Flag.due_on >= today, Flag.due_on <= today + FAR, *part.conditions)
    found = dict[tuple[str | None, Clock], dict[date, int]]()
    for region_code, clock_of_flag, due_on, count in session.execute(query.group_by(Flag.region_code, clock, Flag.due_on)):
        found.setdefault((region_code, clock_of_flag), {})[due_on] = count
    for (region_code, counted), counts in found.items():
        day, is_working = local_day(at, region_code), counted is Clock.PEMILU
        last = last_day(day, days, counts_working_days=is_working)
        soon = {due_on: count for due_on, count in counts.items() if day <= due_on <= last}
        if soon:
            detail = {"count": sum(soon.values()), "days": days, "is_working": is_working, "until": max(soon).isoformat()}
            key = part.key(f"tenggat:{region_code or '-'}:{day}" + (":kerja" if is_working else ""))
            yield Finding(AlertKind.DEADLINE, key, region_code, is_of_agency=part.is_of_agency, detail=detail)


def _find_expired(session: Session, at: datetime, part: Part) -> Iterator[Finding]:
    """By region and by last day: each flag is counted once, on the day after its own."""
    since = local_day(at, None) - timedelta(days=EXPIRED_DAYS)
    query = select(Flag.region_code, Flag.due_on, func.count())
    query = query.where(unfinished(), Flag.due_on >= since, *part.conditions)
    for region_code, due_on, count in session.execute(query.group_by(Flag.region_code, Flag.due_on)):
        if due_on < local_day(at, region_code):
            key, detail = part.key(f"lewat:{region_code or '-'}:{due_on}"), {"count": count, "day": due_on.isoformat()}
            yield Finding(AlertKind.EXPIRED, key, region_code, is_of_agency=part.is_of_agency, detail=detail)


def _find_silent(session: Session, at: datetime) -> Iterator[Finding]:
    query = select(SourceAlarm, Source).join(Source, Source.id == SourceAlarm.source_id)
    query = query.where(SourceAlarm.closed_at.is_(None), SourceAlarm.opened_at >= at - timedelta(days=SILENT_DAYS))
    for alarm, source in session.execute(query):
        detail = {"state": alarm.kind.value}
        yield Finding(AlertKind.SILENT, f"sumber:{alarm.id}", source.region_code, source_id=source.id, detail=detail)

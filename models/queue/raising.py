"""A flag is raised here, whoever asks for it: with its election, its last day, its place and its words for the search."""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import now
from models.cluster import ClusterMember
from models.flag import Flag, FlagReason, FlagState, Prediction
from models.item import Item, ItemVersion
from models.law import Clock
from models.legal.deadline import due_on, find_election, local_day
from models.legal.law_of_day import read_law
from models.queue.offices import find_office
from models.queue.placing import current_settings, move_to
from models.queue.priority import NO_SEVERITY, Standing, heavier, novelty_factor, place_of, reach_factor, severity_factor
from models.queue.sides import find_sides
from models.queue.words import index_flag

ALIKE_DAYS = 7
MOST_ALIKE = 50
"""Counted no further: one more of the same hardly matters by then."""
TIP_SCORE = 0.7
"""What a flag counts as that no classifier has read."""


@dataclass(frozen=True)
class Borrowed:
    """The standing of another flag, for one that must not be known by its place."""

    score: float
    severity: str | None
    novelty: float


BORROWED = tuple(field.name for field in fields(Borrowed))


def raise_flag(
    session: Session,
    item: Item,
    version: ItemVersion,
    prediction: Prediction | None,
    *,
    reason: FlagReason = FlagReason.MODEL,
    borrowed: Borrowed | None = None,
) -> int | None:
    """A new flag, placed at once; None when the item has an unfinished one already."""
    day = local_day(version.published_at or item.first_seen_at, item.region_code)
    election = find_election(session, day)
    clock = election.clock if election else Clock.PILKADA  # Between elections the shorter clock is the safer one.
    reading = _read(session, item, version, prediction, day)
    reading["cluster_id"] = cluster_id = session.scalar(select(ClusterMember.cluster_id).where(ClusterMember.item_id == item.id))
    values = {
        "item_id": item.id,
        "reason": reason,
        "state": FlagState.OPEN,
        "source_id": item.source_id,
        "kind": item.kind,
        "region_code": item.region_code,
        "election_id": election.id if election else None,
        "discovered_at": item.first_seen_at,
        "due_on": due_on(clock, local_day(item.first_seen_at, item.region_code)),
        "created_at": now(),
        "reach": _size_of(session, cluster_id),
        "novelty": novelty_factor(_count_alike(session, item.region_code, reading)),
        **reading,
        **(vars(borrowed) if borrowed else {}),
    }
    values["priority"] = _place(session, Flag(**values))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    flag_id = session.scalar(dialect.insert(Flag).values(values).on_conflict_do_nothing().returning(Flag.id))
    if flag_id is not None:
        index_flag(session, flag_id, version.title, version.text)
    return flag_id


def move_flag(session: Session, flag: Flag, item: Item, version: ItemVersion, prediction: Prediction, *, score: float) -> None:
    """Point a flag at a newer reading. It never moves down: the higher score and the heavier severity stay.

    A drawn one keeps what it borrowed: else those that a newer artifact likes were read before the others of the draw.
    """
    day = local_day(version.published_at or item.first_seen_at, item.region_code)
    reading = _read(session, item, version, prediction, day)
    reading["score"] = max(flag.score or 0.0, score)
    reading["severity"] = heavier(flag.severity, str(reading["severity"]))
    _take_over(flag, reading)
    session.flush()
    move_to(session, {flag.id: max(flag.priority, _place(session, flag))})
    session.refresh(flag)
    index_flag(session, flag.id, version.title, version.text)


def point_to(session: Session, flag: Flag, item: Item, version: ItemVersion, prediction: Prediction | None) -> None:
    """Point a flag at another reading, or at none of a machine, wherever in the queue that places it: a person asked for it.

    A drawn one keeps what it borrowed: its place must not tell what the machine said.
    """
    day = local_day(version.published_at or item.first_seen_at, item.region_code)
    _take_over(flag, _read(session, item, version, prediction, day))
    session.flush()
    move_to(session, {flag.id: _place(session, flag)})
    session.refresh(flag)
    index_flag(session, flag.id, version.title, version.text)


def fill_in(session: Session, flag: Flag, item: Item, version: ItemVersion, prediction: Prediction | None) -> None:
    """Give a flag from before there were places what a new one gets; its `priority` was its score."""
    score = flag.priority
    day = local_day(version.published_at or item.first_seen_at, item.region_code)
    for name, value in _read(session, item, version, prediction, day).items():
        setattr(flag, name, value)
    flag.source_id, flag.kind, flag.score = item.source_id, item.kind, score
    flag.reach = _size_of(session, flag.cluster_id)
    flag.priority = _place(session, flag)
    session.flush()
    index_flag(session, flag.id, version.title, version.text)


def _read(session: Session, item: Item, version: ItemVersion, prediction: Prediction | None, day: date) -> dict[str, Any]:
    """What the flagged words say, and what the act in them would be on their day."""
    law = read_law(session, day)
    act = prediction.act if prediction else None
    violation = law.violations.get(act) if act else None
    return {
        "item_version_id": version.id,
        "prediction_id": prediction.id if prediction else None,
        "score": prediction.probability if prediction else TIP_SCORE,
        "act": act,
        "severity": violation.sanction if violation else NO_SEVERITY,
        "office": find_office(f"{version.text}\n{version.title}", prediction.evidence if prediction else []),
        "phase": law.phase.name if law.phase else None,
        "sides": find_sides(f"{version.title}\n{version.text}"),
    }


def _take_over(flag: Flag, reading: dict[str, Any]) -> None:
    kept = BORROWED if flag.reason is FlagReason.AUDIT else ()
    for name, value in reading.items():
        if name not in kept:
            setattr(flag, name, value)


def _place(session: Session, flag: Flag) -> float:
    placed_by = placing_day(flag)
    is_expired = placed_by < local_day(now(), flag.region_code)
    return place_of(standing_of(flag), current_settings(session).weights, placed_by, is_expired=is_expired)


def placing_day(flag: Flag) -> date:
    """The last day by which a flag is placed: its own, but of a drawn one that of what was found on the day of the draw.

    By their own days old texts would stand below the whole queue, and what is read of a draw would be no random part of it.
    """
    if flag.reason is FlagReason.AUDIT:
        return due_on(Clock.PILKADA, local_day(flag.created_at, flag.region_code))
    return flag.due_on


def standing_of(flag: Flag) -> Standing:
    """The four factors of a flag that do not change with the days."""
    return Standing(flag.score or 0.0, severity_factor(flag.severity), reach_factor(flag.reach), flag.novelty)


def _size_of(session: Session, cluster_id: int | None) -> int:
    if cluster_id is None:
        return 1
    return session.scalar(select(func.count()).where(ClusterMember.cluster_id == cluster_id)) or 1


def _count_alike(session: Session, region_code: str | None, reading: dict[str, Any]) -> int:
    """Flags of the same story, or of the same office in the same region, that were raised in the last days."""
    same_office = (Flag.region_code == region_code) & (Flag.office == reading["office"])
    alike = [same_office] if region_code and reading["office"] else []
    alike += [Flag.cluster_id == reading["cluster_id"]] if reading["cluster_id"] else []
    if not alike:
        return 0
    recent = select(Flag.id).where(or_(*alike), Flag.created_at >= now() - timedelta(days=ALIKE_DAYS)).limit(MOST_ALIKE)
    return session.scalar(select(func.count()).select_from(recent.subquery())) or 0

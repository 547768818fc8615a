"""Golden items in the ordinary flow: shown like any other text, told right or wrong only once they are answered.

They ride on the turns that give the flag that waits longest, for there a text whose days are over surprises nobody, and
are drawn among those nearest to that flag in age.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import (
    Answer,
    Assessment,
    AuditEvent,
    Flag,
    FlagState,
    GoldenItem,
    GoldenReading,
    NoViolationReason,
    Outcome,
    Permission,
    now,
    record_event,
)
from models.base import BigId, UTCDateTime
from service.accounts.actor import Actor, within
from service.language import Language
from service.readings.lots import Lots
from service.review import claims, repository
from service.review.conditions import narrowed, unfinished
from service.review.filters import QueueFilter, Shelf
from service.review.law import list_acts
from service.review.repository import QueueRow
from service.review.schemas import Judgement
from service.review.service import is_oldest_turn, record

SHELVES = {Shelf.UNFINISHED, Shelf.OPEN}
LONGEST_ID = 18
NEAREST = 20
"""Golden items that a lot chooses from."""


def draw(session: Session, actor: Actor, lots: Lots, *, minutes: int, filters: QueueFilter) -> int | None:
    """The number under which a golden item is shown, where this turn gives one. Machines get none."""
    if actor.token or lots.golden_share <= 0 or filters.shelf not in SHELVES:
        return None
    turn = claims.next_turn(session, actor)
    if not is_oldest_turn(turn.number, turn.oldest_share):
        return None
    given = session.scalar(select(func.count()).where(GoldenReading.user_id == actor.id)) or 0
    if not lots.gives_golden(actor.id, turn.number, given, among=turn.oldest_share) or repository.list_handed(session, actor):
        return None
    candidates = _list_candidates(session, actor, filters, _find_longest_waiting(session, actor, filters))
    if not candidates:
        return None
    chosen = candidates[lots.choose(actor.id, given, len(candidates))]
    return _begin(session, actor, *chosen, minutes=minutes, turn=turn.number)


def find_open(session: Session, actor: Actor, flag_id: int) -> GoldenReading | None:
    """What this person reads of a golden item under that number at this moment."""
    return session.scalar(_open(), {"user_id": actor.id, "flag_id": flag_id, "at": now()})


@cache
def _open() -> Select[GoldenReading]:
    whose = (
        GoldenReading.user_id == bindparam("user_id", None, BigId),
        GoldenReading.flag_id == bindparam("flag_id", None, BigId),
    )
    running = GoldenReading.held_until > bindparam("at", None, UTCDateTime())
    return select(GoldenReading).where(*whose, GoldenReading.answered_at.is_(None), running)


def blind(row: QueueRow, reading: GoldenReading) -> QueueRow:
    """The row as if nobody had read it yet: a copy beside the session, so that nothing of it is stored."""
    columns = {column.key: getattr(row.flag, column.key) for column in Flag.__table__.columns}
    untouched = {"state": FlagState.OPEN, "first_assessor_id": None, "assessed_at": None, "holder_id": reading.user_id}
    return replace(row, flag=Flag(**(columns | untouched | {"held_until": reading.held_until})))


def trail_of(reading: GoldenReading, events: Sequence[AuditEvent]) -> list[AuditEvent]:
    """What stands in the trail of a flag that was just taken: one's own deeds, and nothing of those who read it before."""
    return [event for event in events if event.actor_id == reading.user_id and event.at >= reading.taken_at]


def answer(session: Session, actor: Actor, reading: GoldenReading, judgement: Judgement) -> GoldenReading:
    """Keep what was said, beside the assessments and not among them."""
    reading.answered_at = now()
    for name in ("outcome", "content_partisan", "person_asn", "attribution_verified", "act", "no_violation_reason", "note"):
        setattr(reading, name, getattr(judgement, name))
    reading.is_right = is_right(reading.label in list_acts(session), judgement)
    session.flush()
    record_event(
        session,
        "emas.jawab",
        actor=actor.username,
        actor_id=actor.id,
        subject=("golden_reading", reading.id),
        detail={"penanda": reading.flag_id, "hasil": judgement.outcome.value, "sejalan": reading.is_right},
    )
    return reading


def extend(session: Session, actor: Actor, flag_id: int, *, minutes: int) -> datetime | None:
    """The heartbeat. None where no golden item is read under that number."""
    reading = find_open(session, actor, flag_id)
    if reading is None:
        return None
    reading.held_until = now() + timedelta(minutes=minutes)
    record(session, actor, "penanda.perpanjang", reading.flag_id)
    return reading.held_until


def give_back(session: Session, actor: Actor, flag_id: int) -> bool:
    """End a reading without an answer; it is not counted, and not given again."""
    given_back = update(GoldenReading).where(GoldenReading.user_id == actor.id, GoldenReading.flag_id == flag_id)
    given_back = given_back.where(GoldenReading.answered_at.is_(None), GoldenReading.held_until > now())
    reading_id = session.scalar(given_back.values(held_until=now()).returning(GoldenReading.id))
    if reading_id is None:
        return False
    record_event(
        session,
        "emas.lepas",
        actor=actor.username,
        actor_id=actor.id,
        subject=("golden_reading", reading_id),
        detail={"penanda": flag_id},
    )
    return True


def is_right(is_act: bool, judgement: Judgement) -> bool | None:
    """Whether an answer tells act from look-alike as the label does. Which act it names is told, and not counted."""
    said = _says_act(judgement)
    return None if said is None else said == is_act


def tell(session: Session, actor: Actor, language: Language, reading_id: str) -> str:
    """The sentence that tells a person how their answer stands to the label; empty for what is not theirs."""
    is_number = reading_id.isascii() and reading_id.isdigit() and len(reading_id) <= LONGEST_ID
    reading = session.get(GoldenReading, int(reading_id)) if is_number else None
    if reading is None or reading.user_id != actor.id or reading.answered_at is None:
        return ""
    verdict = {True: "sejalan", False: "beda", None: "tanpa"}[reading.is_right]
    return language(f"emas.{verdict}", label=language.label(reading.label))


def _says_act(judgement: Judgement) -> bool | None:
    """Old news shows an act, only not a new one: that answer says neither."""
    if judgement.outcome is Outcome.INDICATION:
        return True
    if judgement.outcome is Outcome.NO_VIOLATION:
        return None if judgement.no_violation_reason is NoViolationReason.OLD else False
    answers = {judgement.content_partisan, judgement.person_asn}
    if Answer.NO in answers:
        return False
    return True if answers == {Answer.YES} else None


def _find_longest_waiting(session: Session, actor: Actor, filters: QueueFilter) -> Flag | None:
    waiting = select(Flag).where(unfinished(), claims.is_for(actor), *narrowed(session, filters))
    return session.scalar(waiting.order_by(Flag.created_at, Flag.id).limit(1))


def _list_candidates(session: Session, actor: Actor, filters: QueueFilter, oldest: Flag | None) -> Sequence[tuple[int, int, str]]:
    """Finished flags of golden texts that this person may read and has never read or chosen, as the filter asks.

    The nearest to the longest waiting flag in number, older or newer: in a queue that is worked off, everything that was
    ever finished is older than what waits, and an older one might as well have come back from somebody's hands. An empty
    queue gives nothing back.
    """
    if oldest is None:
        return []
    version = GoldenItem.item_version_id
    known = exists().where(Assessment.item_version_id == version, Assessment.user_id == actor.id)
    shown = exists().where(GoldenReading.item_version_id == version, GoldenReading.user_id == actor.id)
    query = (
        select(func.max(Flag.id), version, GoldenItem.label)
        .join(Flag, Flag.item_version_id == version)
        .where(Flag.state == FlagState.ASSESSED, within(Flag.region_code, actor.areas(Permission.ASSESS)))
        .where(GoldenItem.added_by != actor.username, ~known, ~shown, *narrowed(session, filters))
        .group_by(GoldenItem.id, version, GoldenItem.label)
    )
    nearest = query.order_by(func.abs(func.max(Flag.id) - oldest.id), GoldenItem.id.desc()).limit(NEAREST)
    return [(row[0], row[1], row[2]) for row in session.execute(nearest)]


def _begin(session: Session, actor: Actor, flag_id: int, version_id: int, label: str, *, minutes: int, turn: int) -> int | None:
    """The trail says "took", as of any flag: that it was a golden item stands in the event of the answer."""
    at = now()
    values = {"user_id": actor.id, "item_version_id": version_id, "flag_id": flag_id, "label": label, "taken_at": at}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(GoldenReading).values(**values, held_until=at + timedelta(minutes=minutes), note="")
    if session.scalar(insert.on_conflict_do_nothing().returning(GoldenReading.id)) is None:
        return None
    record(session, actor, "penanda.ambil", flag_id, detail={"giliran": turn})
    return flag_id

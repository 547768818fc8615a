"""What one does with a flag besides assessing it: hold it for days, hand it over, skip it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Flag, FlagSkip, LeaseEnd, Permission, User, now
from models.legal.deadline import local_day
from models.reference import timezone_of
from service.accounts.actor import Actor, reaches
from service.accounts.service import load_actor
from service.errors import InvalidInput, NotFound, TooManyKept
from service.review import claims
from service.review.service import get_flag, record, why_not_held

LONGEST_REASON = 500
LONGEST_HAND_NOTE = 2000
MOST_DAYS = 7


def keep(session: Session, actor: Actor, flag_id: int, *, until_on: date, reason: str) -> datetime:
    """Hold a flag to the end of a day, for a reason that others can read."""
    flag = get_flag(session, actor, flag_id)
    until = _end_of(until_on, flag.region_code)
    today = local_day(now(), flag.region_code)
    if not today <= until_on <= latest_day(flag):
        raise InvalidInput("tahan_hari")
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidInput("tahan_alasan")
    if not claims.keep(session, actor, flag_id, until=until, reason=reason):
        raise _why_not_kept(session, actor, flag_id)
    record(session, actor, "penanda.tahan", flag_id, detail={"sampai": until_on.isoformat(), "alasan": reason})
    return until


def latest_day(flag: Flag) -> date:
    """The last day to which a flag may be held: a week, but never past the last day of the legal clock."""
    today = local_day(now(), flag.region_code)
    latest = today + timedelta(days=MOST_DAYS)
    return min(latest, flag.due_on) if flag.due_on >= today else latest


def hand_over(session: Session, actor: Actor, flag_id: int, *, username: str, note: str) -> User:
    """Give a flag to a named colleague, who sees it before anything else."""
    flag = get_flag(session, actor, flag_id)
    receiver, user = find_receiver(session, username)
    if len(note) > LONGEST_HAND_NOTE or "\0" in note:
        raise InvalidInput("catatan")
    if receiver.id == actor.id or (flag.first_assessor_id == receiver.id and flag.assessed_at is None):
        raise InvalidInput("penerima")
    if not claims.hand_over(session, actor, flag_id, receiver, note=note):
        raise _why_not_handed(session, actor, receiver, flag_id)
    claims.end_lease(session, flag_id, LeaseEnd.HANDED)
    claims.start_lease(session, flag_id, receiver.id)
    record(session, actor, "penanda.serahkan", flag_id, detail={"penerima": receiver.id, "catatan": bool(note)})
    return user


def find_receiver(session: Session, username: str) -> tuple[Actor, User]:
    """A person who may be handed something; the same refusal whether they are unknown, gone, or without the right."""
    user = session.scalar(select(User).where(User.username == username, User.is_active))
    receiver = load_actor(session, user) if user else None
    if user is None or receiver is None or not receiver.may(Permission.ASSESS):
        raise InvalidInput("penerima")
    return receiver, user


def skip(session: Session, actor: Actor, flag_id: int, *, reason: str = "") -> None:
    """Never be given this flag again by "take next"; what one holds goes back to the queue."""
    get_flag(session, actor, flag_id)
    if len(reason) > LONGEST_REASON or "\0" in reason:
        raise InvalidInput("lewati_alasan")
    if claims.release(session, actor, flag_id):
        claims.end_lease(session, flag_id, LeaseEnd.RELEASED)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"user_id": actor.id, "flag_id": flag_id, "reason": reason, "created_at": now()}
    session.execute(dialect.insert(FlagSkip).values(values).on_conflict_do_nothing())
    record(session, actor, "penanda.lewati", flag_id, detail={"alasan": reason})


def unskip(session: Session, actor: Actor, flag_id: int) -> None:
    get_flag(session, actor, flag_id)
    gone = delete(FlagSkip).where(FlagSkip.user_id == actor.id, FlagSkip.flag_id == flag_id).returning(FlagSkip.flag_id)
    if session.scalar(gone) is None:
        raise NotFound
    record(session, actor, "penanda.batal_lewati", flag_id)


def has_skipped(session: Session, actor: Actor, flag_id: int) -> bool:
    return session.get(FlagSkip, (actor.id, flag_id)) is not None


def _end_of(day: date, region_code: str | None) -> datetime:
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(timezone_of(region_code))).astimezone(UTC)


def _why_not_kept(session: Session, actor: Actor, flag_id: int) -> Exception:
    flag = get_flag(session, actor, flag_id)
    is_mine = flag.holder_id == actor.id and flag.held_until is not None and flag.held_until > now()
    return TooManyKept(most=claims.MOST_KEPT) if is_mine else why_not_held(session, actor, flag_id)


def _why_not_handed(session: Session, actor: Actor, receiver: Actor, flag_id: int) -> Exception:
    flag = get_flag(session, actor, flag_id)
    is_mine = flag.holder_id == actor.id and flag.held_until is not None and flag.held_until > now()
    if is_mine and not reaches(receiver.areas(Permission.ASSESS), flag.region_code, office=flag.office):
        return InvalidInput("penerima")
    return InvalidInput("penerima_penuh") if is_mine else why_not_held(session, actor, flag_id)

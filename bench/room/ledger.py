"""The account of bench.room.killed: what claimants were told, held against what the database says."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, select

from bench.room.claimant import Broken, Heard
from bench.room.killing import Kill
from models import AuditEvent, Flag, Lease, now

TAKEN = "penanda.ambil"
ROWS = 10_000
RUNNING = Lease.ended_at.is_(None)


@dataclass
class Ledger:
    told: int = 0
    doubles: int = 0
    """Flags that were told more than once."""
    lost: int = 0
    """Told, and whoever was told does not hold it."""
    untold: int = 0
    """Claims that the database knows alone."""
    unexplained: int = 0
    """Of these, the ones without a request of the same person that was under way at a kill."""
    under_way: int = 0
    """Requests that a kill broke."""
    strays: int = 0
    """Requests that broke without a kill."""
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """What has to be one and the same number: one for each claim."""
    left: int = 0

    @property
    def claims(self) -> int:
        return self.told + self.untold

    def faults(self, wanted: int) -> Iterator[str]:
        """`wanted` claims, or else everything."""
        for name in ("doubles", "lost", "unexplained", "strays"):
            if count := getattr(self, name):
                yield f"{name}: {count:,}"
        for name, count in self.counts.items():
            if count != self.claims:
                yield f"{name}: {count:,} for {self.claims:,} claims"
        if self.left and self.claims < wanted:
            yield f"left, though nobody found them: {self.left:,}"


def settle(engine: Engine, heard: Sequence[Heard], kills: Sequence[Kill], *, lease_minutes: int) -> Ledger:
    holders = dict(pair for own in heard for pair in zip(own.flags, own.holders, strict=True))
    ledger = Ledger(told=sum(len(own.flags) for own in heard))
    ledger.doubles = ledger.told - len(holders)
    broken = [one for own in heard for one in own.broken]
    under_way = [one for one in broken if any(_was_under_way(one, kill) for kill in kills)]
    ledger.under_way = len(under_way)
    ledger.strays = sum(not any(_was_cut(one, kill) for kill in kills) for one in broken)
    with engine.connect() as connection:
        untold = list(_compare(connection, holders))
        ledger.lost, ledger.untold = len(holders), len(untold)
        ledger.unexplained = _count_unexplained(untold, under_way)
        ledger.counts = {name: connection.scalar(query) or 0 for name, query in _questions(lease_minutes).items()}
        ledger.left = connection.scalar(_count(Flag, Flag.holder_id.is_(None))) or 0
    return ledger


def _compare(connection: Connection, holders: dict[int, int]) -> Iterator[tuple[int, float]]:
    """Takes out what is held by whoever was told. Yields each claim that nobody was told of: whose it is, and its moment."""
    leases = select(Lease.flag_id, Lease.user_id, Lease.taken_at).where(RUNNING)
    for flag_id, user_id, taken_at in connection.execute(leases.execution_options(yield_per=ROWS)):
        if holders.get(flag_id) == user_id:
            del holders[flag_id]
        else:
            yield user_id, taken_at.timestamp()


def _count_unexplained(untold: Sequence[tuple[int, float]], broken: Sequence[Broken]) -> int:
    """Each request explains one claim of its person, which was written while it was under way."""
    by_person, count = defaultdict[int, list[Broken]](list), 0
    for one in broken:
        by_person[one.user_id].append(one)
    for user_id, taken_at in untold:
        fitting = next((one for one in by_person[user_id] if one.asked_at <= taken_at <= one.broke_at), None)
        if fitting:
            by_person[user_id].remove(fitting)
        else:
            count += 1
    return count


def _was_under_way(request: Broken, kill: Kill) -> bool:
    """Sent before the server was dead, and not answered when it was struck."""
    return request.port == kill.port and request.asked_at <= kill.dead_at and request.broke_at >= kill.struck_at


def _was_cut(request: Broken, kill: Kill) -> bool:
    """What was sent to a dead server too: an open connection shows that only then."""
    return request.port == kill.port and request.asked_at <= kill.back_at and request.broke_at >= kill.struck_at


def _questions(lease_minutes: int) -> dict[str, Select[Any]]:
    at = now()
    own = and_(RUNNING, Lease.flag_id == Flag.id, Lease.user_id == Flag.holder_id)
    in_time = and_(Flag.held_until > at, Flag.held_until <= at + timedelta(minutes=lease_minutes))
    event = AuditEvent.action == TAKEN
    of_lease = and_(RUNNING, Lease.flag_id == AuditEvent.subject_id, Lease.user_id == AuditEvent.actor_id)
    return {
        "flags that somebody holds": _count(Flag, Flag.holder_id.is_not(None)),
        "leases, of whatever state": _count(Lease),
        "flags held by one running lease, in its time": _count(Flag, in_time).join(Lease, own),
        "events of a claim": _count(AuditEvent, event),
        "events of a running lease": _count(AuditEvent).join(
            Lease, and_(of_lease, RUNNING, AuditEvent.actor_id == Lease.user_id)
        ),
    }


def _count(table: type[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).select_from(table).where(*conditions)

"""The date decides the law: what an act would be on one day."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Date, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from models.law import Election, ElectionPhase, RuleSet, ViolationType, When
from models.legal.deadline import find_election, find_phase, part_of


@dataclass(frozen=True)
class LawOfDay:
    """What holds on a day."""

    day: date
    election: Election | None
    phase: ElectionPhase | None
    part: When | None
    """Before or after the candidates were fixed; None outside any election."""
    violations: dict[str, ViolationType]
    """Act → violation type. Outside any election only those that always hold, such as membership of a party."""


def read_law(session: Session, day: date) -> LawOfDay:
    election = find_election(session, day)
    if election is None:
        return LawOfDay(day, None, None, None, _violations(session, day, None))
    part = part_of(election, day)
    return LawOfDay(day, election, find_phase(session, election, day), part, _violations(session, day, part))


def _violations(session: Session, day: date, part: When | None) -> dict[str, ViolationType]:
    # Later rows win: the newest rule set, and the exact part of the election before "any".
    return {violation.act: violation for violation in session.scalars(_holding(part), {"day": day})}


@cache
def _holding(part: When | None) -> Select[ViolationType]:
    day = bindparam("day", None, Date)
    parts = [When.ANY] if part is None else [part, When.ANY]
    return (
        select(ViolationType)
        .join(RuleSet, RuleSet.id == ViolationType.rule_set_id)
        .where(
            RuleSet.valid_from_on <= day,
            or_(RuleSet.valid_to_on.is_(None), RuleSet.valid_to_on >= day),
            ViolationType.when.in_(parts),
        )
        .order_by(RuleSet.valid_from_on, ViolationType.when != When.ANY, ViolationType.id)
    )

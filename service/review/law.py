"""The date decides the law: which violation types an act can be on the day of a text."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Election, ElectionPhase, Flag, Item, ItemVersion, RuleSet, ViolationType, When
from models.deadline import find_election, find_phase, local_day, part_of


@dataclass(frozen=True)
class LawOfDay:
    """What holds on the day of a text."""

    day: date
    election: Election | None
    phase: ElectionPhase | None
    part: When | None
    """Before or after the candidates were fixed; None outside any election."""
    violations: dict[str, ViolationType]
    """Act → violation type. Outside any election only those that always hold, such as membership of a party."""


def law_of(session: Session, flag: Flag, item: Item, version: ItemVersion) -> LawOfDay:
    """The day is that of publication; where the page gave none, the day on which we first saw it."""
    day = local_day(version.published_at or item.first_seen_at, flag.region_code)
    election = find_election(session, day)
    if election is None:
        return LawOfDay(day, None, None, None, _violations(session, day, None))
    part = part_of(election, day)
    return LawOfDay(day, election, find_phase(session, election, day), part, _violations(session, day, part))


def list_acts(session: Session) -> list[str]:
    """Every act that any rule set names."""
    return list(session.scalars(select(ViolationType.act).distinct().order_by(ViolationType.act)))


def _violations(session: Session, day: date, part: When | None) -> dict[str, ViolationType]:
    parts = [When.ANY] if part is None else [part, When.ANY]
    query = (
        select(ViolationType)
        .join(RuleSet, RuleSet.id == ViolationType.rule_set_id)
        .where(
            RuleSet.valid_from_on <= day,
            or_(RuleSet.valid_to_on.is_(None), RuleSet.valid_to_on >= day),
            ViolationType.when.in_(parts),
        )
        .order_by(RuleSet.valid_from_on, ViolationType.when != When.ANY, ViolationType.id)
    )
    # Later rows win: the newest rule set, and the exact part of the election before "any".
    return {violation.act: violation for violation in session.scalars(query)}

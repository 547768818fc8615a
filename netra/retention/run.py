"""One pass over all rules: counted first or carried out, in transactions of a few hundred rows, each with its event."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from models import record_event
from netra.retention.burying import Refusal, bury
from netra.retention.rules import Rule
from netra.retention.steps import STEPS, count_due, take_batch

BATCH = 200


@dataclass
class Result:
    """What went by rule, how many copies lost their bytes, and which files were left."""

    by_rule: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    buried: int = 0
    refusals: list[Refusal] = field(default_factory=list[Refusal])

    @property
    def has_changed(self) -> bool:
        return bool(self.buried) or any(sum(counts.values()) for counts in self.by_rule.values())


def plan(session: Session, rules: Sequence[Rule], at: datetime) -> dict[str, int]:
    """How many rows each rule would touch now. Rules build on one another: what one frees, a later one may find."""
    return {rule.slug: count_due(session, rule, at) if rule.days else 0 for rule in rules}


def run(
    sessions: sessionmaker[Session],
    folder: Path,
    rules: Sequence[Rule],
    at: datetime,
    actor: str,
    *,
    on_rule: Callable[[Rule], None] = lambda _: None,
    on_step: Callable[[int], None] = lambda _: None,
    must_stop: Callable[[], bool] = lambda: False,
) -> Result:
    """Carry the rules out, then overwrite the bytes of what they marked. Killed anywhere, the next run goes on from there."""
    result = Result()
    for rule in rules:
        if not rule.days:
            continue
        on_rule(rule)
        result.by_rule[rule.slug] = _carry_out(sessions, rule, at, actor, on_step, must_stop)
    if must_stop():
        return result
    for outcome in bury(sessions, folder, actor, on_step=on_step):
        if isinstance(outcome, Refusal):
            result.refusals.append(outcome)
        else:
            result.buried += outcome
        if must_stop():
            break
    return result


def _carry_out(
    sessions: sessionmaker[Session],
    rule: Rule,
    at: datetime,
    actor: str,
    on_step: Callable[[int], None],
    must_stop: Callable[[], bool],
) -> Counter[str]:
    total, after = Counter[str](), 0
    while not must_stop():
        with sessions.begin() as session:
            last, ids = take_batch(session, rule, at, after=after, size=BATCH)
            if last == after:
                break
            if ids:
                done = STEPS[rule.touches].erase(session, ids, rule, at)
                detail = {"aturan": rule.slug, "hari": rule.days, "jumlah": len(ids), **done}
                record_event(session, "retensi.hapus", actor=actor, subject=("retention", None), detail=detail)
                total += done
        after = last
        on_step(len(ids))
    return total

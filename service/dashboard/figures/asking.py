"""What every figure is asked with."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Measure, Outcome
from service.dashboard import repository
from service.dashboard.choices import Choice
from service.dashboard.repository import EVERY, UNFINISHED, Scope
from service.dashboard.tables import Column

CLEAR = (Outcome.INDICATION.value, Outcome.NO_VIOLATION.value)
"""Decisions that answer the question whether there are signs; the others leave it open."""
GROUP_COLUMNS = (Column("flags"), Column("unfinished"), Column("indications"), Column("no_violation"))


@dataclass(frozen=True)
class Question:
    session: Session
    scope: Scope
    choice: Choice
    today: date

    def sums(
        self,
        measure: Measure,
        columns: Sequence[InstrumentedAttribute[Any]],
        *,
        scope: Scope | None = None,
        act: str | None = "",
        outcomes: Sequence[str] = EVERY,
    ) -> list[tuple[Any, ...]]:
        """Of the period."""
        return repository.sum_by(
            self.session,
            self.scope if scope is None else scope,
            measure,
            columns,
            first=self.choice.first,
            last=self.choice.ends_on,
            act=act,
            outcomes=outcomes,
        )


@dataclass
class Group:
    """Flags that have something in common, by what became of them."""

    flags: int = 0
    unfinished: int = 0
    indications: int = 0
    no_violation: int = 0

    @property
    def decided(self) -> int:
        """With a clear answer."""
        return self.indications + self.no_violation

    def cells(self) -> tuple[int, int, int, int]:
        return self.flags, self.unfinished, self.indications, self.no_violation

    def __add__(self, other: "Group") -> "Group":
        return Group(*(one + two for one, two in zip(self.cells(), other.cells(), strict=True)))


def gather(rows: Iterable[tuple[Any, ...]]) -> dict[Any, Group]:
    """Key → group, from rows of key, outcome and count."""
    counts = dict[Any, Counter[str]]()
    for key, outcome, count in rows:
        counts.setdefault(key, Counter())[outcome] += count
    return {key: group_of(count) for key, count in counts.items()}


def group_of(counts: Counter[str]) -> Group:
    return Group(counts.total(), sum(counts[one] for one in UNFINISHED), counts[CLEAR[0]], counts[CLEAR[1]])

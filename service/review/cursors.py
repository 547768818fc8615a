"""Where a page of the queue ended, and in which order of the queue: a walk shows each flag once, whatever moves meanwhile."""

import math
from dataclasses import dataclass
from typing import Self

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from models import Flag
from service.errors import InvalidInput


@dataclass(frozen=True)
class Cursor:
    """Keyset, not OFFSET: page 1,000 costs what page 1 costs."""

    priority: float
    id: int
    generation: int = 0
    """The order of the queue in which the walk began."""

    def __str__(self) -> str:
        return f"{self.priority!r}_{self.id}_{self.generation}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        if not text:
            return None
        priority, _, rest = text.partition("_")
        flag_id, _, generation = rest.partition("_")
        try:
            cursor = cls(float(priority), int(flag_id), int(generation or 0))
        except ValueError as error:
            raise InvalidInput("kursor") from error
        if not math.isfinite(cursor.priority) or max(abs(cursor.id), abs(cursor.generation)) >= 2**63:
            raise InvalidInput("kursor")
        return cursor

    def after(self, place: InstrumentedAttribute[float] | InstrumentedAttribute[float | None]) -> ColumnElement[bool]:
        """What comes after the cursor where flags are ordered by `place`."""
        return and_(place <= self.priority, or_(place < self.priority, Flag.id > self.id))

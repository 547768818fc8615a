"""Versions of changes: the number of an event in the trail, and above it how often the house was restored before.

A restored trail counts on from where the backup ended, so the numbers behind that come twice, with other events. The restore
is an event itself; counting it keeps every version above all that were ever given, and no cursor points behind what is new.
"""

from bisect import bisect_right
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent

RESTORED = "cadangan.pulihkan"
APART = 10**12
"""More than any trail has events; what JavaScript can count holds thousands of restores."""


@dataclass(frozen=True)
class Numbering:
    restores: tuple[int, ...]
    """The events that tell of one, in order."""

    def version_of(self, event_id: int) -> int:
        """
        >>> Numbering((4701,)).version_of(4700), Numbering((4701,)).version_of(4702)
        (4700, 1000000004702)
        """
        return event_id + APART * bisect_right(self.restores, event_id)

    def first_event(self, version: int) -> int:
        """The first event that has this version or a later one, if there is any.

        >>> Numbering((4701,)).first_event(5000), Numbering(()).first_event(5000)
        (4701, 5000)
        """
        count, event_id = divmod(version, APART)
        if count > len(self.restores):
            return version
        since, until = (0, *self.restores)[count], self.restores[count : count + 1]
        return min([max(event_id, since), *until])


def read_numbering(session: Session) -> Numbering:
    query = select(AuditEvent.id).where(AuditEvent.subject_type == "backup", AuditEvent.action == RESTORED)
    return Numbering(tuple(session.scalars(query.order_by(AuditEvent.id))))

"""Checking what lies here against the signatures of the houses that it came from."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Origin, ReceivedCase
from service.interchange.desk import is_whole

AT_ONCE = 200


@dataclass
class Verified:
    checked: int = 0
    broken: list[str] = field(default_factory=list[str])
    """House and case there, of each that is not what was signed."""


def verify_received(session: Session, *, on_case: Callable[[], object]) -> Verified:
    found = Verified()
    query = select(ReceivedCase, Origin).join(Origin, Origin.id == ReceivedCase.origin_id).order_by(ReceivedCase.id)
    for received, origin in session.execute(query.execution_options(yield_per=AT_ONCE)).tuples():
        found.checked += 1
        if not is_whole(received, origin):
            found.broken.append(f"{origin.name}, case {received.remote_id}")
        on_case()
    return found

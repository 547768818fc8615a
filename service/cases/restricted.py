"""Cases that lie still because their person asked for that: nothing is sent on, taken in or taken apart."""

from sqlalchemy.orm import Session

from models import Case
from service.corrections.notes import is_any_restricted
from service.errors import Restricted
from service.interchange.sharing import find_parts


def is_restricted(session: Session, *case_ids: int) -> bool:
    """Whether one of them, or anything that was taken into it, lies still."""
    parts = find_parts(session, case_ids)
    return is_any_restricted(session, [case_id for ids in parts.values() for case_id in ids])


def refuse_restricted(session: Session, *cases: Case) -> None:
    """For cases that are locked: a restriction waits for the lock, so that none begins in between."""
    if is_restricted(session, *(case.id for case in cases)):
        raise Restricted

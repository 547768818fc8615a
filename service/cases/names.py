"""Opening the name of the person concerned: a reason, and a row in the trail that says who read it and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import Case, Permission
from service.accounts.actor import Actor
from service.cases import repository
from service.cases.rights import may_open_names
from service.cases.service import record
from service.errors import Forbidden, NotFound


@dataclass(frozen=True)
class OpenedName:
    name: str
    number: str


def open_name(session: Session, actor: Actor, case_id: int, reason: str) -> OpenedName:
    case = repository.get_case(session, actor, case_id, Permission.OPEN_NAMES)
    if case is None:
        raise NotFound
    record(session, actor, "perkara.buka_nama", case, {"alasan": reason})
    return OpenedName(case.subject_name, case.subject_number)


def refuse_without_right(actor: Actor, case: Case, parts: Sequence[Case]) -> None:
    if not may_open_names(actor, case, parts):
        raise Forbidden

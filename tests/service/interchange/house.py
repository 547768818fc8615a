"""Two houses that exchange cases, and what tests of both sides do with them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Agency,
    AgencyTask,
    Case,
    CaseReferral,
    CaseStatus,
    ExternalStatus,
    Permission,
    User,
)
from service.accounts.actor import Actor
from service.cases.mirroring import enter_status
from service.cases.schemas import CaseEdit, NewCase, StatusEntry
from service.cases.service import edit, open_case, record
from service.interchange import giving
from service.interchange.receiving import get_origin, take_page
from service.interchange.schemas import ChangeList
from service.interchange.signing import House, envelope_of, hash_of
from service.sealing import Keys
from tests.factories import make_flag, make_item

SCHEMA = Path(__file__).parent.parent.parent.parent / "docs" / "interchange.schema.json"
A, B = House(Keys(b"a"), "Rumah A"), House(Keys(b"b"), "Rumah B")
DAY = date(2026, 9, 1)
ALL = frozenset((permission, None) for permission in Permission)


def actor_of(user: User) -> Actor:
    return Actor(user.id, user.username, user.name, ALL, assesses=True)


def make_case(session: Session, actor: Actor, *, region_code: str = "33.24", is_referred: bool = True, **item: Any) -> Case:
    flag = make_flag(session, make_item(session, region_code=region_code, **item))
    new = NewCase(flag_ids=[flag.id], title="Camat mengajak memilih", office="camat", agency="Kecamatan Wanasari")
    case = open_case(session, actor, new)
    if is_referred:
        refer(session, actor, case)
    return case


def refer(session: Session, actor: Actor, case: Case) -> CaseStatus:
    agency = session.scalars(select(Agency).where(Agency.task == AgencyTask.OVERSEES_NEUTRALITY)).first()
    status = CaseStatus(case_id=case.id, status=ExternalStatus.REFERRED, on_day=DAY, user_id=actor.id, document_number="1/A")
    session.add(status)
    session.flush()
    assert agency is not None
    values = {"agency_id": agency.id, "status_id": status.id, "dossier_sha256": "0" * 64, "user_id": actor.id}
    session.add(CaseReferral(case_id=case.id, **values))
    record(session, actor, "perkara.teruskan", case, {})
    return status


def pull(session: Session, actor: Actor, after: str = "") -> ChangeList:
    """A page; whatever is asked here fits the published schema."""
    page = giving.list_changes(session, actor, A, after)
    jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(json.loads(page.model_dump_json()))
    return page


def as_json(page: ChangeList) -> list[Any]:
    return json.loads(page.model_dump_json())["changes"]


def take(session: Session, page: ChangeList, changes: list[Any] | None = None) -> Any:
    origin = get_origin(session, page.origin, "https://a.test", own_key=B.key)
    return take_page(session, origin, as_json(page) if changes is None else changes, page.cursor, own_key=B.key)


def name_subject(session: Session, actor: Actor, case: Case, number: str = "") -> None:
    title, name = "Rina Kartikasari mengajak", "Rina Kartikasari"
    edit(session, actor, case.id, CaseEdit(title=title, agency=case.agency, subject_name=name, subject_number=number))


def take_back(session: Session, actor: Actor, case: Case, status: ExternalStatus) -> None:
    row = session.scalars(select(CaseStatus).where(CaseStatus.case_id == case.id, CaseStatus.status == status)).one()
    enter_status(session, actor, case.id, StatusEntry(status=status, on_day=DAY, corrects_id=row.id, is_withdrawal=True))


def reader_of(actor: Actor, *places: Any, opens_names: bool = False) -> Actor:
    granted = {(Permission.READ_INTERCHANGE, place) for place in places or (None,)}
    names = {(Permission.OPEN_NAMES, place) for place in places or (None,)} if opens_names else set[Any]()
    return replace(actor, grants=frozenset(granted | names), token="tarik")


def _without_signature(change: dict[str, Any]) -> None:
    change["signature"] = "A" * 86


def _other_content(change: dict[str, Any]) -> None:
    change["document"]["title"] = "Lain"


def _later(change: dict[str, Any]) -> None:
    change["version"] += 1


def _tombstone(change: dict[str, Any]) -> None:
    change["is_withdrawn"] = True


def _no_number(change: dict[str, Any]) -> None:
    change["id"] = -1


def _huge(change: dict[str, Any]) -> None:
    change["document"]["statuses"] *= 600


def _nul(change: dict[str, Any]) -> None:
    change["document"]["title"] = "\0"
    _sign_again(change)


def _half_a_letter(change: dict[str, Any]) -> None:
    change["document"]["lain"] = "\ud800"


def _sign_again(change: dict[str, Any]) -> None:
    change["document_sha256"] = hash_of(change["document"])
    change["signature"] = A.sign(envelope_of(change))


SPOILED = [_without_signature, _other_content, _later, _tombstone, _no_number, _huge, _nul, _half_a_letter]

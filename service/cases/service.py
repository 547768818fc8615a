"""Open a case, say whom it concerns, add and remove leads. Every change ends with its event in the trail."""

from typing import Any

from sqlalchemy.orm import Session

from models import Case, CaseLead, Flag, Permission, Region, now, record_event
from models.legal.deadline import local_day
from service.accounts.actor import Actor, reaches
from service.cases import repository
from service.cases.derived import derive
from service.cases.forgetting import CLOSED, SECRETS, SHOWN_MASKED, forget
from service.cases.privacy import masker_of
from service.cases.restricted import refuse_restricted
from service.cases.schemas import CaseEdit, DatedEntry, NewCase
from service.errors import CaseMerged, FlagInCase, Forbidden, InvalidInput, NotFound
from service.review.law import list_acts


def open_case(session: Session, actor: Actor, new: NewCase) -> Case:
    """A case from one flag or several, in the region that the person chose, else in that of the first flag."""
    flags = [_flag_to_add(session, actor, flag_id) for flag_id in dict.fromkeys(new.flag_ids)]
    region_code = new.region_code or flags[0].region_code
    if region_code and session.get(Region, region_code) is None:
        raise InvalidInput("wilayah")
    case = Case(
        title=new.title,
        region_code=region_code,
        office=new.office,
        agency=new.agency,
        agency_key=agency_key(new.agency),
        act=next((flag.act for flag in flags if flag.act), None),
        discovered_at=min(flag.discovered_at for flag in flags),
        opened_by_id=actor.id,
    )
    refuse_beyond(actor, case)
    session.add(case)
    session.flush()
    for flag in flags:
        _put(session, actor, case, flag)
    derive(session, case)
    record(session, actor, "perkara.buka", case, {"penanda": [flag.id for flag in flags]})
    return case


def edit(session: Session, actor: Actor, case_id: int, new: CaseEdit) -> Case:
    """The trail names which fields changed; of name and number never what they say."""
    case = get_for_change(session, actor, case_id)
    if new.act and new.act not in list_acts(session):
        raise InvalidInput("perbuatan")
    if new.happened_on:
        refuse_future(case, new.happened_on)
    values = new.model_dump(exclude={*SECRETS, "forgets_name"})
    values["agency_key"] = agency_key(new.agency)
    mask = masker_of(case)
    for name in SHOWN_MASKED:  # What comes back from the form as it was shown was not changed.
        if values[name] == mask(getattr(case, name)):
            values[name] = getattr(case, name)
    if not reaches(actor.areas(Permission.MANAGE_CASES), case.region_code, agency_key=values["agency_key"]):
        raise Forbidden  # Who works for one agency does not give its case to another.
    before = {name: getattr(case, name) for name in (*values, *SECRETS)}
    for name, value in values.items():
        setattr(case, name, value)
    closed = _rename(session, case, new)
    derive(session, case)
    changed = {name for name, value in before.items() if getattr(case, name) != value}
    record(session, actor, "perkara.ubah", case, {"isian": sorted(changed - {"agency_key"})} | closed)
    return case


def _rename(session: Session, case: Case, new: CaseEdit) -> dict[str, Any]:
    """What the event says of rows that bear the old name or number; nothing where there was none or it stays."""
    old = {secret: getattr(case, secret) for secret in SECRETS}
    given = {secret: "" if new.forgets_name else getattr(new, secret) or old[secret] for secret in SECRETS}
    if all(old[secret] in ("", given[secret]) for secret in SECRETS):
        case.subject_name, case.subject_number = given["subject_name"], given["subject_number"]
        return {}
    return {CLOSED: forget(session, case, name=given["subject_name"], number=given["subject_number"])}


def add_lead(session: Session, actor: Actor, case_id: int, flag_id: int) -> Case:
    case = get_for_change(session, actor, case_id)
    refuse_restricted(session, case)
    flag = _flag_to_add(session, actor, flag_id)
    _put(session, actor, case, flag)
    case.discovered_at = min(case.discovered_at, flag.discovered_at)
    derive(session, case)
    record(session, actor, "perkara.tambah_penanda", case, {"penanda": flag_id})
    return case


def remove_lead(session: Session, actor: Actor, case_id: int, flag_id: int, reason: str) -> Case:
    """The row stays, with its reason. The clocks keep the first day on which anything was seen."""
    case = get_for_change(session, actor, case_id)
    lead = repository.get_running_lead(session, flag_id)
    if lead is None or lead.case_id != case_id:
        raise NotFound
    refuse_restricted(session, case)
    end_lead(lead, actor, reason)
    derive(session, case)
    record(session, actor, "perkara.lepas_penanda", case, {"penanda": flag_id, "alasan": reason})
    return case


def get_for_change(
    session: Session, actor: Actor, case_id: int, permission: Permission = Permission.MANAGE_CASES, *, merged: bool = False
) -> Case:
    """A case that the person may change, locked; one that was taken into another changes no more."""
    case = repository.get_case(session, actor, case_id, permission, locks=True)
    if case is None:
        raise NotFound
    if case.merged_into_id and not merged:
        raise CaseMerged(id=case.merged_into_id)
    return case


def end_lead(lead: CaseLead, actor: Actor, reason: str) -> None:
    lead.removed_at, lead.removed_by_id, lead.removal_reason = now(), actor.id, reason


def refuse_beyond(actor: Actor, case: Case) -> None:
    """Nobody opens a case that they could not see then."""
    if not reaches(actor.areas(Permission.MANAGE_CASES), case.region_code, agency_key=case.agency_key):
        raise NotFound


def refuse_other_branch(case: Case, region_code: str | None) -> None:
    """A lead lies in the region of its case, in one around it or in one within it: a case has one jurisdiction."""
    codes = (case.region_code, region_code)
    if None in codes:
        return
    if not any(reaches(frozenset({one}), other) for one, other in (codes, codes[::-1]) if one):
        raise InvalidInput("wilayah_lain")


def refuse_future(case: Case, *days: Any) -> None:
    """What institutions did is entered when it has happened."""
    if any(day > local_day(now(), case.region_code) for day in days):
        raise InvalidInput("hari_depan")


def agency_key(agency: str) -> str:
    return " ".join(agency.lower().split())[:200]


def entry_values(entry: DatedEntry) -> dict[str, Any]:
    """The fields that every dated entry has."""
    return {"on_day": entry.on_day, "document_number": entry.document_number, "note": entry.note}


def record(session: Session, actor: Actor, action: str, case: Case, detail: dict[str, Any]) -> None:
    """The event of a deed on one case; a machine's token is named in it."""
    detail |= {"token": actor.token} if actor.token else {}
    record_event(session, action, actor=actor.username, actor_id=actor.id, subject=("case", case.id), detail=detail)


def _flag_to_add(session: Session, actor: Actor, flag_id: int) -> Flag:
    flag = repository.get_flag_to_add(session, actor, flag_id)
    if flag is None:
        raise NotFound
    running = repository.get_running_lead(session, flag_id)
    if running is not None:
        raise FlagInCase(flag=flag_id, id=running.case_id)
    return flag


def _put(session: Session, actor: Actor, case: Case, flag: Flag) -> CaseLead:
    refuse_other_branch(case, flag.region_code)
    lead = CaseLead(case_id=case.id, flag_id=flag.id, added_by_id=actor.id)
    session.add(lead)
    session.flush()
    return lead

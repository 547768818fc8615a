"""Entering follow-ups: what was recommended, what the PPK did, which sanction came of it."""

from sqlalchemy.orm import Session

from models import FollowUp
from service.accounts.actor import Actor
from service.cases import repository
from service.cases.derived import derive
from service.cases.mirroring import number_meant, refuse_wrong_correction
from service.cases.parts import home_of, list_part_ids
from service.cases.schemas import FollowUpEntry
from service.cases.service import entry_values, get_for_change, record, refuse_future


def enter_follow_up(session: Session, actor: Actor, case_id: int, entry: FollowUpEntry) -> FollowUp:
    """One step, or one that stands for an older step of the same case or of one that was taken into it."""
    case = get_for_change(session, actor, case_id)
    refuse_future(case, entry.on_day)
    part_ids = list_part_ids(session, case_id)
    rows = repository.list_follow_ups(session, *part_ids)
    refuse_wrong_correction(rows, entry.corrects_id, is_withdrawal=entry.is_withdrawal)
    row = FollowUp(
        case_id=home_of(rows, entry.corrects_id, case_id),
        stage=entry.stage,
        corrects_id=entry.corrects_id,
        is_withdrawal=entry.is_withdrawal,
        user_id=actor.id,
        **entry_values(entry) | {"document_number": number_meant(session, part_ids, rows, entry)},
    )
    session.add(row)
    derive(session, case)
    detail = {"catatan": row.id, "tahap": entry.stage.value, "hari": entry.on_day.isoformat(), "mengoreksi": entry.corrects_id}
    record(session, actor, "tindak_lanjut.catat", case, detail | {"menarik": entry.is_withdrawal})
    return row

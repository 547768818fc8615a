"""The mirror of what institutions did, entered by hand; corrections are rows of their own."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models import CaseStatus
from service.accounts.actor import Actor
from service.cases import repository
from service.cases.derived import derive
from service.cases.entries import Row
from service.cases.forgetting import masker_of_whole
from service.cases.parts import home_of, list_cases_of, list_part_ids
from service.cases.schemas import FollowUpEntry, StatusEntry
from service.cases.service import entry_values, get_for_change, record, refuse_future
from service.errors import AlreadyCorrected, InvalidInput, NotFound


def enter_status(session: Session, actor: Actor, case_id: int, entry: StatusEntry) -> CaseStatus:
    """One entry, or one that stands for an older entry of the same case or of one that was taken into it."""
    case = get_for_change(session, actor, case_id)
    refuse_future(case, entry.on_day)
    part_ids = list_part_ids(session, case_id)
    rows = repository.list_statuses(session, *part_ids)
    refuse_wrong_correction(rows, entry.corrects_id, is_withdrawal=entry.is_withdrawal)
    row = CaseStatus(
        case_id=home_of(rows, entry.corrects_id, case_id),
        status=entry.status,
        corrects_id=entry.corrects_id,
        is_withdrawal=entry.is_withdrawal,
        user_id=actor.id,
        **entry_values(entry) | {"document_number": number_meant(session, part_ids, rows, entry)},
    )
    session.add(row)
    derive(session, case)
    detail = {"catatan": row.id, "keadaan": entry.status.value, "hari": entry.on_day.isoformat(), "mengoreksi": entry.corrects_id}
    record(session, actor, "perkara.keadaan", case, detail | {"menarik": entry.is_withdrawal})
    return row


def refuse_wrong_correction(rows: list[Row], corrects_id: int | None, *, is_withdrawal: bool) -> None:
    """A correction names an entry of this case that nobody corrected yet."""
    if corrects_id is None:
        if is_withdrawal:
            raise InvalidInput("koreksi_apa")
        return
    if corrects_id not in {row.id for row in rows}:
        raise NotFound
    if corrects_id in {row.corrects_id for row in rows}:
        raise AlreadyCorrected


def number_meant(session: Session, part_ids: list[int], rows: Sequence[Row], entry: StatusEntry | FollowUpEntry) -> str:
    """Of a document: a masked number that comes back with a correction as the page showed it stays what it is."""
    corrected = next((row.document_number for row in rows if row.id == entry.corrects_id), "")
    is_shown = masker_of_whole(session, list_cases_of(session, part_ids))(corrected) == entry.document_number
    return corrected if is_shown else entry.document_number

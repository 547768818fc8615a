"""A name that a case no longer bears: texts that can change are written masked, those that cannot are shown no more."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import (
    Assessment,
    AuditEvent,
    Case,
    CaseAnswer,
    CaseLead,
    CaseMerge,
    CaseSplit,
    CaseStatus,
    CorrectionDeed,
    Flag,
    FlagSkip,
    FollowUp,
)
from service.cases.parts import find_wholes, list_cases_of
from service.cases.privacy import MASKED_NUMBER, masker_for, masker_of_all

SECRETS = ("subject_name", "subject_number")
SHOWN_MASKED = ("title", "place", "description", "witnesses")
FIXED: dict[str, InstrumentedAttribute[str]] = {
    "keadaan.catatan": CaseStatus.note,
    "keadaan.nomor": CaseStatus.document_number,
    "tindak_lanjut.catatan": FollowUp.note,
    "tindak_lanjut.nomor": FollowUp.document_number,
    "syarat.catatan": CaseAnswer.note,
    "penilaian.catatan": Assessment.note,
}
"""Texts of rows that refuse every change, as the trail calls them."""
CLOSED = "tertutup"
CLOSED_NOTE = "Ditutup: di sini tertulis nama atau nomor yang sudah dihapus dari perkara ini atau diganti."

Closed = Mapping[int, Mapping[str, str]]
"""By case, the texts that are not to be read, each with what is shown instead."""


def forget(session: Session, case: Case, *, name: str = "", number: str = "") -> dict[str, list[int]]:
    """Take name and number off the case, put these in their place, and hide what they would not hide.

    Texts of the case and of all that are one with it are written masked. Returns the ids of the rows that say
    the old ones and refuse change, by the keys of FIXED, for the event: by it they are known later.
    """
    old, new = masker_for(case.subject_name, case.subject_number), masker_for(name, number)

    def tells(text: str) -> bool:
        return old(new(text)) != new(text)

    case.subject_name, case.subject_number = name, number
    part_ids = find_wholes(session, [case.id])[case.id]
    for part in list_cases_of(session, part_ids):
        for field in SHOWN_MASKED:
            if tells(text := getattr(part, field)):
                setattr(part, field, old(text)[: _room_of(getattr(Case, field))])
    for column, is_about in _written_around(part_ids).items():
        for row in session.scalars(select(column.class_).where(is_about, column != "")):
            if tells(text := getattr(row, column.key)):
                setattr(row, column.key, old(text)[: _room_of(column)])
    said = {key: [row_id for row_id, text in _read(session, column, part_ids) if tells(text)] for key, column in FIXED.items()}
    return {key: ids for key, ids in said.items() if ids}


def masker_of_whole(session: Session, cases: Sequence[Case], *, shows_name: bool = False) -> Callable[[str], str]:
    return masker_closing(cases, read_closed(session, cases), shows_name=shows_name)


def masker_closing(cases: Sequence[Case], closed: Closed, *, shows_name: bool = False) -> Callable[[str], str]:
    """As `masker_of_all`; what says a name that was forgotten is closed even where names are shown."""
    mask = masker_of_all(cases, shows_name=shows_name)
    instead = {text: shown for case in cases for text, shown in closed.get(case.id, {}).items()}
    return lambda text: instead[text] if text in instead else mask(text)


def read_closed(session: Session, cases: Sequence[Case]) -> Closed:
    by_id = {case.id: case for case in cases}
    is_naming = AuditEvent.action.in_(("perkara.ubah", "perkara.lupa_nama"))
    about = (AuditEvent.subject_type == "case", AuditEvent.subject_id.in_(by_id), is_naming)
    columns = (AuditEvent.subject_id, AuditEvent.at, AuditEvent.action, AuditEvent.detail)
    namings = dict[int, list[tuple[datetime, dict[str, Any]]]]()
    for case_id, at, action, detail in session.execute(select(*columns).where(*about).order_by(AuditEvent.id)):
        if action == "perkara.lupa_nama" or set(SECRETS) & set(detail.get("isian", ())):
            namings.setdefault(case_id or 0, []).append((at, detail))
    return {case_id: dict(_say_instead(session, by_id[case_id], found)) for case_id, found in namings.items()}


def _say_instead(session: Session, case: Case, namings: list[tuple[datetime, dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Rows that events name. Older events name none: where no name is left, all that was written before is closed."""
    newest_at, newest = namings[-1]
    closes_all = CLOSED not in newest and not case.subject_name and not case.subject_number
    for key, column in FIXED.items():
        named = {row_id for _, detail in namings for row_id in detail.get(CLOSED, {}).get(key, ())}
        texts = [text for _, text in _read(session, column, [case.id], until=newest_at)] if closes_all else []
        if named:
            texts += session.scalars(select(column).where(column.class_.id.in_(named)))
        yield from ((text, MASKED_NUMBER if key.endswith("nomor") else CLOSED_NOTE) for text in texts)


def _read(
    session: Session, column: InstrumentedAttribute[str], case_ids: Sequence[int], until: datetime | None = None
) -> list[tuple[int, str]]:
    table = column.class_
    is_about = table.flag_id.in_(_flags_of(case_ids)) if table is Assessment else table.case_id.in_(case_ids)
    query = select(table.id, column).where(is_about, column != "")
    rows = session.execute(query if until is None else query.where(table.created_at <= until))
    return [(row[0], row[1]) for row in rows]


def _written_around(case_ids: Sequence[int]) -> dict[InstrumentedAttribute[Any], ColumnElement[bool]]:
    """Texts beside the cases and the texts that lie or lay in them, in rows that can change; each with which rows they are."""
    flags = _flags_of(case_ids)
    items = select(Flag.item_id).where(Flag.id.in_(flags))
    return {
        CorrectionDeed.note: or_(CorrectionDeed.case_id.in_(case_ids), CorrectionDeed.item_id.in_(items)),
        CaseLead.removal_reason: CaseLead.case_id.in_(case_ids),
        CaseMerge.reason: or_(CaseMerge.kept_id.in_(case_ids), CaseMerge.merged_id.in_(case_ids)),
        CaseSplit.reason: or_(CaseSplit.kept_id.in_(case_ids), CaseSplit.new_id.in_(case_ids)),
        Flag.hold_reason: Flag.id.in_(flags),
        Flag.hand_note: Flag.id.in_(flags),
        FlagSkip.reason: FlagSkip.flag_id.in_(flags),
    }


def _flags_of(case_ids: Sequence[int]) -> Select[int]:
    return select(CaseLead.flag_id).where(CaseLead.case_id.in_(case_ids))


def _room_of(column: InstrumentedAttribute[Any]) -> int | None:
    """Characters that it holds: initials of a very short name are longer than it is."""
    return getattr(column.type, "length", None)

"""What institutions did with cases, entry by entry: the mirror of statuses and the follow-ups, corrections among them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import CompoundSelect, Select, String, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from models import Case, CaseStatus, FollowUp, Permission
from models.database import table_of
from service.accounts.actor import Actor
from service.cases.forgetting import Closed, masker_closing, read_closed
from service.cases.parts import find_wholes, list_cases_of
from service.errors import InvalidInput
from service.exports.tables import BATCH, MOST_ROWS, Column, ExportTable, Preview, Reach, Value, local
from service.followup.repository import FunnelFilter, meant, with_parts
from service.review.filters import LONGEST_REGION

STATUS, FOLLOW_UP = "keadaan", "tindak_lanjut"
COLUMNS = (
    Column("perkara", "Id of the case; of an entry of one that was taken into another, its own."),
    Column("wilayah", "Kemendagri code of its region."),
    Column("instansi", "Agency of the person concerned, as people wrote it."),
    Column("jenis", "`keadaan`: the mirror of a status. `tindak_lanjut`: a step of the funnel."),
    Column("entri", "Id of the entry within its kind."),
    Column("isi", "The status or the stage."),
    Column("hari", "Day of the document."),
    Column("nomor_dokumen", "Its number."),
    Column("catatan", "Note; names are initials unless they are opened."),
    Column("mengoreksi", "Id of the entry that this one stands for."),
    Column("menarik", "1 where the corrected entry should not have been written at all, else 0."),
    Column("ditulis", "When it was entered here."),
)


class FollowUpTable(ExportTable):
    slug = "tindak-lanjut"
    permission = Permission.READ_CASES
    page = "/tindak-lanjut"
    columns = COLUMNS

    def preview(self, session: Session, actor: Actor, query: str) -> Preview:
        some = _entries(actor, query).limit(MOST_ROWS + 1).subquery()
        return Preview(session.scalar(select(func.count()).select_from(some)) or 0)

    def rows(self, session: Session, reach: Reach, query: str) -> Iterator[Sequence[Value]]:
        entries = _entries(reach.actor, query).order_by("case_id", "on_day", "kind", "id").limit(MOST_ROWS)
        with session.execute(entries.execution_options(yield_per=BATCH)) as found:
            for batch in found.partitions():
                subjects = _read_subjects(session, {row.case_id for row in batch}, reach)
                yield from (_say(row, subjects[row.case_id]) for row in batch)


@dataclass(frozen=True)
class _Subject:
    """What all entries of a case share."""

    region: str | None
    agency: str
    clean: Callable[[str], str]


def _read_subjects(session: Session, case_ids: Collection[int], reach: Reach) -> dict[int, _Subject]:
    wholes = find_wholes(session, case_ids)
    cases = {case.id: case for case in list_cases_of(session, {one for ids in wholes.values() for one in ids})}
    closed = read_closed(session, list(cases.values()))
    return {one: _subject_of(cases[one], [cases[part] for part in ids], closed, reach) for one, ids in wholes.items()}


def _subject_of(case: Case, whole: list[Case], closed: Closed, reach: Reach) -> _Subject:
    """Names of the whole are masked unless all of them may be opened."""
    clean = masker_closing(whole, closed, shows_name=all(reach.opens(one.region_code) for one in whole))
    return _Subject(case.region_code, clean(case.agency), clean)


def _entries(actor: Actor, query: str) -> CompoundSelect[*tuple[Any, ...]]:
    """Of the cases that the funnel's filter speaks of, and of those that they took in."""
    cases = with_parts(select(Case.id).where(*meant(actor, _read(query))))
    return union_all(_of(CaseStatus, STATUS, "status", cases), _of(FollowUp, FOLLOW_UP, "stage", cases))


def _read(query: str) -> FunnelFilter:
    given = {name: values[-1].strip() for name, values in parse_qs(query).items()}
    region = given.get("wilayah", "")
    if len(region) > LONGEST_REGION or "\0" in region:
        raise InvalidInput("nilai")
    try:
        since, until = (date.fromisoformat(given[name]) if given.get(name) else None for name in ("sejak", "sampai"))
    except ValueError as error:
        raise InvalidInput("nilai") from error
    return FunnelFilter(region, since, until)


def _of(model: type[CaseStatus] | type[FollowUp], kind: str, value: str, cases: Select[int]) -> Select[*tuple[Any, ...]]:
    table = table_of(model).c
    columns = (table.case_id, literal(kind).label("kind"), table.id, cast(table[value], String).label("value"), table.on_day)
    others = (table.document_number, table.note, table.corrects_id, table.is_withdrawal, table.created_at)
    return select(*columns, *others).where(table.case_id.in_(cases))


def _say(row: Any, subject: _Subject) -> tuple[Value, ...]:
    return (
        row.case_id,
        subject.region,
        subject.agency,
        row.kind,
        row.id,
        row.value,
        row.on_day,
        subject.clean(row.document_number),
        subject.clean(row.note),
        row.corrects_id,
        int(row.is_withdrawal),
        local(row.created_at, subject.region),
    )

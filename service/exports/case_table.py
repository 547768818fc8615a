"""The list of cases as it is filtered on the screen. The name of a person concerned is initials unless it is opened."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Permission
from service.accounts.actor import Actor
from service.cases.filters import CaseFilter
from service.cases.listing import CaseRow, query_cases
from service.cases.privacy import mask_name, masker_of
from service.corrections.notes import newest_of_cases
from service.exports.tables import BATCH, MOST_ROWS, Column, ExportTable, Preview, Reach, Value, local

COLUMNS = (
    Column("perkara", "Id of the case."),
    Column("judul", "Title."),
    Column("wilayah", "Kemendagri code of the region."),
    Column("wilayah_nama", "Name of the region."),
    Column("jabatan", "Office of the person concerned."),
    Column("instansi", "Agency, as people wrote it."),
    Column("status_terlapor", "`pns`, `pppk`, `pppk_paruh_waktu`, `belum_diketahui`."),
    Column("nama_terlapor", "Initials; the name where it was opened."),
    Column("perbuatan", "Act that is alleged."),
    Column("terjadi", "Day of the act."),
    Column("tempat", "Where."),
    Column("diketahui", "When the first of its leads was seen: the legal clocks start here."),
    Column("informasi", "Number of leads."),
    Column("keadaan", "Newest status at the institutions, as mirrored by hand."),
    Column("keadaan_pada", "Day of that status."),
    Column("berakhir", "Day on which an institution closed it without a sanction."),
    Column("tenggat", "Day of the running clock that ends first."),
    Column("tenggat_lewat", "Clocks that ran out without being met."),
    Column("dibuka", "When the case was opened here."),
    Column("diubah", "When it changed last."),
    Column("koreksi", "Newest note of correction of the case or of a text in it; names are initials unless they are opened."),
)


class CaseTable(ExportTable):
    slug = "perkara"
    permission = Permission.READ_CASES
    page = "/perkara"
    columns = COLUMNS

    def preview(self, session: Session, actor: Actor, query: str) -> Preview:
        found = query_cases(session, actor, CaseFilter.parse(query)).order_by(None).limit(MOST_ROWS + 1).subquery()
        return Preview(session.scalar(select(func.count()).select_from(found)) or 0)

    def rows(self, session: Session, reach: Reach, query: str) -> Iterator[Sequence[Value]]:
        cases = query_cases(session, reach.actor, CaseFilter.parse(query)).limit(MOST_ROWS)
        with session.execute(cases.execution_options(yield_per=BATCH)) as found:
            for batch in found.partitions():
                notes = newest_of_cases(session, [row[0].id for row in batch])
                yield from (_say(CaseRow(*row), notes.get(row[0].id, ""), reach) for row in batch)


def _say(row: CaseRow, note: str, reach: Reach) -> tuple[Value, ...]:
    case, region = row.case, row.case.region_code
    is_open = reach.opens(region)
    clean = masker_of(case, shows_name=is_open)
    return (
        case.id,
        clean(case.title),
        region,
        row.region.name if row.region else None,
        clean(case.office),
        clean(case.agency),
        case.subject_status.value,
        case.subject_name if is_open else mask_name(case.subject_name),
        case.act,
        case.happened_on,
        clean(case.place),
        local(case.discovered_at, region),
        row.leads,
        case.status.value if case.status else None,
        case.status_on,
        case.ended_on,
        row.next_due_on if row.has_running else None,
        row.expired,
        local(case.opened_at, region),
        local(case.changed_at, region),
        clean(note) or None,
    )

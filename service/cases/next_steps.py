"""What is to be done next for a case, in words, and by when: worked out from what stands on its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from models import ExternalStatus, Stage
from service.cases.page import CasePage, ClockRow, ClockState

SECOND, READER, LEADS, REQUIREMENTS, FACTS = "penilai_kedua", "penilai", "penanda", "syarat", "isian"
REFER, AWAIT_INSTITUTION, AWAIT_PPK, ARCHIVE, UNDER_WAY = "teruskan", "tunggu_lembaga", "tunggu_ppk", "arsip", "ikuti"
WITH_BKN = (ExternalStatus.REFERRED, ExternalStatus.AWAITS_BKN)
SANCTIONS = (ExternalStatus.MORAL, ExternalStatus.MEDIUM, ExternalStatus.HEAVY, ExternalStatus.DISMISSED)


@dataclass(frozen=True)
class Step:
    """One thing to do. `key` names its sentence (`langkah.…`); the rest is what that names."""

    key: str
    due: ClockRow | None
    """The clock that it is to be done within; None where no law sets one."""
    anchor: str
    """Where on the page it is done."""
    flag_id: int | None = None
    since: date | None = None
    days: int = 0
    """Since then."""
    fields: tuple[str, ...] = ()
    """What is empty; keys of the catalogue (`berkas.…`)."""
    requirements: tuple[str, ...] = ()
    """What is not met (`syarat.…`)."""


def steps_of(page: CasePage) -> list[Step]:
    """In the order in which they are to be done; of a case that was taken into another, none."""
    if page.case.merged_into_id is not None:
        return []
    if page.case.ended_on or page.case.status in SANCTIONS or _is_sanctioned(page):
        return [Step(ARCHIVE, None, "berkas-judul")]
    if page.case.status is ExternalStatus.AWAITS_PPK:
        return [_waiting(page, AWAIT_PPK, _clock(page, "ppk"), "tindak-lanjut")]
    if page.case.status in WITH_BKN:
        return [_waiting(page, AWAIT_INSTITUTION, _clock(page, "sbt_satgas", "sbt_bawaslu"), "keadaan")]
    return list(_before_referral(page))


def _before_referral(page: CasePage) -> Iterator[Step]:
    due = _soonest(page)
    if not page.leads:
        yield Step(LEADS, due, "penanda-judul")
    elif not any(lead.is_confirmed for lead in page.leads):
        is_read = any(lead.row.flag.first_assessor_id for lead in page.leads)
        yield Step(SECOND if is_read else READER, due, "penanda-judul", flag_id=page.leads[0].row.flag.id)
    if missing := _missing(page):
        yield Step(FACTS, due, "terlapor-judul", fields=missing)
    if unmet := tuple(row.requirement.key for row in page.completeness.rows if not row.is_met):
        yield Step(REQUIREMENTS, due, "kelengkapan", requirements=unmet)
    if any(lead.is_confirmed for lead in page.leads):
        yield Step(REFER, due, "penerusan-judul")
    if page.case.status is not None:
        yield _waiting(page, UNDER_WAY, due, "keadaan")


def _missing(page: CasePage) -> tuple[str, ...]:
    """Fields that SBT and SigapLapor ask for."""
    case = page.case
    asked = {"jabatan": case.office, "instansi": case.agency, "perbuatan": case.act, "hari_kejadian": case.happened_on}
    asked |= {"tempat": case.place, "uraian": case.description}
    return tuple(name for name, value in asked.items() if not value)


def _soonest(page: CasePage) -> ClockRow | None:
    """The running clock that ends first; where none runs, the one that ran out last."""
    running = [row for row in page.clocks if row.state is ClockState.RUNNING]
    expired = [row for row in page.clocks if row.state is ClockState.EXPIRED]
    latest = max(expired, key=lambda row: row.clock.due_on, default=None)
    return min(running, key=lambda row: row.clock.due_on, default=latest)


def _clock(page: CasePage, *rules: str) -> ClockRow | None:
    """The first of these that is not met and did not run out, else the last one that ran out."""
    rows = [row for row in page.clocks if row.rule.slug in rules and row.clock.met_on is None]
    running = [row for row in rows if row.state is ClockState.RUNNING]
    return min(running or rows[-1:], key=lambda row: row.clock.due_on, default=None)


def _waiting(page: CasePage, key: str, due: ClockRow | None, anchor: str) -> Step:
    since = page.case.status_on or page.today
    return Step(key, due, anchor, since=since, days=(page.today - since).days)


def _is_sanctioned(page: CasePage) -> bool:
    return any(line.holds and getattr(line.entry, "stage", None) is Stage.SANCTIONED for line in page.follow_ups)

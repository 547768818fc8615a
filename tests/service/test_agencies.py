"""Agencies that admins keep: added, renamed and closed without touching what was referred."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Agency, AgencyTask, AuditEvent, Case, Permission, UserRole, verify_chain
from models.reference import load_reference
from service.accounts.service import load_actor
from service.agencies import keeping
from service.agencies.errors import AgencyExists, AgencyInUse
from service.agencies.keeping import OPERATOR
from service.agencies.schemas import Closing, NewAgency, Renaming
from service.cases import repository
from service.cases.dossier.gather import gather_dossier
from service.cases.referring import agency_on, refer
from service.cases.schemas import Purpose, ReferralEntry
from service.errors import InvalidInput
from tests.factories import make_user
from tests.service.cases.desk import actor_of, confirmed_flag, make_case

NEW = NewAgency(
    slug="lembaga-baru",
    name="Lembaga Independen",
    task=AgencyTask.OVERSEES_NEUTRALITY,
    valid_from_on=date(2027, 10, 17),
    legal_basis="Putusan MK 121/PUU-XXII/2024",
    replaces="bkn",
)


def slug_on(session: Session, *day: int) -> str | None:
    agency = agency_on(session, date(*day))
    return agency.slug if agency else None


def referred(session: Session, day: date) -> Case:
    first, second, third = (actor_of(session) for _ in range(3))
    case = make_case(session, third, confirmed_flag(session, first, second))
    refer(session, third, case.id, ReferralEntry(on_day=day, document_number="1/A"))
    return case


def test_a_new_body_takes_the_task_over_on_its_day(session: Session) -> None:
    keeping.add_agency(session, OPERATOR, NEW)
    days = ((2023, 5, 1), (2026, 11, 1), (2027, 10, 16), (2027, 10, 17))
    assert [slug_on(session, *day) for day in days] == ["kasn", "bkn", "bkn", "lembaga-baru"]
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert actions == ["lembaga.tambah", "lembaga.tutup"]
    assert verify_chain(session).breaks == []


def test_an_upgrade_overwrites_no_agency_that_an_admin_changed(session: Session) -> None:
    keeping.close(session, OPERATOR, "bkn", Closing(on_day=date(2027, 10, 16)))
    keeping.rename(session, OPERATOR, "kemendagri", Renaming(name="Kementerian Lain", from_on=date(2026, 1, 1)))
    load_reference(session)
    named = {row.slug: row for row in session.scalars(select(Agency))}
    assert (named["bkn"].valid_to_on, named["kemendagri"].name) == (date(2027, 10, 16), "Kementerian Lain")


def test_a_referral_keeps_the_name_of_its_day(session: Session) -> None:
    case = referred(session, date(2026, 1, 10))
    renaming = Renaming(name="Badan Kepegawaian", from_on=date(2026, 6, 1), legal_basis="Perpres baru")
    keeping.rename(session, OPERATOR, "bkn", renaming)
    [row] = repository.list_referrals(session, case.id)
    assert row.agency_name == "Badan Kepegawaian Negara (BKN)"
    content = gather_dossier(session, case, purpose=Purpose.ARCHIVE, made_by=actor_of(session)).content
    assert content.referrals[0].agency == "Badan Kepegawaian Negara (BKN)"
    later = referred(session, date(2026, 6, 1))
    assert [row.agency_name for row in repository.list_referrals(session, later.id)] == ["Badan Kepegawaian"]


def test_no_agency_ends_before_a_case_was_referred_to_it(session: Session) -> None:
    referred(session, date(2026, 1, 10))
    with pytest.raises(AgencyInUse):
        keeping.close(session, OPERATOR, "bkn", Closing(on_day=date(2026, 1, 9)))
    keeping.close(session, OPERATOR, "bkn", Closing(on_day=date(2026, 1, 10)))
    assert slug_on(session, 2026, 1, 11) is None
    keeping.reopen(session, OPERATOR, "bkn")
    assert slug_on(session, 2026, 1, 11) == "bkn"


@pytest.mark.parametrize(
    "values",
    [
        {"region_code": "99"},
        {"valid_from_on": None},
        {"replaces": "kemendagri"},
        {"valid_from_on": date(2024, 8, 1)},
    ],
)
def test_what_does_not_fit_is_refused(session: Session, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        keeping.add_agency(session, OPERATOR, NEW.model_copy(update=values))


@pytest.mark.parametrize("day", [date(2099, 1, 1), date(2024, 8, 27)])
def test_a_name_begins_after_the_agency_and_not_in_the_future(session: Session, day: date) -> None:
    with pytest.raises(InvalidInput):
        keeping.rename(session, OPERATOR, "bkn", Renaming(name="Nama Lain", from_on=day))


def test_a_slug_stands_once(session: Session) -> None:
    with pytest.raises(AgencyExists):
        keeping.add_agency(session, OPERATOR, NEW.model_copy(update={"slug": "bkn"}))


def test_an_admin_of_a_province_keeps_its_agencies_only(session: Session, sign_in) -> None:
    browser = sign_in(make_user(session, role="admin", region_code="33"))
    body = {"slug": "pemkab-uji", "name": "Pemerintah Kabupaten Uji", "task": "instansi_pegawai", "region_code": "33.24"}
    assert browser.post("/api/v1/agencies", json=body).status_code == 200
    assert browser.post("/api/v1/agencies", json=body | {"slug": "lain", "region_code": "51"}).status_code == 403
    assert browser.post("/api/v1/agencies/bkn/close", json={"on_day": "2030-01-01"}).status_code == 403
    page = browser.get("/lembaga").text
    assert "/lembaga/pemkab-uji/nama" in page
    assert "/lembaga/bkn/nama" not in page


def test_the_page_says_who_receives_on_a_day(session: Session, sign_in) -> None:
    keeping.add_agency(session, OPERATOR, NEW)
    browser = sign_in(make_user(session, role="pengawas", region_code="33"))
    assert "ditujukan kepada Lembaga Independen." in browser.get("/lembaga?hari=2027-12-01").text
    page = browser.get("/lembaga?hari=2019-12-01").text
    assert "ditujukan kepada Komisi Aparatur Sipil Negara (KASN)." in page
    assert '<form method="post" action="/lembaga"' not in page


def test_who_works_for_an_agency_keeps_its_cases_when_it_is_renamed(session: Session) -> None:
    new = NewAgency(slug="pemkab-uji", name="Pemerintah Kabupaten Uji", task=AgencyTask.EMPLOYS, region_code="33.24")
    agency = keeping.add_agency(session, OPERATOR, new)
    case = make_case(session, actor_of(session), region_code="33.24", agency="Pemerintah Kabupaten  Uji")
    keeping.rename(session, OPERATOR, "pemkab-uji", Renaming(name="Pemkab Baru", from_on=date(2026, 1, 1)))
    user = make_user(session)
    row = session.scalars(select(UserRole).where(UserRole.user_id == user.id)).one()
    row.region_code, row.agency_id = None, agency.id
    session.flush()
    actor = load_actor(session, user)
    assert repository.get_case(session, actor, case.id, Permission.READ_CASES) is not None

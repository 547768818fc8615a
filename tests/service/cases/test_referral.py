from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Agency, AgencyTask, Assessment, ExternalStatus, Outcome
from service.cases import repository
from service.cases.referring import agency_on, readiness_of, refer
from service.cases.schemas import ReferralEntry
from service.errors import InvalidInput, NoAgency, NotConfirmed, NotFound, ReferrerAssessedFirst
from tests.factories import make_flag
from tests.service.cases.desk import actor_of, confirmed_flag, make_case, mirror


def entry(day: str = "2024-10-21") -> ReferralEntry:
    return ReferralEntry(on_day=date.fromisoformat(day), document_number="045/K/X/2024")


@pytest.fixture
def people(session: Session) -> SimpleNamespace:
    return SimpleNamespace(first=actor_of(session), second=actor_of(session, "pengawas"), lead=actor_of(session))


def test_a_case_is_referred_by_a_coordinator_who_was_not_the_first_reader(session: Session, people: SimpleNamespace) -> None:
    case = make_case(session, people.first, confirmed_flag(session, people.first, people.second))
    with pytest.raises(ReferrerAssessedFirst):
        refer(session, people.first, case.id, entry())
    with pytest.raises(NotFound):
        refer(session, people.second, case.id, entry())  # A monitor has the right nowhere.
    referral = refer(session, people.lead, case.id, entry())
    assert session.get_one(Agency, referral.agency_id).slug == "bkn"
    assert case.status is ExternalStatus.REFERRED


def test_without_a_second_reader_or_after_one_withdrew_nothing_is_referred(session: Session, people: SimpleNamespace) -> None:
    case = make_case(session, people.first, make_flag(session))
    with pytest.raises(NotConfirmed):
        refer(session, people.lead, case.id, entry())
    flag = confirmed_flag(session, people.first, people.second)
    case = make_case(session, people.first, flag)
    second = session.scalars(select(Assessment).where(Assessment.flag_id == flag.id, Assessment.is_second)).one()
    values = {"item_version_id": flag.item_version_id, "outcome": Outcome.WITHDRAWN, "is_second": True}
    session.add(Assessment(flag_id=flag.id, user_id=people.second.id, undoes_id=second.id, **values))
    with pytest.raises(NotConfirmed):
        refer(session, people.lead, case.id, entry())


def test_a_token_refers_nothing(session: Session, people: SimpleNamespace) -> None:
    from dataclasses import replace

    case = make_case(session, people.first, confirmed_flag(session, people.first, people.second))
    with pytest.raises(InvalidInput):
        refer(session, replace(people.lead, token="mesin"), case.id, entry())


def test_the_calendar_names_the_agency(session: Session) -> None:
    named = {day: agency_on(session, date.fromisoformat(day)) for day in ("2020-10-01", "2024-08-26", "2024-08-27", "2026-01-01")}
    assert [agency.slug for agency in named.values() if agency] == ["kasn", "kasn", "bkn", "bkn"]
    body = {"name": "Lembaga Independen", "task": AgencyTask.OVERSEES_NEUTRALITY, "legal_basis": "MK 121/PUU-XXII/2024"}
    session.add(Agency(slug="lembaga-baru", valid_from_on=date(2027, 10, 1), **body))
    session.flush()
    found = agency_on(session, date(2027, 10, 16))
    assert found is not None
    assert found.slug == "lembaga-baru"


def test_where_nobody_has_the_task_the_page_says_so(session: Session, people: SimpleNamespace) -> None:
    for agency in session.scalars(select(Agency).where(Agency.task == AgencyTask.OVERSEES_NEUTRALITY)):
        agency.valid_to_on = date(2024, 1, 1)
    case = make_case(session, people.first, confirmed_flag(session, people.first, people.second))
    readiness = readiness_of(session, people.lead, case)
    assert readiness is not None
    assert isinstance(readiness.obstacle, NoAgency)
    with pytest.raises(NoAgency):
        refer(session, people.lead, case.id, entry())


def test_a_referral_that_was_entered_by_mistake_is_taken_back_by_a_row(session: Session, people: SimpleNamespace) -> None:
    case = make_case(session, people.first, confirmed_flag(session, people.first, people.second))
    referral = refer(session, people.lead, case.id, entry())
    mirror(session, people.lead, case, ExternalStatus.REFERRED, "2024-10-21", corrects_id=referral.status_id, is_withdrawal=True)
    assert case.status is None
    assert "sbt_satgas" not in {clock.rule for clock in repository.list_clocks(session, case.id)}

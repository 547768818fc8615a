"""What one case says to other houses."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CaseStatus, ExternalStatus
from service.accounts.actor import Actor
from service.cases.mirroring import enter_status
from service.cases.schemas import StatusEntry
from service.interchange.documents import describe
from tests.service.interchange.house import make_case, name_subject


def test_a_name_in_the_number_of_a_referral_goes_out_masked(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    name_subject(session, actor, case)
    entry = session.scalars(select(CaseStatus).where(CaseStatus.case_id == case.id)).one()
    correction = StatusEntry(
        status=ExternalStatus.REFERRED, on_day=date(2026, 9, 1), document_number="1/Kartikasari", corrects_id=entry.id
    )
    enter_status(session, actor, case.id, correction)
    told = describe(session, case)
    assert [told.referrals[0].document_number, told.statuses[0].document_number] == ["1/K.", "1/K."]
    assert describe(session, case, shows_name=True).referrals[0].document_number == "1/Kartikasari"

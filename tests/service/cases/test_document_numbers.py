"""Numbers of documents, in which people write names: masked as titles are, and kept where they come back as they were shown."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, CaseStatus, ExternalStatus, Stage
from service.accounts.actor import Actor
from service.cases.referring import refer
from service.cases.schemas import CaseEdit, FollowUpEntry, ReferralEntry
from service.cases.service import edit
from service.followup.service import enter_follow_up
from tests.service.cases.desk import actor_of, confirmed_flag, make_case, mirror

NUMBER, SHOWN = "LP/12/KARTIKA", "LP/12/K."


@pytest.fixture
def clerk(session: Session) -> Actor:
    return actor_of(session)


@pytest.fixture
def case(session: Session, clerk: Actor) -> Case:
    case = make_case(session, clerk, confirmed_flag(session, actor_of(session, "pengawas"), actor_of(session, "pengawas")))
    edit(session, clerk, case.id, CaseEdit(title="Camat", subject_name="Kartika Rekaananda"))
    mirror(session, clerk, case, ExternalStatus.FINDING, "2024-10-18", document_number=NUMBER)
    step = FollowUpEntry(stage=Stage.RECOMMENDED, on_day=date(2024, 11, 2), document_number=NUMBER)
    enter_follow_up(session, clerk, case.id, step)
    refer(session, clerk, case.id, ReferralEntry(on_day=date(2024, 10, 21), document_number=NUMBER))
    return case


def test_no_number_says_a_masked_name_on_the_page_in_answers_and_in_dossiers(session: Session, case: Case, sign_in: Any) -> None:
    browser = sign_in(role="koordinator", region_code="33")
    form = {"purpose": "arsip", "format": "html"}
    files = [browser.post(f"/perkara/{case.id}/berkas", data=form | {"format": one}).text for one in ("html", "json")]
    texts = [browser.get(f"/perkara/{case.id}").text, browser.get(f"/api/v1/cases/{case.id}").text, *files]
    assert [text.lower().count("kartika") for text in texts] == [0] * 4
    assert all(text.count(SHOWN) >= 3 for text in texts)
    assert NUMBER in browser.post(f"/perkara/{case.id}/berkas", data=form | {"shows_name": "true"}).text


@pytest.mark.parametrize(("given", "kept"), [(SHOWN, NUMBER), ("LP/13", "LP/13"), ("", "")])
def test_a_number_that_comes_back_as_it_was_shown_stays_what_it_was(
    session: Session, case: Case, clerk: Actor, given: str, kept: str
) -> None:
    first = session.scalars(select(CaseStatus.id).order_by(CaseStatus.id)).first()
    fixed = mirror(session, clerk, case, ExternalStatus.REPORT, "2024-10-18", document_number=given, corrects_id=first)
    assert session.get_one(CaseStatus, fixed).document_number == kept


def test_the_answer_to_a_correction_says_the_number_as_it_was_given(session: Session, case: Case, sign_in: Any) -> None:
    path, first = f"/api/v1/cases/{case.id}/statuses", session.scalars(select(CaseStatus.id)).first()
    browser = sign_in(role="koordinator", region_code="33")
    entry = {"status": "laporan", "on_day": "2024-10-18", "document_number": SHOWN, "corrects_id": first}
    assert browser.post(path, json=entry).json()["document_number"] == SHOWN

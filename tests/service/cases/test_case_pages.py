"""Cases over HTTP: pages without JavaScript, the right answers for the wrong people, and the API's twins."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent
from tests.factories import make_flag, make_item
from tests.service.cases.desk import PILKADA

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)  # The rules are tested on both engines elsewhere.
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def browser(session: Session, sign_in: Any) -> TestClient:
    make_flag(session, make_item(session, title=f"Camat {HOSTILE}", first_seen_at=PILKADA))
    return sign_in(role="koordinator", region_code="33")


def open_one(browser: TestClient) -> str:
    answer = browser.post("/perkara", data={"flag_ids": ["1"], "title": HOSTILE, "office": "camat", "region_code": ""})
    assert answer.status_code == 303
    return answer.headers["location"].partition("?")[0]


def test_a_case_is_opened_from_the_form_that_a_flag_leads_to(browser: TestClient) -> None:
    page = browser.get("/perkara/baru?penanda=1").text
    assert 'name="flag_ids" value="1" checked' in page
    path = open_one(browser)
    assert "<script>alert" not in page + browser.get(path).text + browser.get("/perkara").text
    assert f'href="{path}"' in browser.get("/perkara/baru?penanda=1").text  # It is in a case already.


def test_name_and_number_show_once_after_a_reason(session: Session, browser: TestClient) -> None:
    path = open_one(browser)
    browser.post(f"{path}/ubah", data={"title": "Camat", "subject_name": "Rina Rekaanwati", "subject_number": "19800101"})
    assert browser.post(f"{path}/nama", data={"reason": ""}).status_code == 422
    opened = browser.post(f"{path}/nama", data={"reason": "klarifikasi"})
    assert ("Rina Rekaanwati" in opened.text, "Rekaanwati" in browser.get(path).text) == (True, False)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "perkara.buka_nama")).one()
    assert event.detail == {"alasan": "klarifikasi"}


def test_what_a_role_may_not_do_is_refused(browser: TestClient, sign_in: Any) -> None:
    path = open_one(browser)
    for role, may_read in {"pengawas": 200, "pembaca": 200, "operator": 403}.items():
        other = sign_in(role=role, region_code="33")
        deeds = ("nama", "teruskan") if role == "pengawas" else ("nama", "teruskan", "ubah", "keadaan")
        refused = {other.post(f"{path}/{deed}", data={"reason": "x", "on_day": "2024-10-20"}).status_code for deed in deeds}
        assert (refused, other.get(path).status_code) == ({403}, may_read)


def test_a_case_of_another_area_is_not_there_for_any_deed(browser: TestClient, sign_in: Any) -> None:
    path = open_one(browser)
    west = sign_in(role="koordinator", region_code="32")
    fields = {"purpose": "arsip", "format": "pdf"}
    assert west.get(path).status_code == west.post(f"{path}/berkas", data=fields).status_code == 404
    assert west.post(f"{path}/nama", data={"reason": "ingin tahu"}).status_code == 404
    assert west.get("/api/v1/cases").json() == {"cases": [], "next": None}
    assert west.get(f"/api/v1{path.replace('perkara', 'cases')}").status_code == 404


def test_addresses_that_no_page_of_ours_makes_are_refused(browser: TestClient) -> None:
    for query in ("keadaan=bukan", "lanjut=x", "urut=acak", "jam=%27", "lanjut=2024-01-01_99999999999999999999"):
        assert browser.get(f"/perkara?{query}").status_code == 422
    assert browser.get("/tindak-lanjut?sejak=kemarin").status_code == 422


def test_requirements_are_answered_on_the_page(browser: TestClient) -> None:
    path = open_one(browser)
    answered = browser.post(f"{path}/syarat", data={"requirement": "uraian", "answer": "ya", "note": HOSTILE})
    page = browser.get(path).text
    assert (answered.status_code, "1 dari 6 syarat" in page, "<script>alert" in page) == (303, True, False)
    assert page.count('name="requirement"') == 6


def test_entries_and_corrections_work_as_plain_forms(browser: TestClient) -> None:
    path = open_one(browser)
    browser.post(f"{path}/keadaan", data={"status": "laporan", "on_day": "2024-10-18", "document_number": "01/LP"})
    fixed = {"status": "temuan", "on_day": "2024-10-17", "document_number": "01/TM", "note": HOSTILE, "corrects_id": "1"}
    assert browser.post(f"{path}/keadaan", data=fixed).status_code == 303
    again = browser.post(f"{path}/keadaan", data=fixed)
    assert (again.status_code, "<script>alert" in browser.get(path).text) == (409, False)
    detail = browser.get(f"/api/v1{path.replace('perkara', 'cases')}").json()
    assert [(entry["status"], entry["corrects_id"]) for entry in detail["entries"]] == [("temuan", 1)]

"""Who works for one agency alone sees the agency's matters in every room, and nobody else's."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Agency, AgencyTask, Case, ExternalStatus, Flag, Outcome, UserRole
from service.dashboard.service import FIGURES, PAGES
from tests.factories import make_flag, make_item, make_user
from tests.service.cases.desk import actor_of, make_case, mirror
from tests.service.test_dashboard import figure, finish
from tests.service.test_exports import export

NAME = "Pemerintah Kabupaten Uji"
COUNTED = ("penanda", "penilaian", "wilayah", "perbuatan", "sumber", "tahapan", "umur", "umur_wilayah", "kedaluwarsa", "lama")


@dataclass(frozen=True)
class Matters:
    """Of the agency: one open flag, one finished, a case. Around it: what is others' in the same region and elsewhere."""

    browser: TestClient
    its: Flag
    finished: Flag
    others: list[Flag]
    case: Case
    other_case: Case


@pytest.fixture
def matters(session: Session, sign_in) -> Matters:
    agency = Agency(slug="pemkab-uji", name=NAME, task=AgencyTask.EMPLOYS, region_code="33.24")
    session.add(agency)
    session.flush()
    owner = actor_of(session, region_code=None)
    its = make_flag(session, make_item(session, region_code="33.24"), office="camat")
    done = make_flag(session, make_item(session, region_code="33.24"), office="lurah", sides=["golkar"])
    finish(session, done, Outcome.INDICATION)
    others = [make_flag(session, make_item(session, region_code=code)) for code in ("33.24", "33.25", "33")]
    case = make_case(session, owner, make_flag(session, make_item(session, region_code="33.24")), agency=NAME)
    other = make_case(session, owner, make_flag(session, make_item(session, region_code="33.24")), agency="Dinas Lain")
    for one in (case, other):
        mirror(session, owner, one, ExternalStatus.AWAITS_PPK, "2026-01-10")
    user = make_user(session, role="koordinator")
    row = session.scalars(select(UserRole).where(UserRole.user_id == user.id)).one()
    row.region_code, row.agency_id = None, agency.id
    session.commit()
    return Matters(sign_in(user), its, done, others, case, other)


def test_the_queue_holds_its_flags(matters: Matters) -> None:
    found = matters.browser.get("/api/v1/flags").json()["flags"]
    assert [row["id"] for row in found] == [matters.its.id]
    page = matters.browser.get("/antrean").text
    assert f"/penanda/{matters.its.id}" in page
    assert not any(f'"/penanda/{flag.id}"' in page for flag in matters.others)
    assert [matters.browser.get(f"/penanda/{flag.id}").status_code for flag in (matters.its, *matters.others)] == [
        200,
        404,
        404,
        404,
    ]


def test_it_may_take_and_decide_its_flags_alone(matters: Matters) -> None:
    taken = matters.browser.post("/api/v1/flags/take").json()
    assert taken["flag_id"] == matters.its.id
    assert matters.browser.post(f"/api/v1/flags/{matters.others[0].id}/take").status_code == 404
    assert matters.browser.post(f"/api/v1/flags/{matters.its.id}/assess", json={"outcome": "duplikat"}).status_code == 200


def test_cases_and_their_list_are_its_own(matters: Matters) -> None:
    assert [row["id"] for row in matters.browser.get("/api/v1/cases").json()["cases"]] == [matters.case.id]
    pages = [matters.browser.get(f"/perkara/{case.id}").status_code for case in (matters.case, matters.other_case)]
    assert pages == [200, 404]
    assert f"/perkara/{matters.other_case.id}" not in matters.browser.get("/perkara").text


def test_the_funnel_counts_its_cases(matters: Matters) -> None:
    funnel = matters.browser.get("/api/v1/follow-up").json()
    assert [row["cases"] for row in funnel["stages"]][:2] == [1, 1]
    assert [row["agency"] for row in funnel["agencies"]] == [NAME]
    assert "Dinas Lain" not in matters.browser.get("/tindak-lanjut").text


def test_every_figure_counts_its_flags_as_the_tallies_would(matters: Matters, session: Session, sign_in) -> None:
    """The others vanish from the house: then a reader of the whole region gets from the tallies what the agency had before."""
    mine = {key: figure(matters.browser, key) for key in COUNTED}
    for flag in session.scalars(select(Flag).where(Flag.office.is_(None))):
        flag.region_code = None
    session.commit()
    reader = sign_in(make_user(session, role="koordinator", region_code="33.24"))
    assert mine == {key: figure(reader, key) for key in COUNTED}
    assert all(
        any(row.get("flags") or row.get("total") for row in mine[key]) for key in ("penanda", "penilaian", "wilayah", "umur")
    )


def test_every_page_of_the_dashboard_opens_and_its_region_can_be_chosen(matters: Matters) -> None:
    assert [matters.browser.get(f"/dasbor/{page}").status_code for page in PAGES] == [200] * len(PAGES)
    assert all(matters.browser.get(f"/dasbor/{key}.csv").status_code == 200 for key in FIGURES)
    assert figure(matters.browser, "perbuatan", "region=33.24") == figure(matters.browser, "perbuatan")
    refused = [matters.browser.get(f"/api/v1/statistics/perbuatan?region={code}").status_code for code in ("33", "33.25", "51")]
    assert refused == [404, 404, 404]


def test_a_second_area_is_added_and_nothing_counts_twice(matters: Matters, session: Session, sign_in) -> None:
    user = make_user(session, role="koordinator", region_code="33.25")
    agency = session.scalars(select(Agency).where(Agency.slug == "pemkab-uji")).one()
    session.add(UserRole(user_id=user.id, role_name="koordinator", agency_id=agency.id))
    session.commit()
    rows = {row["region"]: row["flags"] for row in figure(sign_in(user), "wilayah")}
    assert rows == {"33.24": 2, "33.25": 1}
    session.add(UserRole(user_id=user.id, role_name="koordinator", region_code="33.24"))
    session.commit()
    rows = {row["region"]: row["flags"] for row in figure(sign_in(user), "wilayah")}
    assert rows == {"33.24": 5, "33.25": 1}


def test_exports_hold_its_rows(matters: Matters, app: FastAPI) -> None:
    app.state.settings.second_factor_hours = 0
    assert [row["penanda"] for row in export(matters.browser)] == [str(matters.its.id)]
    assert [row["perkara"] for row in export(matters.browser, "perkara")] == [str(matters.case.id)]
    assert {row["perkara"] for row in export(matters.browser, "tindak-lanjut")} == {str(matters.case.id)}

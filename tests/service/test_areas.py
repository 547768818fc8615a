"""Areas of regions and agencies: one shape, one function, on both engines."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import Agency, AgencyTask, Case, Flag, Item, Permission, UserRole, now
from service.accounts.actor import AgencyArea, contains, narrow, reaches, within
from service.accounts.repository import place_of
from service.accounts.service import load_actor
from tests.factories import make_flag, make_item, make_user

READ = Permission.READ_QUEUE


def make_agency(session: Session, **values: Any) -> Agency:
    defaults = {"slug": "pemkab-kendal", "name": "Pemerintah Kabupaten Kendal", "region_code": "33.24"}
    agency = Agency(task=AgencyTask.EMPLOYS, **(defaults | values))
    session.add(agency)
    session.flush()
    return agency


@pytest.fixture
def agency(session: Session) -> Agency:
    return make_agency(session)


def only_for(session: Session, agency: Agency, region_code: str | None = None) -> Any:
    user = make_user(session)
    row = session.scalars(select(UserRole).where(UserRole.user_id == user.id)).one()
    row.region_code, row.agency_id = region_code, agency.id
    session.flush()
    return load_actor(session, user)


def test_who_works_for_one_agency_sees_its_flags_alone(session: Session, agency: Agency) -> None:
    its = make_flag(session, make_item(session, region_code="33.24"), office="camat")
    make_flag(session, make_item(session, region_code="33.24"))
    make_flag(session, make_item(session, region_code="33"), office="camat")
    make_flag(session, make_item(session, region_code="33.25"), office="camat")
    areas = only_for(session, agency).areas(READ)
    assert session.scalars(select(Flag.id).where(within(Flag.region_code, areas))).all() == [its.id]
    other = aliased(Flag)
    assert session.scalars(select(other.id).where(within(other.region_code, areas))).all() == [its.id]


def test_a_case_is_an_agencys_by_the_name_of_its_subject(session: Session, agency: Agency) -> None:
    owner = make_user(session)
    for region, key in (("33.24", "pemerintah kabupaten kendal"), ("33.24", "dinas lain"), ("35", "pemerintah kabupaten kendal")):
        session.add(Case(title="x", region_code=region, agency_key=key, discovered_at=now(), opened_by_id=owner.id))
    session.flush()
    areas = only_for(session, agency).areas(Permission.READ_CASES)
    found = session.scalars(select(Case).where(within(Case.region_code, areas))).all()
    assert [(case.region_code, case.agency_key) for case in found] == [("33.24", "pemerintah kabupaten kendal")]


def test_a_table_that_tells_no_agency_is_closed(session: Session, agency: Agency) -> None:
    make_item(session, region_code="33.24")
    areas = only_for(session, agency).areas(READ)
    assert session.scalars(select(Item.id).where(within(Item.region_code, areas))).all() == []


def test_a_region_narrows_an_agency(session: Session, agency: Agency) -> None:
    make_flag(session, make_item(session, region_code="33.24"), office="camat")
    areas = only_for(session, agency, "35").areas(READ)
    assert session.scalars(select(Flag.id).where(within(Flag.region_code, areas))).all() == []


def test_two_roles_reach_together(session: Session, agency: Agency, sign_in) -> None:
    its = make_flag(session, make_item(session, region_code="33.24"), office="camat")
    bali = make_flag(session, make_item(session, region_code="51"))
    other = make_flag(session, make_item(session, region_code="33.24"))
    user = make_user(session, region_code="51")
    session.add(UserRole(user_id=user.id, role_name="pengawas", agency_id=agency.id))
    browser, ids = sign_in(user), (its.id, bali.id, other.id)
    assert [browser.get(f"/penanda/{number}").status_code for number in ids] == [200, 200, 404]
    assert browser.post(f"/api/v1/flags/{ids[2]}/take").status_code == 404
    assert browser.get("/api/v1/me").json()["permissions"]["antrean.baca"] == ["51", "@pemkab-kendal"]


@pytest.mark.parametrize(
    ("region", "office", "key", "expected"),
    [
        ("33.24", "camat", "", True),
        ("33.24", None, "", False),
        ("33.24", None, "pemerintah kabupaten kendal", True),
        ("35", None, "pemerintah kabupaten kendal", False),
        ("33", "camat", "", False),
        (None, "camat", "", False),
    ],
)
def test_one_row_is_judged_as_the_sql_does(region: str | None, office: str | None, key: str, expected: bool) -> None:
    area = AgencyArea("33", "pemkab-kendal", 1, "33.24", "pemerintah kabupaten kendal")
    assert reaches(frozenset({area}), region, office=office, agency_key=key) is expected


def test_nobody_hands_on_more_than_they_have() -> None:
    kendal = AgencyArea("", "pemkab-kendal", 1, "33.24", "x")
    province = frozenset({"33"})
    assert [contains(province, place) for place in ("33", "33.24", kendal, None, "35")] == [True, True, True, False, False]
    own = frozenset({kendal})
    assert [contains(own, place) for place in (kendal, "33.24", None)] == [True, False, False]
    assert contains(None, None)


def test_a_token_is_never_wider_than_its_owner() -> None:
    agency = place_of(None, Agency(id=1, slug="x", name="X", region_code="33.24"))
    grants = frozenset({(READ, "33"), (READ, agency), (Permission.ASSESS, None)})
    left = narrow(grants, ["antrean.baca"], "33.24")
    assert left == {(READ, "33.24"), (READ, AgencyArea("33.24", "x", 1, "33.24", "x"))}
    assert narrow(grants, None, "51") == {(Permission.ASSESS, "51"), (READ, AgencyArea("51", "x", 1, "33.24", "x"))}

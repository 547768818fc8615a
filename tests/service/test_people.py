"""`/pengguna`: an admin sees the people of their area, and gives no more than they have."""

import re
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Agency, AgencyTask, AuditEvent, Lease, LeaseEnd, User, UserRole
from service.accounts import administering
from service.accounts.actor import Actor
from service.accounts.by import By
from service.accounts.people import Grant, add_role, create_user, disable_user, remove_role
from service.accounts.service import load_actor
from service.errors import InvalidInput
from service.review import keeping
from service.review import service as review
from tests.factories import PASSWORD, make_flag, make_item, make_user

PERSON = {"nama_pengguna": "sari", "nama": "Sari Wulandari", "peran": "pengawas", "wilayah": "33.24"}


def test_a_new_person_signs_in_once_with_what_the_page_shows(session: Session, sign_in, visitor: TestClient) -> None:
    page = sign_in(role="admin").post("/pengguna", data=PERSON)
    password = re.search(r'class="secret"><code>([^<]+)</code>', page.text)
    assert password
    assert visitor.post("/masuk", data={"nama": "sari", "sandi": password[1]}).status_code == 303
    assert visitor.get("/antrean").headers["location"] == "/saya/sandi"


def test_an_admin_of_a_region_sees_and_touches_only_its_people(session: Session, sign_in) -> None:
    inside, both, outside, nation = (
        make_user(session, username=name, region_code=code)
        for name, code in (("dalam", "33.24"), ("dua", "33"), ("seberang", "35"), ("pusat", None))
    )
    session.add(UserRole(user_id=both.id, role_name="pengawas", region_code="35"))
    browser = sign_in(role="admin", region_code="33")
    assert "dalam" in [user["username"] for user in browser.get("/api/v1/users").json()["users"]]
    assert "seberang" not in browser.get("/pengguna").text
    for user, status in ((inside, 200), (both, 404), (outside, 404), (nation, 404)):
        assert browser.get(f"/pengguna/{user.id}").status_code == status
        assert browser.post(f"/pengguna/{user.id}/sandi").status_code == status


@pytest.mark.parametrize("grant", [("pengawas", "35"), ("pengawas", ""), ("pengawas", "3")])
def test_an_admin_of_a_region_gives_no_role_beyond_it(sign_in, grant: tuple[str, str]) -> None:
    browser = sign_in(role="admin", region_code="33")
    answer = browser.post("/pengguna", data=PERSON | {"peran": grant[0], "wilayah": grant[1]})
    assert answer.status_code in {403, 422}
    assert browser.post("/api/v1/users", json={"username": "tono", "name": "Tono", "role": "pengawas"}).status_code == 403


def test_nobody_takes_their_own_rights_away(session: Session, sign_in) -> None:
    admin = make_user(session, role="admin")
    number, row = admin.id, session.scalars(select(UserRole.id).where(UserRole.user_id == admin.id)).one()
    browser = sign_in(admin)
    for path in ("nonaktif", "sandi", "sesi/akhiri", f"peran/{row}/cabut", "faktor/hapus"):
        assert browser.post(f"/pengguna/{number}/{path}").status_code == 409, path
    assert browser.get("/pengguna").status_code == 200


def test_a_changed_role_holds_at_once_and_asks_to_sign_in_anew(session: Session, sign_in) -> None:
    user = make_user(session, username="sari")
    browser, admin = sign_in(user), sign_in(role="admin")
    assert admin.post(f"/pengguna/{user.id}/peran", data={"peran": "auditor"}).status_code == 303
    assert browser.get("/antrean").status_code == 303
    browser.post("/masuk", data={"nama": "sari", "sandi": PASSWORD})
    assert browser.get("/jejak").status_code == 200
    assert admin.post(f"/pengguna/{user.id}/peran", data={"peran": "auditor"}).status_code == 409


def test_what_a_disabled_person_held_is_everybodys_again(session: Session) -> None:
    user, other = make_user(session, username="sari"), load_actor(session, make_user(session))
    reader, (kept, read, others) = load_actor(session, user), [make_flag(session) for _ in range(3)]
    for actor, flag in ((reader, kept), (reader, read), (other, others)):
        review.take(session, actor, flag.id, minutes=30)
    keeping.keep(session, reader, kept.id, until_on=keeping.latest_day(kept), reason="menunggu naskah")
    disable_user(session, user, by=By.of(other))
    session.expire_all()
    assert (kept.holder_id, kept.hold_reason, read.holder_id, others.holder_id) == (None, None, None, other.id)
    ended = session.execute(select(Lease.flag_id, Lease.ended_by).where(Lease.user_id == user.id).order_by(Lease.flag_id))
    assert ended.all() == [(flag.id, LeaseEnd.RELEASED) for flag in (kept, read)]
    told = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (told.action, told.detail) == ("pengguna.nonaktif", {"penanda": [kept.id, read.id]})
    assert freed_by(session, other) == [(kept.id, {"pemegang": "sari"}), (read.id, {"pemegang": "sari"})]
    review.take(session, other, kept.id, minutes=30)


def freed_by(session: Session, actor: Actor) -> list[tuple[int | None, dict[str, Any]]]:
    freed = select(AuditEvent).where(AuditEvent.action == "penanda.lepas", AuditEvent.actor_id == actor.id)
    return [(event.subject_id, event.detail) for event in session.scalars(freed.order_by(AuditEvent.id))]


def test_what_a_person_may_read_no_more_is_everybodys_again_with_the_role(session: Session) -> None:
    user, other = make_user(session, username="sari", region_code="33"), load_actor(session, make_user(session))
    first = session.scalars(select(UserRole).where(UserRole.user_id == user.id)).one()
    second = add_role(session, user, Grant("pengawas", "51"))
    reader = load_actor(session, user)
    flags = [make_flag(session, make_item(session, region_code=code)) for code in ("33.24", "51")]
    for flag in flags:
        review.take(session, reader, flag.id, minutes=30)
    remove_role(session, user, second, by=By.of(other))
    session.expire_all()
    assert [flag.holder_id for flag in flags] == [user.id, None]
    remove_role(session, user, first, by=By.of(other))
    session.expire_all()
    assert [flag.holder_id for flag in flags] == [None, None]
    assert freed_by(session, other) == [(flag.id, {"pemegang": "sari"}) for flag in reversed(flags)]
    review.take(session, other, flags[1].id, minutes=30)


def test_only_admins_come_here(sign_in) -> None:
    assert [sign_in(role=role).get("/pengguna").status_code for role in ("koordinator", "auditor", "operator")] == [403] * 3


@pytest.mark.parametrize("username", ["sаri", "sari\u200b", "sa ri", "", "-sari", "s" * 41, "sari\0", "şari", "../sari"])
def test_usernames_that_look_like_others_are_refused(session: Session, username: str) -> None:
    with pytest.raises(InvalidInput):
        create_user(session, username, "Sari", "sandi-yang-panjang", "pengawas")


@pytest.mark.parametrize("name", ["Sаri", "Sari\u202eirat", "", "<b>Sari</b>", "Sari\0", "S" * 201, "Σαρη"])
def test_names_that_hide_something_are_refused(session: Session, name: str) -> None:
    with pytest.raises(InvalidInput):
        create_user(session, "sari", name, "sandi-yang-panjang", "pengawas")


def test_names_as_people_have_them_are_kept(session: Session) -> None:
    user = create_user(session, "Ni.Luh-2", "Ni Luh Putu Ayu, S.H., M.Si.", "sandi-yang-panjang", "pengawas")
    assert (user.username, user.name) == ("ni.luh-2", "Ni Luh Putu Ayu, S.H., M.Si.")


def test_the_list_goes_page_by_page(session: Session) -> None:
    for number in range(administering.PAGE_SIZE + 3):
        make_user(session, username=f"orang{number:03}")
    actor = load_actor(session, make_user(session, username="zadmin", role="admin"))
    first = administering.list_people(session, actor)
    rest = administering.list_people(session, actor, after=first[administering.PAGE_SIZE - 1].user.username)
    names = [row.user.username for row in (*first[: administering.PAGE_SIZE], *rest)]
    assert names == sorted(session.scalars(select(User.username)))


@pytest.mark.parametrize("search", ["%", "_", "'; drop table users", "\\"])
def test_signs_of_a_search_are_only_signs(session: Session, sign_in, search: str) -> None:
    make_user(session, username="sari")
    page = sign_in(role="admin").get("/pengguna", params={"cari": search})
    assert (page.status_code, ">sari<" in page.text) == (200, False)


@pytest.fixture
def closed(session: Session) -> Agency:
    """An agency that is no more, and one that is still to come."""
    values = {"task": AgencyTask.EMPLOYS, "region_code": "33.24"}
    agency = Agency(slug="dinas-lama", name="Dinas Lama", valid_to_on=date(2025, 6, 30), **values)
    session.add_all([agency, Agency(slug="dinas-nanti", name="Dinas Nanti", valid_from_on=date(2090, 1, 1), **values)])
    session.flush()
    return agency


def test_no_role_is_given_at_an_agency_that_is_no_more(session: Session, sign_in, closed: Agency) -> None:
    browser = sign_in(role="admin")
    page = browser.get("/pengguna/baru").text
    assert 'value="dinas-lama"' not in page
    assert 'value="dinas-nanti"' in page
    refused = browser.post("/pengguna", data=PERSON | {"instansi": "dinas-lama"})
    assert (refused.status_code, "sudah berakhir" in refused.text) == (422, True)
    body = {"username": "tono", "name": "Tono", "role": "pengawas", "agency": "dinas-lama"}
    assert browser.post("/api/v1/users", json=body).status_code == 422


def test_who_works_for_an_agency_that_is_no_more_is_told_and_so_is_the_admin(session: Session, sign_in, closed: Agency) -> None:
    user = make_user(session, username="sari", role="pengawas")
    row = session.scalars(select(UserRole).where(UserRole.user_id == user.id)).one()
    row.region_code, row.agency_id = None, closed.id
    assert "Dinas Lama sudah berakhir pada 30 Jun 2025. Peran ini masih membuka" in sign_in(user).get("/saya").text
    admin = sign_in(role="admin")
    assert "lalu cabut yang ini" in admin.get(f"/pengguna/{user.id}").text
    assert "berakhir 30 Jun 2025" in admin.get("/pengguna").text

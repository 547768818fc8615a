from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiToken, AuditEvent, Rights, User, now
from service.accounts.service import create_api_token
from tests.factories import make_flag, make_item, make_source, make_user
from tests.service.conftest import SignIn

BASE = "/api/v1"
INDICATION = {
    "outcome": "indikasi_pelanggaran",
    "content_partisan": "ya",
    "person_asn": "ya",
    "attribution_verified": "ragu",
    "act": "kegiatan_berpihak",
}


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session, username="mesin", role="admin")


@pytest.fixture
def machine(session: Session, user: User, visitor: TestClient) -> TestClient:
    visitor.headers["authorization"] = f"Bearer {create_api_token(session, user, 'uji', 1, can_write=True)}"
    session.commit()
    return visitor


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_machine_takes_assesses_and_undoes(session: Session, machine: TestClient) -> None:
    flag = make_flag(session)
    session.commit()
    assert machine.post(f"{BASE}/flags/take").json()["flag_id"] == flag.id
    assessed = machine.post(f"{BASE}/flags/{flag.id}/assess", json={"outcome": "duplikat"}).json()
    assert (assessed["outcome"], assessed["user"]) == ("duplikat", "mesin")
    undone = machine.post(f"{BASE}/assessments/{assessed['id']}/undo").json()
    assert (undone["outcome"], undone["undoes_id"]) == ("dibatalkan", assessed["id"])
    assert machine.get(f"{BASE}/flags/{flag.id}").json()["holder"] == "mesin"
    details = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "penanda.nilai")).all()
    assert [detail["token"] for detail in details] == ["uji"]


def test_signs_of_a_violation_need_a_person_who_signed_in(session: Session, machine: TestClient) -> None:
    flag = make_flag(session)
    session.commit()
    machine.post(f"{BASE}/flags/take")
    answer = machine.post(f"{BASE}/flags/{flag.id}/assess", json=INDICATION)
    assert answer.status_code == 422
    assert "token" in answer.json()["detail"]
    assert machine.get(f"{BASE}/flags/{flag.id}").json()["state"] == "terbuka"


def test_text_leaves_only_as_far_as_the_publisher_allows(session: Session, machine: TestClient) -> None:
    item = make_item(session, source=make_source(session, rights=Rights.EXCERPT), text="Camat hadir. " * 200)
    flag = make_flag(session, item)
    session.commit()
    for text in (
        machine.get(f"{BASE}/flags/{flag.id}").json()["text"],
        machine.get(f"{BASE}/items/{item.id}").json()["versions"][0]["text"],
    ):
        assert len(text) <= 602


def test_the_list_has_a_cursor_and_filters(session: Session, machine: TestClient) -> None:
    for number in range(51):
        make_flag(session, make_item(session, region_code="33" if number else "51"), probability=0.5)
    session.commit()
    page = machine.get(f"{BASE}/flags").json()
    rest = machine.get(f"{BASE}/flags", params={"after": page["next"]}).json()
    assert (len(page["flags"]), len(rest["flags"]), rest["next"]) == (50, 1, None)
    assert len(machine.get(f"{BASE}/flags", params={"region": "51"}).json()["flags"]) == 1


def test_a_token_that_only_reads_cannot_write(session: Session, user: User, visitor: TestClient) -> None:
    flag = make_flag(session)
    token = create_api_token(session, user, "baca", 1)
    session.commit()
    visitor.headers["authorization"] = f"Bearer {token}"
    assert visitor.get(f"{BASE}/flags/{flag.id}").status_code == 200
    assert code_of(visitor.post(f"{BASE}/flags/{flag.id}/take")) == (403, "tidak_berwenang")


@pytest.mark.parametrize("column", ["expires_at", "revoked_at"])
def test_an_ended_token_opens_nothing(session: Session, machine: TestClient, column: str) -> None:
    setattr(session.scalars(select(ApiToken)).one(), column, now() - timedelta(seconds=1))
    session.commit()
    answer = machine.get(f"{BASE}/me")
    assert code_of(answer) == (401, "belum_masuk")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_cookie_of_a_browser_opens_the_api_too(sign_in) -> None:
    me = sign_in(username="sari", region_code="33").get(f"{BASE}/me").json()
    assert (me["username"], me["permissions"]["penanda.nilai"]) == ("sari", ["33"])


def test_each_error_has_its_status_and_code(session: Session, machine: TestClient) -> None:
    flag = make_flag(session)
    session.commit()
    path = f"{BASE}/flags/{flag.id}"
    assert code_of(machine.get(f"{BASE}/flags/999")) == (404, "tidak_ada")
    assert code_of(machine.get(f"{BASE}/tidak-ada")) == (404, "tidak_ada")
    assert code_of(machine.post(f"{path}/release")) == (409, "waktu_habis")
    assert code_of(machine.post(f"{path}/assess", json={"outcome": "karangan"})) == (422, "nilai")
    assert code_of(machine.post(f"{path}/assess", json={"outcome": "indikasi_pelanggaran"})) == (422, "nilai")
    assert code_of(machine.post(f"{path}/assess", content="{", headers={"content-type": "application/json"}))[0] == 400
    assert code_of(machine.get(f"{BASE}/flags?after=x")) == (422, "kursor")


def test_nothing_to_take_is_a_conflict(machine: TestClient) -> None:
    assert code_of(machine.post(f"{BASE}/flags/take")) == (409, "antrean_kosong")


def test_items_sources_and_trail(session: Session, machine: TestClient) -> None:
    item = make_item(session)
    flag = make_flag(session, item)
    session.commit()
    found = machine.get(f"{BASE}/items/{item.id}").json()
    assert (found["flag_ids"], found["versions"][0]["number"]) == ([flag.id], 1)
    assert machine.get(f"{BASE}/sources").json()["sources"][0]["health"] == "belum_pernah"
    assert machine.get(f"{BASE}/audit").json()["events"][0]["action"] == "token.tambah"


def test_the_document_names_every_error(machine: TestClient) -> None:
    paths = machine.get(f"{BASE}/openapi.json").json()["paths"]
    assert all(path.startswith(BASE) for path in paths)
    assert {"200", "400", "401", "403", "404", "409", "412", "413", "422", "428", "503"} == set(
        paths[f"{BASE}/flags/{{flag_id}}/assess"]["post"]["responses"]
    )


def test_the_page_of_the_document_needs_no_foreign_server(sqlite_visitor: TestClient) -> None:
    page = sqlite_visitor.get(f"{BASE}/docs")
    assert page.status_code == 200
    assert sqlite_visitor.get("/static/swagger/swagger-ui-bundle.js").status_code == 200
    assert sqlite_visitor.get("/static/api-docs.js").status_code == 200


@pytest.mark.parametrize("day", ["20241018", "0.0", "1729209600", "2024-10-18T07:00", "18-10-2024"])
def test_a_day_is_no_number_of_seconds(sign_in: SignIn, day: str) -> None:
    """Of `20241018` pydantic alone would make August 1970, and the figures would be empty."""
    browser = sign_in(role="koordinator")
    assert browser.get("/api/v1/follow-up", params={"until": day}).status_code == 422
    assert browser.get("/api/v1/follow-up", params={"since": day}).status_code == 422
    assert browser.get("/lembaga", params={"hari": day}).status_code == 422
    assert browser.get("/api/v1/follow-up", params={"since": "2024-01-31", "until": "2024-10-18"}).status_code == 200
    assert browser.get("/lembaga", params={"hari": ""}).status_code == 200

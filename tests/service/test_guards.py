"""What stands around every page: headers, other sites, sizes."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models import AuditEvent
from service.accounts.service import create_api_token
from service.body import LARGEST_BODY
from tests.factories import make_flag, make_user


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://jahat.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    ],
)
def test_another_site_cannot_act_through_a_browser(session, sign_in, headers: dict[str, str]) -> None:
    flag = make_flag(session)
    browser: TestClient = sign_in()
    assert browser.post(f"/penanda/{flag.id}/ambil", headers=headers).status_code == 403
    session.refresh(flag)
    assert flag.holder_id is None


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": "http://testserver"}, {}]
)
def test_our_own_pages_act(session, sign_in, headers: dict[str, str]) -> None:
    flag = make_flag(session)
    assert sign_in().post(f"/penanda/{flag.id}/ambil", headers=headers).status_code == 303


def test_a_token_needs_no_origin_and_brings_no_cookie(session, sign_in) -> None:
    flag = make_flag(session)
    token = create_api_token(session, make_user(session), "uji", 1, can_write=True)
    browser: TestClient = sign_in()
    headers = {"sec-fetch-site": "cross-site", "authorization": f"Bearer {token}"}
    assert browser.post(f"/api/v1/flags/{flag.id}/take", headers=headers).status_code == 200
    assert browser.post(f"/api/v1/flags/{flag.id}/release", headers=headers | {"authorization": "Basic x"}).status_code == 401


def test_pages_carry_the_headers_that_keep_hostile_text_harmless(sqlite_visitor: TestClient) -> None:
    headers = sqlite_visitor.get("/masuk").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_errors_carry_the_headers_too(sqlite_visitor: TestClient) -> None:
    answer = sqlite_visitor.get("/tidak-ada")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize("path", ["/masuk", "/api/v1/docs"])
def test_no_page_has_a_script_or_style_of_its_own(sqlite_visitor: TestClient, path: str) -> None:
    text = sqlite_visitor.get(path).text
    assert "<style" not in text
    assert "<script>" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text


def test_a_huge_body_is_refused(sqlite_visitor: TestClient) -> None:
    assert sqlite_visitor.post("/masuk", data={"nama": "x" * LARGEST_BODY, "sandi": "y"}).status_code == 413


def test_a_null_character_is_a_bad_request(sign_in) -> None:
    browser: TestClient = sign_in()
    assert browser.get("/antrean?cari=%00").status_code == 400
    assert browser.get("/api/v1/flags?search=%00").status_code == 400


def test_what_failed_halfway_stores_nothing(session, sign_in) -> None:
    flag = make_flag(session)
    browser: TestClient = sign_in()
    assert browser.post(f"/penanda/{flag.id}/lepas").status_code == 409
    assert session.scalars(select(AuditEvent.action)).all() == ["masuk"]


def test_the_service_says_that_it_lives(visitor: TestClient) -> None:
    assert visitor.get("/healthz").json() == {"status": "ok"}

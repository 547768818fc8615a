"""Hostile requests that end before any question to the database: addresses, forms, headers, cookies, other sites."""

import itertools
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Assessment, Flag
from models.settings import Settings
from service.accounts.service import create_api_token
from tests.factories import PASSWORD, make_flag, make_user
from tests.service import hostile

REFUSED = range(400, 500)
SECRETS = ("root:x:", "def create_app", "SQLite format 3", "NETRA_")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
METHODS = ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND", "GET", "HEAD")
KINDS = ("multipart/form-data", f"multipart/form-data; boundary={'x' * 5_000}", "text/plain", "", "*/*")


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    """One engine: nothing of this reaches SQL."""
    return sqlite_settings


def test_no_address_leads_to_a_file_of_ours(session: Session, sign_in) -> None:
    browser = sign_in(role="admin")
    answers = {name: browser.get(path) for name, path in hostile.FILES.items()}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code not in REFUSED} == {}
    assert [name for name, answer in answers.items() if any(secret in answer.text for secret in SECRETS)] == []


@pytest.mark.parametrize(("path", "field"), [("/masuk", "lanjut"), ("/bahasa", "kembali")])
def test_a_form_leads_nowhere_else(session: Session, visitor: TestClient, path: str, field: str) -> None:
    make_user(session, username="rina")
    session.commit()
    person = {"nama": "rina", "sandi": PASSWORD, "kode": "id"}
    answers = {name: visitor.post(path, data=person | {field: to}) for name, to in hostile.DESTINATIONS.items()}
    led = {name: answer.headers.get("location") for name, answer in answers.items()}
    assert {name: to for name, to in led.items() if to != "/"} == {}
    assert [name for name, answer in answers.items() if "jahat" in str(answer.headers)] == []


def test_a_page_that_asks_to_sign_in_offers_no_way_out(sqlite_visitor: TestClient) -> None:
    for name, to in hostile.DESTINATIONS.items():
        page = LexborHTMLParser(sqlite_visitor.get(f"/masuk?lanjut={quote(to)}").text)
        assert [node.attributes["value"] for node in page.css("input[name=lanjut]")] == ["/"], name


def test_no_other_site_acts_through_a_signed_in_browser(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser = sign_in()
    paths = (f"/penanda/{flag.id}/ambil", f"/api/v1/flags/{flag.id}/take", "/keluar")
    tried = itertools.product(hostile.ORIGINS.items(), paths)
    let_in = [(name, path) for (name, headers), path in tried if browser.post(path, headers=headers).status_code != 403]
    assert let_in == []
    assert session.scalar(select(func.count()).where(Flag.holder_id.is_not(None))) == 0


def test_a_deed_is_done_by_post_alone(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser = sign_in()
    named = {"x-http-method-override": "POST", "x-method-override": "POST", "x-http-method": "POST"}
    paths = (f"/penanda/{flag.id}/ambil", f"/penanda/{flag.id}/ambil?_method=POST")
    for method, path in itertools.product(METHODS, paths):
        assert browser.request(method, path, headers=named).status_code in {404, 405}, method
    assert session.scalar(select(func.count()).where(Flag.holder_id.is_not(None))) == 0


def test_no_cookie_but_ours_opens_anything(session: Session, visitor: TestClient) -> None:
    make_flag(session)
    session.commit()
    for name, value in hostile.COOKIES.items():
        cookie = f"netra={value}".encode("latin-1")
        page, answer = (visitor.get(path, headers=[(b"cookie", cookie)]) for path in ("/penanda/1", "/api/v1/me"))
        assert (page.headers.get("location"), answer.status_code) == ("/masuk?lanjut=/penanda/1", 401), name


def test_a_cookie_is_kept_from_scripts_and_other_sites_and_ends_with_its_sign_in(session: Session, sign_in) -> None:
    browser = sign_in(make_user(session, username="rina"))
    stolen = {"cookie": f"netra={browser.cookies['netra']}"}
    assert browser.post("/keluar").status_code == 303
    assert browser.get("/antrean", headers=stolen).headers["location"].startswith("/masuk")
    set_cookies = browser.post("/masuk", data={"nama": "rina", "sandi": PASSWORD}).headers.get_list("set-cookie")
    assert [cookie for cookie in set_cookies if "httponly" not in cookie.lower() or "samesite=lax" not in cookie.lower()] == []


def test_a_machine_that_names_itself_twice_is_nobody(session: Session, sign_in) -> None:
    browser = sign_in(role="admin")
    key = create_api_token(session, make_user(session, role="pembaca"), "uji", 1)
    session.commit()
    for given in ("Bearer", "Bearer  ", "Basic cmluYTpyYWhhc2lh", f"Bearer {key} {key}", f"bearer {key}x"):
        assert browser.get("/api/v1/me", headers={"authorization": given}).status_code == 401, given


@pytest.mark.parametrize(
    "header", ["host", "x-forwarded-host", "x-forwarded-proto", "x-original-url", "x-rewrite-url", "forwarded"]
)
def test_no_header_of_a_request_comes_back(sqlite_visitor: TestClient, header: str) -> None:
    value = "/api/v1/metrics" if "url" in header else "jahat.test"
    for path in ("/", "/antrean", "/masuk", "/lapor", "/antrean/"):
        answer = sqlite_visitor.get(path, headers={header: value})
        assert value not in str(answer.headers) + answer.text


def test_a_form_of_another_kind_does_nothing(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser = sign_in()
    for kind in KINDS:
        answer = browser.post(f"/penanda/{flag.id}/nilai", content=b"hasil=duplikat", headers={"content-type": kind})
        assert answer.status_code in REFUSED, kind
    assert session.scalar(select(func.count()).select_from(Assessment)) == 0


def test_more_fields_than_any_form_has_are_refused(sign_in) -> None:
    answer = sign_in().post("/antrean/tersimpan", content=b"&".join([b"nama=a"] * 30_000), headers={"content-type": FORM})
    assert answer.status_code in REFUSED

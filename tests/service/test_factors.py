"""The second factor: what it opens, and that each code opens once."""

import re
import time
from datetime import timedelta

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from pyotp import TOTP
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.datastructures import State

from models import AuditEvent, Permission, RecoveryCode, SecondFactor, User, UserSession, now
from models.settings import Settings
from service.app import create_app
from service.dependencies import require
from tests.factories import PASSWORD, make_user
from tests.service.people_cases import begin_factor, install_factor

GUARDED = "/uji/teruskan"


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """A service with a page that only somebody with the right to refer, and a second factor, may see."""
    app = create_app(Settings(home=tmp_path_factory.mktemp("guarded"), _env_file=None))
    app.state = State()
    app.add_api_route(GUARDED, lambda: {"ok": True}, dependencies=[Depends(require(Permission.REFER_CASES))])
    return app


@pytest.fixture
def browser(session: Session, sign_in) -> TestClient:
    return sign_in(make_user(session, username="sari", role="koordinator"), verified=False)


def later(telephone: TOTP, steps: int = 1) -> str:
    """The code after the present one, which the clock's tolerance lets pass: setting up used the present one."""
    return telephone.at(int(time.time()) + 30 * steps)


def test_what_asks_for_it_leads_to_the_code_and_back(browser: TestClient) -> None:
    assert browser.get(GUARDED).headers["location"] == f"/saya/kode?lanjut={GUARDED}"
    assert browser.post(GUARDED).status_code == 405
    telephone, codes = install_factor(browser)
    assert browser.get(GUARDED).status_code == 200
    assert len(set(codes)) == 10
    assert telephone.secret not in browser.get("/saya/faktor").text


def test_a_code_opens_for_some_hours_and_never_twice(browser: TestClient, session: Session) -> None:
    telephone, _ = install_factor(browser)
    session.execute(update(UserSession).values(verified_at=now() - timedelta(hours=9)))
    session.commit()
    assert browser.get(GUARDED).status_code == 303
    data = {"kode": later(telephone), "lanjut": GUARDED}
    assert browser.post("/saya/kode", data=data).headers["location"] == GUARDED
    assert browser.get(GUARDED).status_code == 200
    assert browser.post("/saya/kode", data=data).status_code == 422
    assert browser.post("/saya/kode", data=data | {"kode": telephone.now()}).status_code == 422


def test_a_code_on_paper_opens_once(browser: TestClient, session: Session) -> None:
    _, codes = install_factor(browser)
    typed = codes[3].upper().replace("-", " ")
    assert browser.post("/saya/kode", data={"kode": typed}).status_code == 303
    assert browser.post("/saya/kode", data={"kode": typed}).status_code == 422
    assert "Kode cadangan tersisa: 9" in browser.get("/saya").text


def test_the_sign_in_gets_a_new_token_when_it_may_do_more(browser: TestClient) -> None:
    """A cookie that somebody copied, or planted, before the code opens nothing afterwards."""
    stale = TestClient(browser.app, follow_redirects=False)
    stale.cookies.set("netra", browser.cookies["netra"])
    install_factor(browser)
    assert stale.get("/saya").status_code == 303
    assert browser.get("/saya").status_code == 200


def test_guessing_codes_stops_and_leaves_a_trail(browser: TestClient, session: Session) -> None:
    telephone, _ = install_factor(browser)
    wrong = [browser.post("/saya/kode", data={"kode": code}).status_code for code in ("1", "x" * 60, "１２３４５６", "", "0 0")]
    assert wrong == [422] * 5
    assert browser.post("/saya/kode", data={"kode": later(telephone)}).status_code == 429
    assert list(session.scalars(select(AuditEvent.action))).count("faktor.gagal") == 5


def test_secrets_are_sealed_and_codes_hashed(browser: TestClient, session: Session) -> None:
    telephone, codes = install_factor(browser)
    stored = session.scalars(select(SecondFactor.secret_sealed)).one()
    hashes = session.scalars(select(RecoveryCode.code_sha256)).all()
    assert telephone.secret not in stored
    assert not set(codes) & set(hashes)
    assert telephone.secret not in str(session.scalars(select(AuditEvent.detail)).all())


def test_the_qr_is_an_svg_that_the_strict_policy_lets_pass(browser: TestClient) -> None:
    secret = begin_factor(browser)
    text = browser.get("/saya/faktor").text
    drawing = re.search(r'<div class="qr".*?</div>', text, re.DOTALL)
    assert drawing
    assert "<svg" in drawing[0]
    assert not re.search(r"style=|<style|<script|\son\w+=", drawing[0])
    assert secret not in drawing[0]


def test_it_is_removed_only_with_a_code_and_all_sign_ins_end(browser: TestClient, session: Session) -> None:
    telephone, _ = install_factor(browser)
    assert browser.post("/saya/faktor/hapus", data={"kode": "000000"}).status_code == 422
    assert browser.post("/saya/faktor").status_code == 409
    assert browser.post("/saya/faktor/hapus", data={"kode": later(telephone)}).status_code == 303
    assert browser.get("/saya").status_code == 303
    assert session.scalars(select(SecondFactor)).all() == []


def test_a_token_for_such_deeds_asks_for_it_when_it_is_made(browser: TestClient) -> None:
    body = {"name": "kirim", "scopes": ["perkara.teruskan"]}
    assert browser.post("/api/v1/me/tokens", json=body).json()["code"] == "perlu_faktor"
    install_factor(browser)
    key = browser.post("/api/v1/me/tokens", json=body).json()["token"]
    machine = TestClient(browser.app, headers={"authorization": f"Bearer {key}"}, follow_redirects=False)
    assert machine.get(GUARDED).status_code == 200


def test_where_the_key_was_lost_no_code_opens(browser: TestClient, session: Session) -> None:
    telephone, _ = install_factor(browser)
    session.execute(update(SecondFactor).values(secret_sealed="bukan-segel"))
    session.commit()
    assert browser.post("/saya/kode", data={"kode": later(telephone)}).status_code == 422


def test_an_admin_removes_a_lost_one(browser: TestClient, session: Session, sign_in) -> None:
    install_factor(browser)
    user = session.scalars(select(User).where(User.username == "sari")).one()
    admin = sign_in(role="admin")
    assert admin.post(f"/pengguna/{user.id}/faktor/hapus").status_code == 303
    assert browser.get("/saya").status_code == 303
    assert browser.post("/masuk", data={"nama": "sari", "sandi": PASSWORD}).status_code == 303
    assert browser.get(GUARDED).status_code == 303

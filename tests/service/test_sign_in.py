from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiToken, AuditEvent, User, UserSession, now
from models.settings import Settings
from service.accounts.passwords import token_sha256
from service.accounts.service import create_api_token, create_user
from service.app import UnsafeAddress, create_app, refuse_unsafe_address
from service.errors import Conflict, InvalidInput
from tests.factories import PASSWORD, make_user


def enter(browser: TestClient, username: str, password: str = PASSWORD, **more: str) -> int:
    return browser.post("/masuk", data={"nama": username, "sandi": password, **more}).status_code


def test_only_the_hash_of_the_cookie_is_stored(session: Session, visitor: TestClient) -> None:
    make_user(session, username="sari")
    session.commit()
    assert enter(visitor, "sari") == 303
    stored = session.scalars(select(UserSession.token_sha256)).one()
    assert stored == token_sha256(visitor.cookies["netra"])


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(session: Session, visitor: TestClient) -> None:
    make_user(session, username="sari")
    session.commit()
    wrong = visitor.post("/masuk", data={"nama": "sari", "sandi": "salah"})
    unknown = visitor.post("/masuk", data={"nama": "tono", "sandi": "salah"})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace("sari", "") == unknown.text.replace("tono", "")


def test_the_trail_does_not_keep_an_unknown_name(session: Session, visitor: TestClient) -> None:
    enter(visitor, "kata-sandi-di-kolom-salah")
    actor = session.scalars(select(AuditEvent.actor).where(AuditEvent.action == "masuk.gagal")).one()
    assert actor.startswith("tak dikenal:")
    assert "kata-sandi" not in actor


@pytest.mark.parametrize("username", ["sari", "tak-ada"])
def test_the_sixth_attempt_in_five_minutes_waits(session: Session, visitor: TestClient, username: str) -> None:
    make_user(session, username="sari")
    session.commit()
    assert [enter(visitor, username, "salah") for _ in range(5)] == [401] * 5
    assert enter(visitor, username) == 429


def test_demo_users_enter_only_the_demo(session: Session, settings: Settings, visitor: TestClient) -> None:
    make_user(session, username="demo", is_demo=True)
    session.commit()
    assert enter(visitor, "demo") == 401
    with TestClient(create_app(settings.model_copy(update={"demo": True})), follow_redirects=False) as demo:
        assert enter(demo, "demo") == 303


def test_an_inactive_user_is_out_at_once(session: Session, sign_in) -> None:
    user = make_user(session)
    browser = sign_in(user)
    user.is_active = False
    session.commit()
    assert browser.get("/antrean").headers["location"] == "/masuk?lanjut=/antrean"


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(session: Session, sign_in, visitor: TestClient) -> None:
    browser = sign_in()
    visitor.cookies.set("netra", browser.cookies["netra"])
    assert visitor.get("/antrean").status_code == 200
    assert browser.post("/keluar").status_code == 303
    assert visitor.get("/antrean").status_code == 303


def test_signing_in_anew_ends_the_sign_in_before(session: Session, sign_in, visitor: TestClient) -> None:
    make_user(session, username="sari")
    browser = sign_in()
    visitor.cookies.set("netra", browser.cookies["netra"])
    assert enter(browser, "sari") == 303
    assert visitor.get("/antrean").status_code == 303
    assert session.scalars(select(AuditEvent.action)).all() == ["masuk", "keluar", "masuk"]


def test_an_expired_session_is_over(session: Session, sign_in) -> None:
    browser = sign_in()
    session.scalars(select(UserSession)).one().expires_at = now() - timedelta(seconds=1)
    session.commit()
    assert browser.get("/antrean").status_code == 303


@pytest.mark.parametrize("target", ["//jahat.test", "/\\jahat.test", "https://jahat.test", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(session: Session, visitor: TestClient, target: str) -> None:
    make_user(session, username="sari")
    session.commit()
    answer = visitor.post("/masuk", data={"nama": "sari", "sandi": PASSWORD, "lanjut": target})
    assert answer.headers["location"] == "/"


def test_behind_https_the_cookie_is_tied_to_the_host(session: Session, settings: Settings) -> None:
    make_user(session, username="sari")
    session.commit()
    app = create_app(settings.model_copy(update={"public_url": "https://netra.test"}))
    with TestClient(app, base_url="https://netra.test", follow_redirects=False) as browser:
        answer = browser.post("/masuk", data={"nama": "sari", "sandi": PASSWORD})
        assert answer.headers["set-cookie"].startswith("__Host-netra=")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(answer.headers["set-cookie"].split("; "))
        assert browser.get("/antrean").status_code == 200


def test_a_new_user_signs_in_with_the_password_given(session: Session, visitor: TestClient) -> None:
    create_user(session, "Sari", "Sari Wulandari", "sandi-yang-panjang", "pengawas", "33")
    session.commit()
    assert enter(visitor, "sari", "sandi-yang-panjang") == 303


def test_short_passwords_and_taken_names_are_refused(session: Session) -> None:
    with pytest.raises(InvalidInput, match="at least 12"):
        create_user(session, "sari", "Sari", "pendek", "pengawas", None)
    make_user(session, username="sari")
    with pytest.raises(Conflict):
        create_user(session, "sari", "Sari", "sandi-yang-panjang", "pengawas", None)


def test_a_token_is_stored_as_a_hash_and_its_making_is_in_the_trail(session: Session) -> None:
    user: User = make_user(session)
    plain = create_api_token(session, user, "ekspor", 30, can_write=True)
    token = session.scalars(select(ApiToken)).one()
    assert token.token_sha256 == token_sha256(plain)
    assert session.scalars(select(AuditEvent.action)).all() == ["token.tambah"]


def test_beyond_loopback_it_listens_only_behind_https() -> None:
    refuse_unsafe_address(Settings(host="::1", _env_file=None))
    refuse_unsafe_address(Settings(host="0.0.0.0", public_url="https://netra.test", _env_file=None))
    with pytest.raises(UnsafeAddress, match="NETRA_PUBLIC_URL"):
        refuse_unsafe_address(Settings(host="0.0.0.0", _env_file=None))

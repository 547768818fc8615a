"""Signing in through an OpenID provider: a right answer opens, every wrong one does not."""

import time
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User, UserIdentity, UserSession
from models.database import make_engine, make_session
from models.settings import Settings
from service.accounts.people import link_identity
from tests.factories import make_user
from tests.service.conftest import furnished
from tests.service.oidc_provider import CLIENT, SUBJECT, Provider, providing

WRONG: list[dict[str, object]] = [
    {"nonce": "lain"},
    {"nonce": None},
    {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
    {"exp": None},
    {"iat": int(time.time()) + 3600},
    {"aud": "program-lain"},
    {"aud": [CLIENT, "program-lain"]},
    {"aud": [CLIENT, "program-lain"], "azp": "program-lain"},
    {"iss": "https://sso.lain.test"},
    {"sub": None},
    {"sub": "orang-lain"},
    {"sub": 7},
]


@pytest.fixture(scope="module")
def shared_provider() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def provider(shared_provider: Provider) -> Provider:
    shared_provider.claims, shared_provider.signing_key, shared_provider.issuer_said = {}, None, ""
    shared_provider.algorithm = "RS256"
    return shared_provider


@pytest.fixture
def linked(sqlite_settings: Settings, provider: Provider) -> Iterator[Session]:
    """A database in which sari's account there is linked."""
    engine = make_engine(sqlite_settings.database_address)
    with make_session(engine)() as session:
        link_identity(session, make_user(session, username="sari"), provider.address, SUBJECT)
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def browser(sqlite_settings: Settings, provider: Provider, linked: Session, routes: FastAPI) -> Iterator[TestClient]:
    values = {"oidc_issuer": provider.address, "oidc_client_id": CLIENT, "oidc_name": "SSO Bawaslu"}
    with furnished(routes, sqlite_settings.model_copy(update=values)) as browser:
        yield browser


def come_back(browser: TestClient, provider: Provider, lanjut: str = "/jejak", **changed: str) -> tuple[int, str]:
    leaving = browser.get(f"/masuk/oidc?lanjut={lanjut}")
    assert leaving.status_code == 303
    answer = browser.get("/masuk/oidc/kembali", params=provider.authorize(leaving.headers["location"]) | changed)
    return answer.status_code, answer.headers.get("location", "")


def test_the_button_leads_in_and_to_where_one_wanted_to_go(browser: TestClient, provider: Provider) -> None:
    assert "Masuk lewat SSO Bawaslu" in browser.get("/masuk").text
    assert come_back(browser, provider, "/saya") == (303, "/saya")
    assert "OpenID" in browser.get("/saya").text


def test_a_token_that_does_not_hold_signs_nobody_in(browser: TestClient, provider: Provider, linked: Session) -> None:
    let_in = list[dict[str, object]]()
    for provider.claims in WRONG:
        if come_back(browser, provider) != (401, ""):
            let_in.append(provider.claims)
    assert let_in == []
    assert linked.scalars(select(UserSession)).all() == []


def test_a_token_of_another_signature_signs_nobody_in(browser: TestClient, provider: Provider) -> None:
    provider.signing_key = RSAKey.generate_key(2048)
    assert come_back(browser, provider)[0] == 401


def test_a_key_that_is_a_shared_secret_proves_nothing(browser: TestClient, provider: Provider) -> None:
    """The oldest trick: to sign with what everybody may read, and to say that it is a secret."""
    from joserfc import jwt
    from joserfc.jwk import OctKey

    leaving = browser.get("/masuk/oidc").headers["location"]
    carried, nonce = provider.authorize(leaving), provider.codes["kode-1"]["nonce"]
    at = int(time.time())
    claims = {"iss": provider.address, "sub": SUBJECT, "aud": CLIENT, "exp": at + 60, "iat": at, "nonce": nonce}
    public = provider.key.as_pem(private=False)
    forged = jwt.encode({"alg": "HS256", "kid": "kunci-1"}, claims, OctKey.import_key(public.hex()), algorithms=["HS256"])
    provider.id_token = lambda nonce: forged  # pyright: ignore[reportAttributeAccessIssue]
    try:
        assert browser.get("/masuk/oidc/kembali", params=carried).status_code == 401
    finally:
        del provider.id_token


def test_new_keys_of_the_provider_are_read_again(browser: TestClient, provider: Provider) -> None:
    assert come_back(browser, provider)[0] == 303
    old, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "kunci-2", "use": "sig", "alg": "RS256"})
    browser.app.state.oidc.read_at -= 120  # pyright: ignore[reportAttributeAccessIssue, reportFunctionMemberAccess]
    assert come_back(browser, provider)[0] == 303
    provider.key = old


def test_another_state_or_code_signs_nobody_in(browser: TestClient, provider: Provider) -> None:
    wrong = [{"state": "lain"}, {"state": ""}, {"code": "kode-lain"}, {"code": ""}]
    assert [come_back(browser, provider, **changed)[0] for changed in wrong] == [401] * 4


def test_the_way_back_holds_only_in_the_browser_that_left(
    browser: TestClient, provider: Provider, sqlite_settings: Settings
) -> None:
    carried = provider.authorize(browser.get("/masuk/oidc").headers["location"])
    victim = TestClient(browser.app, follow_redirects=False)
    assert victim.get("/masuk/oidc/kembali", params=carried).status_code == 401


def test_the_way_back_opens_once(browser: TestClient, provider: Provider) -> None:
    carried = provider.authorize(browser.get("/masuk/oidc").headers["location"])
    assert browser.get("/masuk/oidc/kembali", params=carried).status_code == 303
    assert browser.get("/masuk/oidc/kembali", params=carried).status_code == 401


def test_nobody_is_made_by_signing_in(browser: TestClient, provider: Provider, linked: Session) -> None:
    provider.claims = {"sub": "baru", "preferred_username": "sari", "email": "sari@kantor.test"}
    assert come_back(browser, provider)[0] == 401
    assert linked.scalars(select(User.username)).all() == ["sari"]
    assert linked.scalars(select(UserIdentity.subject)).all() == [SUBJECT]


def test_a_disabled_person_stays_out(browser: TestClient, provider: Provider, linked: Session) -> None:
    linked.scalars(select(User)).one().is_active = False
    linked.commit()
    assert come_back(browser, provider)[0] == 401


def test_signing_in_never_leads_to_another_site(browser: TestClient, provider: Provider) -> None:
    assert come_back(browser, provider, "//jahat.test")[1] == "/"


def test_a_document_of_another_issuer_is_not_believed(browser: TestClient, provider: Provider) -> None:
    provider.issuer_said = "https://sso.lain.test"
    assert browser.get("/masuk/oidc").status_code == 401


def test_a_silent_provider_is_a_page_and_passwords_go_on(sqlite_settings: Settings, routes: FastAPI) -> None:
    values = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": CLIENT}
    with furnished(routes, sqlite_settings.model_copy(update=values)) as browser:
        answer = browser.get("/masuk/oidc")
    assert (answer.status_code, "Penyedia akun tidak menjawab" in answer.text) == (502, True)
    assert 'name="sandi"' in answer.text


def test_without_a_provider_there_is_no_such_way(sqlite_visitor: TestClient) -> None:
    assert sqlite_visitor.get("/masuk/oidc").status_code == 404

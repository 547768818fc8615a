"""`/saya` and the keys that people hold: sign-ins, passwords, tokens."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import ApiToken, AuditEvent, User, UserSession, now
from service.accounts.passwords import token_sha256
from service.accounts.service import create_api_token
from service.errors import InvalidInput
from tests.factories import PASSWORD, make_flag, make_item, make_user

NEW = "sandi-uji-yang-lain"


def change(browser: TestClient, current: str = PASSWORD, new: str = NEW, again: str = "") -> int:
    return browser.post("/saya/sandi", data={"sekarang": current, "baru": new, "ulang": again or new}).status_code


def token_of(browser: TestClient, **body: object) -> TestClient:
    answer = browser.post("/api/v1/me/tokens", json={"name": "uji", "days": 5} | body)
    assert answer.status_code == 200, answer.text
    headers = {"authorization": f"Bearer {answer.json()['token']}"}
    return TestClient(browser.app, headers=headers, follow_redirects=False)


def test_a_sign_in_that_nobody_uses_ends_before_its_time(session: Session, sign_in) -> None:
    browser = sign_in()
    session.execute(update(UserSession).values(last_seen_at=now() - timedelta(minutes=59)))
    session.commit()
    assert browser.get("/saya").status_code == 200
    session.execute(update(UserSession).values(last_seen_at=now() - timedelta(minutes=61)))
    session.commit()
    assert browser.get("/saya").status_code == 303


def test_use_is_noted_and_an_open_page_that_asks_alone_is_no_use(session: Session, sign_in) -> None:
    browser, long_ago = sign_in(), now() - timedelta(minutes=30)
    session.execute(update(UserSession).values(last_seen_at=long_ago))
    session.commit()
    browser.get("/antrean/baru")
    assert session.scalars(select(UserSession.last_seen_at)).one() == long_ago
    session.rollback()
    browser.get("/antrean")
    assert session.scalars(select(UserSession.last_seen_at)).one() > now() - timedelta(minutes=1)


def test_a_new_password_throws_every_other_browser_out(session: Session, sign_in) -> None:
    user = make_user(session, username="sari")
    first, second = sign_in(user), sign_in(user)
    stale = first.cookies["netra"]
    assert change(first) == 303
    assert (first.get("/saya").status_code, second.get("/saya").status_code) == (200, 303)
    assert first.cookies["netra"] != stale
    assert second.post("/masuk", data={"nama": "sari", "sandi": PASSWORD}).status_code == 401
    assert second.post("/masuk", data={"nama": "sari", "sandi": NEW}).status_code == 303


def test_the_old_password_is_asked_for_and_cannot_be_guessed(session: Session, sign_in) -> None:
    browser = sign_in(username="sari")
    assert [change(browser, "salah") for _ in range(5)] == [422] * 5
    assert change(browser) == 429


@pytest.mark.parametrize("new", ["pendek", "aaaaaaaaaaaa", "sari-sari-sari", "x" * 201, "abcdef\0ghijkl"])
def test_easy_and_endless_passwords_are_refused(sign_in, new: str) -> None:
    assert change(sign_in(username="sari"), new=new) in {400, 422}


def test_whoever_got_a_password_from_an_admin_changes_it_first(session: Session, sign_in) -> None:
    user = make_user(session, username="sari", must_change_password=True)
    browser = sign_in(user)
    assert browser.get("/antrean").headers["location"] == "/saya/sandi"
    assert browser.get("/api/v1/flags").json()["code"] == "ganti_sandi"
    assert change(browser) == 303
    assert browser.get("/antrean").status_code == 200


def test_one_ends_ones_own_sign_ins_and_no_others(session: Session, sign_in) -> None:
    user = make_user(session)
    browser, other, stranger = sign_in(user), sign_in(user), sign_in()
    number = session.scalars(select(UserSession.id).order_by(UserSession.id)).all()
    session.rollback()
    assert browser.post(f"/saya/sesi/{number[2]}/akhiri").status_code == 404
    assert browser.post(f"/saya/sesi/{number[1]}/akhiri").status_code == 303
    assert (other.get("/saya").status_code, stranger.get("/saya").status_code) == (303, 200)


def test_a_token_is_shown_once_and_known_by_its_beginning(session: Session, sign_in) -> None:
    browser = sign_in()
    page = browser.post("/saya/token", data={"nama": "ekspor", "hari": "5", "cakupan": "antrean.baca"})
    token = session.scalars(select(ApiToken)).one()
    plain = page.text.split('<p class="secret"><code>')[1].split("<")[0]
    assert (token.token_sha256, token.prefix) == (token_sha256(plain), plain[:12])
    assert plain.startswith("netra_")
    own = browser.get("/saya").text
    assert (token.prefix in own, plain in own) == (True, False)


def test_a_token_does_what_its_scopes_say_in_its_region(session: Session, sign_in) -> None:
    here, there = (make_flag(session, make_item(session, region_code=code)) for code in ("33.24", "35"))
    machine = token_of(sign_in(role="koordinator"), scopes=["antrean.baca"], region_code="33")
    assert [machine.get(f"/api/v1/flags/{flag.id}").status_code for flag in (here, there)] == [200, 404]
    assert machine.post(f"/api/v1/flags/{here.id}/take").status_code == 403
    assert machine.get("/api/v1/audit").status_code == 403


def test_a_token_never_grows_beyond_its_owner(session: Session, sign_in) -> None:
    browser = sign_in(region_code="33")
    assert browser.post("/api/v1/me/tokens", json={"name": "uji", "scopes": ["pengguna.kelola"]}).status_code == 422
    wide = token_of(browser, scopes=["antrean.baca"], region_code="51")
    flag = make_flag(session, make_item(session, region_code="51"))
    session.commit()
    assert wide.get(f"/api/v1/flags/{flag.id}").status_code in {403, 404}


def test_a_token_makes_no_tokens_and_sees_no_sign_ins(session: Session, sign_in) -> None:
    machine = token_of(sign_in(role="admin"), scopes=["pengguna.kelola"])
    assert machine.get("/api/v1/users").status_code == 200
    for answer in (
        machine.get("/api/v1/me/sessions"),
        machine.post("/api/v1/me/tokens", json={"name": "x", "scopes": ["antrean.baca"]}),
    ):
        assert answer.json()["code"] == "hanya_orang"
    assert machine.get("/saya").status_code == 403


def test_revoked_and_expired_tokens_open_nothing(session: Session, sign_in) -> None:
    browser = sign_in()
    first, second = (token_of(browser, scopes=["antrean.baca"]) for _ in range(2))
    number = browser.get("/api/v1/me/tokens").json()["tokens"][-1]["id"]
    assert browser.delete(f"/api/v1/me/tokens/{number}").status_code == 204
    assert first.get("/api/v1/me").status_code == 401
    assert second.get("/api/v1/me").status_code == 200
    assert session.scalars(select(ApiToken.last_used_at).order_by(ApiToken.id.desc())).first() is not None
    session.execute(update(ApiToken).values(expires_at=now() - timedelta(seconds=1)))
    session.commit()
    assert second.get("/api/v1/me").status_code == 401


def test_a_token_in_an_address_opens_nothing(session: Session, visitor: TestClient) -> None:
    plain = create_api_token(session, make_user(session), "uji", 1)
    session.commit()
    for name in ("token", "access_token", "authorization", "api_key", "netra"):
        assert visitor.get("/api/v1/me", params={name: plain}).status_code == 401


def test_a_planted_cookie_does_not_become_the_sign_in(session: Session, visitor: TestClient) -> None:
    make_user(session, username="sari")
    session.commit()
    visitor.cookies.set("netra", "milik-penyerang")
    visitor.post("/masuk", data={"nama": "sari", "sandi": PASSWORD})
    stored = session.scalars(select(UserSession.token_sha256)).one()
    assert stored != token_sha256("milik-penyerang")


def test_the_trail_holds_no_secret(session: Session, sign_in) -> None:
    browser = sign_in()
    change(browser)
    token_of(browser, scopes=["antrean.baca"])
    said = str(session.scalars(select(AuditEvent.detail)).all())
    assert NEW not in said
    assert session.scalars(select(User.password_hash)).one() not in said


def test_a_token_lives_a_year_at_most(session: Session) -> None:
    with pytest.raises(InvalidInput):
        create_api_token(session, make_user(session), "uji", 367)

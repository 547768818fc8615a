"""Hostile sign-ins: cookies that were planted, codes that were seen, names that are guessed, and hosts that a request names."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pyotp.totp import TOTP
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from models import SecondFactor, User, now
from models.database import make_session
from models.legal.deadline import local_day
from models.settings import Settings
from service.accounts import factors, passwords
from service.accounts.people import Grant, add_role, disable_user
from service.accounts.service import create_api_token, revoke_tokens
from service.alerts.digest import make_digest
from service.alerts.passes import run_pass
from service.sealing import Keys
from tests.factories import PASSWORD, make_flag, make_user
from tests.receivers import mail_server
from tests.service.people_cases import install_factor

NEW = "kata sandi yang lain 77"
INJECTIONS = (
    "a@contoh.test\r\nBcc: x@jahat.test",
    "a@contoh.test\nBcc: x@jahat.test",
    "a@contoh.test%0d%0aBcc: x@jahat.test",
    "a@contoh.test, x@jahat.test",
    "Nama <a@contoh.test>",
    "a@contoh.test\u2028Bcc: x@jahat.test",
    "a@contoh.test\0",
    '"a\\r\\n"@contoh.test',
)


def enter(browser: TestClient, username: str, password: str = PASSWORD) -> int:
    return browser.post("/masuk", data={"nama": username, "sandi": password}).status_code


def opens(browser: TestClient, cookie: str) -> bool:
    """Whether a cookie, in a browser of its own, opens anything."""
    other = TestClient(browser.app, follow_redirects=False)
    return other.get("/saya", headers={"cookie": f"netra={cookie}"}).status_code == 200


@pytest.fixture
def people(session: Session) -> list[User]:
    found = [make_user(session, username=name, role="koordinator") for name in ("korban", "penyerang")]
    session.commit()
    return found


def test_a_cookie_from_before_is_never_the_one_after(people, visitor: TestClient) -> None:
    visitor.cookies.set("netra", "dititipkan-penyerang")
    assert enter(visitor, "korban") == 303
    given = [cookie.value or "" for cookie in visitor.cookies.jar if cookie.name == "netra"]
    assert [opens(visitor, value) for value in given if value != "dititipkan-penyerang"] == [True]
    assert not opens(visitor, "dititipkan-penyerang")


def test_a_running_sign_in_of_somebody_else_that_was_planted_ends(people, visitor: TestClient) -> None:
    """Whoever plants a cookie of their own sees nothing of what its victim does after signing in."""
    attacker = TestClient(visitor.app, follow_redirects=False)
    assert enter(attacker, "penyerang") == 303
    planted = attacker.cookies["netra"]
    assert enter(attacker, "korban") == 303
    assert attacker.cookies["netra"] != planted
    assert (opens(visitor, planted), opens(visitor, attacker.cookies["netra"])) == (False, True)


def show_code(browser: TestClient, _session: Session, _user: User) -> None:
    install_factor(browser)


def change_password(browser: TestClient, _session: Session, _user: User) -> None:
    form = {"sekarang": PASSWORD, "baru": NEW, "ulang": NEW}
    assert browser.post("/saya/sandi", data=form).status_code == 303


def gain_role(_browser: TestClient, session: Session, user: User) -> None:
    add_role(session, user, Grant("admin"))
    session.commit()


def lose_account(_browser: TestClient, session: Session, user: User) -> None:
    disable_user(session, user)
    session.commit()


@pytest.mark.parametrize("deed", [show_code, change_password, gain_role, lose_account])
def test_what_changes_what_somebody_may_do_ends_the_cookie_of_before(
    session: Session, people, visitor: TestClient, deed: Callable[[TestClient, Session, User], None]
) -> None:
    assert enter(visitor, "korban") == 303
    before = visitor.cookies["netra"]
    deed(visitor, session, people[0])
    assert not opens(visitor, before)


@pytest.fixture
def guarded(session: Session, people, visitor: TestClient) -> tuple[TestClient, TOTP]:
    """A browser whose person has a second factor, set up two steps ago: the codes around this moment are all unused."""
    assert enter(visitor, "korban") == 303
    telephone, _ = install_factor(visitor)
    session.execute(update(SecondFactor).values(last_step=int(time.time()) // factors.STEP_SECONDS - 2))
    session.commit()
    return visitor, telephone


def code_of(telephone: TOTP, steps: int) -> str:
    return telephone.generate_otp(int(time.time()) // factors.STEP_SECONDS + steps)


def try_code(browser: TestClient, code: str) -> int:
    return browser.post("/saya/kode", data={"kode": code}).status_code


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step of the telephone ends while a test runs."""
    moment = time.time() // factors.STEP_SECONDS * factors.STEP_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: moment)


def test_each_code_of_the_window_opens_once_and_none_opens_after_a_later_one(frozen, guarded) -> None:
    browser, telephone = guarded
    tried = [(steps, try_code(browser, code_of(telephone, steps))) for steps in (-1, -1, 0, -1, 0, 1, 0)]
    assert tried == [(-1, 303), (-1, 422), (0, 303), (-1, 422), (0, 422), (1, 303), (0, 422)]


@pytest.mark.parametrize("steps", [-3, -2, 2, 3, 1000])
def test_a_code_from_outside_of_the_window_opens_nothing(frozen, guarded, steps: int) -> None:
    browser, telephone = guarded
    assert try_code(browser, code_of(telephone, steps)) == 422


def test_one_code_in_two_requests_at_once_opens_once(engine: Engine, settings: Settings, session: Session, guarded) -> None:
    """Sixteen transactions that all have read the factor before the first of them uses it."""
    _, telephone = guarded
    user_id, keys, code = session.scalars(select(SecondFactor.user_id)).one(), Keys.of(settings), code_of(telephone, 0)
    session.rollback()

    def spend(_: int) -> bool:
        with make_session(engine).begin() as own:
            return factors.spend(own, user_id, keys, code)

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(spend, range(16))) == [False] * 15 + [True]


def test_one_code_on_paper_in_two_requests_at_once_opens_once(engine, settings, session: Session, people, visitor) -> None:
    assert enter(visitor, "korban") == 303
    _, codes = install_factor(visitor)
    user_id = people[0].id
    session.rollback()

    def spend(_: int) -> bool:
        with make_session(engine).begin() as own:
            return factors.spend(own, user_id, Keys.of(settings), codes[0])

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(spend, range(16))) == [False] * 15 + [True]


class CountingHasher:
    """Counts what is verified, and against hashes of which cost."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self.costs = list[str]()

    def verify(self, stored: str, password: str) -> bool:
        self.costs.append(stored.rsplit("$", 2)[0])
        return self._hasher.verify(stored, password)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hasher, name)


@contextmanager
def every_statement(engine: Engine) -> Iterator[list[str]]:
    """All that is asked and written while the block runs, without its values and without what sets a new connection up."""
    said = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "SET ")):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def asked(app: FastAPI) -> Engine:
    """The service's own, not the test's."""
    return app.state.writing.kw["bind"]


def test_an_unknown_name_costs_the_same_statements_and_the_same_hash(session, people, visitor, asked, monkeypatch) -> None:
    disable_user(session, people[1])
    session.commit()
    hasher = CountingHasher(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    passwords.nobodys_hash.cache_clear()
    passwords.nobodys_hash()
    tried = list[tuple[int, list[str], list[str]]]()
    for name, password in (("korban", "salah sekali 12"), ("penyerang", PASSWORD), ("tidak-ada", "salah sekali 12")):
        hasher.costs.clear()
        with every_statement(asked) as said:
            status = enter(visitor, name, password)
        tried.append((status, list(hasher.costs), said))
    assert (tried[0][0], len(tried[0][1])) == (401, 1)
    assert [one for one in tried if one != tried[0]] == []


def test_a_key_that_never_was_costs_what_one_costs_that_was_revoked(session, people, visitor, asked) -> None:
    key = create_api_token(session, people[0], "uji", 1)
    revoke_tokens(session, people[0], "uji")
    session.commit()
    tried = list[tuple[int, str, list[str]]]()
    for given in (key, key[:-1] + ("a" if key[-1] != "a" else "b"), "netra_", "x" * 4_000):
        with every_statement(asked) as said:
            answer = visitor.get("/api/v1/me", headers={"authorization": f"Bearer {given}"})
        tried.append((answer.status_code, answer.json()["code"], said))
    assert tried[0][0] == 401
    assert [one for one in tried if one != tried[0]] == []


ELSEWHERE = (
    {"origin": "null"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
    {"origin": "http://testserver", "sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-user": "?1"},
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "Same-Origin"},
    {"origin": ""},
    {"origin": "null", "referer": "http://testserver/masuk"},
)


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_no_other_site_signs_anybody_in_out_or_sends_in_their_name(people, visitor, headers: dict[str, str]) -> None:
    """To sign a victim in as somebody else makes them write into the account of that one."""
    form = {"nama": "penyerang", "sandi": PASSWORD}
    assert visitor.post("/masuk", data=form, headers=headers).status_code == 403
    assert not visitor.cookies
    assert enter(visitor, "korban") == 303
    for path in ("/keluar", "/saya/sandi", "/saya/kode", "/peringatan/langganan", "/api/v1/flags/take"):
        assert visitor.post(path, headers=headers).status_code == 403, path


@pytest.mark.parametrize("host", ["jahat.test", "jahat.test:80", "testserver@jahat.test", "testserver\tjahat.test"])
@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "x-original-host", "forwarded"])
def test_no_header_names_the_host_of_a_link(session, people, settings: Settings, visitor, header: str, host: str) -> None:
    """Whoever asks for a digest or reads a page under another name gets links of the settings, and no other."""
    settings.public_url = "https://netra.contoh.test"
    headers = {header: host}
    answers = [visitor.get(path, headers=headers) for path in ("/masuk", "/lapor", "/peringatan/berhenti?orang=1&bukti=x", "/x")]
    answers.append(visitor.post("/masuk", data={"nama": "korban", "sandi": PASSWORD}, headers=headers))
    assert not [answer for answer in answers if "jahat" in answer.text + str(answer.headers)]


def test_a_digest_links_to_the_address_of_the_settings_alone(session, people, settings: Settings, engine, visitor) -> None:
    """Whatever host its subscriber named when they asked for it, and whoever had looked at the pages before."""
    settings.public_url, settings.mail_from, settings.smtp_host = "http://netra.contoh.test", "netra@contoh.test", "127.0.0.1"
    assert enter(visitor, "korban") == 303
    form = {"surel": "a@contoh.test", "irama": "tiap_jam"}
    assert visitor.post("/peringatan/langganan", data=form, headers={"host": "jahat.test"}).status_code == 303
    make_flag(session, due_on=local_day(now(), "33"))
    session.commit()
    with mail_server() as office:
        settings.smtp_port, settings.smtp_security = office.port, "none"
        assert run_pass(make_session(engine), settings, at=now() + timedelta(hours=1)).mails == 1
    mail = office.taken[0]
    said = "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text") + str(mail.items())
    assert {urlsplit(link).netloc for link in re.findall(r"https?://[^\s\"'<>]+", said)} == {"netra.contoh.test"}


@pytest.mark.parametrize("address", INJECTIONS)
def test_an_address_adds_no_header_to_a_mail(session, people, settings: Settings, visitor, address: str) -> None:
    assert enter(visitor, "korban") == 303
    assert visitor.post("/peringatan/langganan", data={"surel": address, "irama": "harian"}).status_code in {400, 422}
    body = {"email": address, "cadence": "harian"}
    assert visitor.put("/api/v1/alerts/subscription", json=body).status_code in {400, 422}
    with pytest.raises(ValueError, match=r"linefeed|carriage|header|\n"):
        make_digest(settings, "a@contoh.test\r\nBcc: x@jahat.test", [], more=False, name="uji", way_out="http://contoh.test")

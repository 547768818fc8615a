"""The pages of an admin, with eyes, with axe-core and on a phone; the second factor as a person sets it up."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pyotp import TOTP
from sqlalchemy import Engine

from models.database import make_session
from tests.browser.conftest import Office, sign_in
from tests.browser.structure import violations
from tests.factories import make_user

PATHS = ["/pengguna", "/pengguna/baru", "/pengguna/1", "/pengguna/2", "/saya"]


def admin_page(browser: Browser, office: Office, engine: Engine, width: int) -> Page:
    with make_session(engine).begin() as session:
        make_user(session, username="wati", role="admin")
    page = browser.new_context(viewport={"width": width, "height": 800}, locale="id-ID").new_page()
    sign_in(page, office, "wati")
    return page


@pytest.mark.long
def test_pages_of_admins_are_accessible_and_fit_a_phone(browser: Browser, office: Office, sqlite_engine: Engine) -> None:
    page = admin_page(browser, office, sqlite_engine, 360)
    found = list[str]()
    for path in PATHS:
        page.goto(office.address + path)
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    assert found == []
    page.context.close()


@pytest.mark.slow
def test_a_second_factor_is_set_up_under_the_strict_policy(page: Page, office: Office) -> None:
    refused = list[str]()
    page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto(f"{office.address}/saya/faktor")
    page.get_by_role("button", name="Mulai memasang").click()
    expect(page.get_by_role("img", name=re.compile("Kode QR"))).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Enam angka").fill(TOTP(page.locator("code.hash").inner_text()).now())
    page.get_by_role("button", name="Pasang").click()
    expect(page.get_by_role("heading", name="Kode cadangan")).to_be_visible()
    assert page.locator(".codes li").count() == 10
    assert (violations(page), refused) == ([], [])

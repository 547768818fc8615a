"""Marking sentences with a keyboard, with a mouse, and without JavaScript."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from models import Assessment
from models.database import make_session
from tests.browser.conftest import Office, sign_in
from tests.browser.structure import violations

FIRST = "Camat Wanasari mengajak"
SECOND = "Ajakan itu disampaikan"


def stored(engine: Engine) -> list[list[dict[str, int]]]:
    with make_session(engine)() as session:
        return list(session.scalars(select(Assessment.evidence)))


def save_as_partisan(page: Page) -> None:
    before = page.url
    page.keyboard.press("a")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.wait_for_function("before => location.href !== before", arg=before)


def open_camat(page: Page, office: Office) -> None:
    page.goto(f"{office.address}/penanda/1")
    page.keyboard.press("t")
    expect(page.locator("form#formulir-nilai")).to_be_visible()
    page.wait_for_load_state("domcontentloaded")  # Keys do nothing before the script of the page has run.


@pytest.mark.slow
def test_a_keyboard_marks_a_sentence(page: Page, office: Office, sqlite_engine: Engine) -> None:
    open_camat(page, office)
    page.keyboard.press("m")
    for key in ("Tab", "Space", "Tab", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("checkbox", name=FIRST)).not_to_be_checked()
    expect(page.get_by_role("checkbox", name=SECOND)).to_be_checked()
    assert violations(page) == []
    save_as_partisan(page)
    assert stored(sqlite_engine) == [[{"start": 61, "end": 102}]]


@pytest.mark.long
def test_a_mouse_marks_a_sentence(page: Page, office: Office, sqlite_engine: Engine) -> None:
    open_camat(page, office)
    page.get_by_text("Tandai kalimat").first.click()
    page.locator(".marks").get_by_text(SECOND).click()
    save_as_partisan(page)
    assert stored(sqlite_engine) == [[{"start": 0, "end": 60}, {"start": 61, "end": 102}]]


@pytest.mark.long
def test_marking_needs_no_javascript(browser: Browser, office: Office, sqlite_engine: Engine) -> None:
    context = browser.new_context(java_script_enabled=False, locale="id-ID")
    page = context.new_page()
    sign_in(page, office, office.second)
    page.goto(f"{office.address}/penanda/1")
    page.get_by_role("button", name="Ambil penanda ini").click()
    page.get_by_text("Tandai kalimat").first.click()
    page.get_by_role("checkbox", name=FIRST).uncheck()
    page.get_by_role("checkbox", name=SECOND).check()
    page.get_by_role("radiogroup", name="Isinya berpihak").get_by_role("radio", name="ya").check()
    page.get_by_role("radio", name="Perlu bukti tambahan").check()
    page.get_by_role("button", name="Simpan").click()
    assert stored(sqlite_engine) == [[{"start": 61, "end": 102}]]
    context.close()

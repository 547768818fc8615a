"""The whole job of a monitor, with a keyboard, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Office, sign_in

FLAG = re.compile(r"/penanda/\d+")


def decide(page: Page, *keys: str) -> None:
    """Press keys on an item, save with Enter, and wait for the next page."""
    before = page.url
    for key in keys:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_function("before => location.href !== before", arg=before)


def test_three_decisions_one_undo_and_the_trail(page: Page) -> None:
    page.keyboard.press("n")
    page.wait_for_url(FLAG)
    decide(page, "2")
    decide(page, "4")
    indicated = page.get_by_role("heading", level=1).inner_text()
    decide(page, "a", "s", "d", "1")
    expect(page.get_by_role("status").first).to_contain_text("Batalkan")
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text(indicated)
    page.goto(page.url.split("/penanda")[0] + "/jejak")
    trail = page.get_by_role("main").inner_text().lower()
    assert trail.count("rina") >= 8
    for words in ("menilai", "membatalkan", "mengambil"):
        assert words in trail, trail


def test_two_people_never_see_the_same_item_and_the_holder_is_named(page: Page, browser: Browser, office: Office) -> None:
    page.keyboard.press("n")
    page.wait_for_url(FLAG)
    context = browser.new_context(locale="id-ID")
    other = context.new_page()
    sign_in(other, office, office.second)
    other.keyboard.press("n")
    other.wait_for_url(FLAG)
    assert FLAG.search(other.url)[0] != FLAG.search(page.url)[0]  # type: ignore[index]
    other.goto(page.url)
    expect(other.get_by_role("main")).to_contain_text("Rina")
    context.close()


@pytest.mark.long
def test_injected_script_never_runs(page: Page, office: Office) -> None:
    visited = ["/antrean", "/penanda/5", "/jejak"]
    for path in visited:
        page.goto(office.address + path)
        assert page.evaluate("window.__netra_injected") is None
    page.goto(office.address + "/penanda/5")
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>window.__netra_injected = 1</script>")


@pytest.mark.long
def test_everything_works_without_javascript(browser: Browser, office: Office) -> None:
    context = browser.new_context(java_script_enabled=False, locale="id-ID")
    page = context.new_page()
    sign_in(page, office, office.second)
    page.get_by_role("button", name="Ambil berikutnya").click()
    expect(page).to_have_url(FLAG)
    page.get_by_role("radio", name="Perlu bukti tambahan").check()
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("button", name="Batalkan").click()
    expect(page).to_have_url(FLAG)
    page.get_by_role("button", name="Lepas").click()
    expect(page).to_have_url(re.compile("/antrean"))
    page.locator("button[lang=en]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
    context.close()

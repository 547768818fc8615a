"""Where the focus goes after a deed, what is said when time runs out, and keys that can be switched off and on again."""

import re

import pytest
from playwright.sync_api import Page, expect

FLAG = re.compile(r"/penanda/\d+")


def take(page: Page) -> None:
    page.keyboard.press("n")
    page.wait_for_url(FLAG)
    page.locator("form#formulir-nilai").wait_for()


def test_after_a_decision_the_focus_is_on_what_it_came_to(page: Page) -> None:
    take(page)
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    message = page.locator(".message")
    expect(message).to_be_focused()
    expect(message).to_contain_text("Penilaian tersimpan")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Batalkan")).to_be_focused()
    page.keyboard.press("u")
    expect(message).to_contain_text("Penilaian dibatalkan")
    expect(message).to_be_focused()


@pytest.mark.slow
def test_what_is_missing_is_focused_and_tied_to_its_field(page: Page) -> None:
    take(page)
    for key in ("a", "1", "Enter"):
        page.keyboard.press(key)
    problem = page.get_by_role("alert")
    expect(problem).to_be_focused()
    question = page.get_by_role("radiogroup", name="Orangnya ASN?")
    expect(question).to_have_attribute("aria-invalid", "true")
    expect(question).to_have_accessible_description(re.compile("ketiga pertanyaan"))
    expect(page.get_by_role("radio", name="Indikasi pelanggaran")).to_be_checked()


@pytest.mark.slow
def test_a_refusal_leads_back_to_its_flag(page: Page) -> None:
    take(page)
    path = FLAG.search(page.url)
    assert path is not None
    beside = page.context.new_page()
    beside.goto(page.url)
    beside.get_by_role("button", name="Lepas").click()
    page.get_by_role("radio", name="Duplikat").check()
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Kembali ke penanda").click()
    expect(page).to_have_url(re.compile(f"{path[0]}$"))


@pytest.mark.slow
def test_the_end_of_a_lease_is_told_before_it_comes_and_moved_without_losing_a_word(page: Page) -> None:
    page.clock.install()
    take(page)
    note, spoken = page.locator(".held"), page.locator(".held [role=status]")
    expect(spoken).to_be_empty()
    page.locator("[name=catatan]").fill("Rekaman ada pada panitia.")
    page.clock.fast_forward("17:30")
    expect(spoken).to_contain_text("Masih membaca?")
    page.get_by_role("button", name="Perpanjang waktu").click()
    expect(spoken).to_have_text("Waktu diperpanjang.")
    expect(page.locator("[name=catatan]")).to_have_value("Rekaman ada pada panitia.")
    page.clock.fast_forward("10:00")
    expect(note).to_have_class(re.compile("lost"))
    expect(spoken).to_have_text("Waktu pegang habis. Ambil lagi sebelum menyimpan.")


@pytest.mark.slow
def test_keys_can_be_switched_off_and_on_again_and_the_focus_comes_back(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_role("checkbox")).to_be_focused()
    page.get_by_role("dialog").get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("[data-row] th a").first).to_be_focused()
    for key in ("n", "?", "b"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile("/antrean$"))
    page.get_by_text("Tombol pintas").first.click()
    page.locator("footer").get_by_role("checkbox").check()
    page.keyboard.press("n")
    page.wait_for_url(FLAG)

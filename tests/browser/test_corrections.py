"""A request for correction from a phone without scripts, and the office that answers it there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from service.tips import spam
from tests.browser.conftest import Office, sign_in
from tests.browser.house import fill_house
from tests.browser.structure import problems_of, told
from tests.processes import serving


@pytest.fixture
def office(sqlite_settings: Settings, sqlite_engine: Engine) -> Iterator[Office]:
    with make_session(sqlite_engine).begin() as session:
        fill_house(session, sqlite_settings)
    with serving(sqlite_settings) as (address, _):
        yield Office(address)


def look(page: Page) -> dict[str, list[str]]:
    found = problems_of(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    page.reload()  # The look opened every part that was folded.
    return {page.url: found} if found else {}


@pytest.mark.slow
@pytest.mark.parametrize("has_scripts", [pytest.param(True, marks=pytest.mark.long), False])
def test_a_request_goes_its_whole_way_on_a_phone(browser: Browser, office: Office, has_scripts: bool) -> None:
    viewport = {"width": 360, "height": 800}
    context = browser.new_context(viewport=viewport, locale="id-ID", java_script_enabled=has_scripts)  # pyright: ignore
    page, found = context.new_page(), dict[str, list[str]]()
    page.goto(f"{office.address}/koreksi")
    found |= look(page) if has_scripts else {}
    page.get_by_label("Yang Anda minta").select_option("perbaiki")
    page.get_by_label("Anda mengirim").select_option("diri_sendiri")
    page.get_by_label("Tentang apa").fill("Berita rapat di Wanasari")
    page.get_by_label("Apa yang keliru").fill("Saya sekretaris, bukan camat.")
    page.wait_for_timeout((spam.FASTEST_SECONDS + 0.5) * 1000)
    page.get_by_role("button", name="Kirim permintaan").click()
    code = page.locator(".code").inner_text()
    assert context.cookies() == []
    sign_in(page, office, "sekar")
    page.goto(f"{office.address}/permintaan")
    found |= look(page) if has_scripts else {}
    page.get_by_role("link", name="Permintaan 1", exact=True).click()
    page.get_by_label("Cari konten").fill("penanda 1")
    page.get_by_role("button", name="Cari", exact=True).click()
    found |= look(page) if has_scripts else {}
    page.locator("summary", has_text="Catatan koreksi").click()
    page.get_by_label("Catatan", exact=True).fill("Yang disebut sekretaris.")
    page.get_by_role("button", name="Catat", exact=True).click()
    page.get_by_role("button", name="Catat bahwa sudah dipastikan").click()
    page.get_by_label("Balasan kepada pengirim").fill("Dicatat di samping berita.")
    page.get_by_role("button", name="Kirim jawaban").click()
    found |= look(page) if has_scripts else {}
    page.goto(f"{office.address}/penanda/1")
    assert "Yang disebut sekretaris." in page.locator("main").inner_text()
    page.goto(f"{office.address}/koreksi/status")
    page.get_by_label("Kode").fill(code.lower())
    page.get_by_role("button", name="Lihat status").click()
    assert "Dikabulkan" in page.locator("main [role=status]").inner_text()
    assert "Dicatat di samping berita." in page.locator("main").inner_text()
    assert found == {}, told(found)
    context.close()

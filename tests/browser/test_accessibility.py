"""axe-core finds nothing to say on pages whose texts somebody hostile wrote, at any width, in light and in dark."""

from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Office, sign_in
from tests.browser.structure import violations

pytestmark = pytest.mark.long

PATHS = [
    "/antrean",
    "/antrean?rak=dinilai",
    "/penanda/1",
    "/beda-pendapat",
    "/mutu",
    "/jejak",
    "/ekspor",
    "/ekspor/antrean",
    "/pertukaran",
    "/api/v1/problems",
    "/sumber",
    "/dasbor",
    "/dasbor/antrean",
    "/dasbor/mutu",
    "/dasbor/imbang",
    "/tidak-ada",
    "/perkara",
    "/perkara/baru?penanda=1",
    "/perkara/1",
    "/tindak-lanjut",
    "/lapor",
    "/lapor?provinsi=33",
    "/lapor/status",
    "/informasi",
    "/informasi?rak=semua",
    "/peringatan",
    "/peringatan?semua=ya",
    "/peringatan/pantauan",
    "/peringatan/langganan",
    "/peringatan/webhook",
    "/saya",
    "/saya/sandi",
    "/saya/faktor",
    "/saya/kode",
]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_axe_reports_no_violation(browser: Browser, office: Office, width: int, scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="id-ID")
    page = context.new_page()
    page.goto(f"{office.address}/masuk")
    found = violations(page)
    sign_in(page, office, office.first)
    for path in PATHS:
        page.goto(office.address + path)
        found += violations(page)
    page.goto(office.address + "/antrean")
    page.keyboard.press("n")
    page.wait_for_url("**/penanda/*")
    found += violations(page)
    assert found == []
    context.close()


def test_no_page_needs_to_scroll_sideways_on_a_phone(browser: Browser, office: Office) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="id-ID")
    page = context.new_page()
    sign_in(page, office, office.first)
    for path in PATHS:
        page.goto(office.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    context.close()

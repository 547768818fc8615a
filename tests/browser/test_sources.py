"""The board of sources and a source's page: axe finds nothing to say, and a phone needs not scroll sideways."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from tests.browser.conftest import Office, sign_in
from tests.factories import make_source, make_user
from tests.processes import serving
from tests.service.test_sources import fill

pytestmark = pytest.mark.long
PATHS = ["/sumber", "/sumber?keadaan=gagal&wilayah=33", "/sumber?keadaan=sunyi", "/sumber/kabar", "/sumber/kosong"]


@pytest.fixture
def office(sqlite_settings: Settings, sqlite_engine: Engine) -> Iterator[Office]:
    with make_session(sqlite_engine).begin() as session:
        make_user(session, username=Office.first, role="admin")
        fill(session, make_source(session, slug="kabar", name="Kabar Wanasari", region_code="33"))
        make_source(session, slug="kosong", is_enabled=False)
    with serving(sqlite_settings) as (address, _):
        yield Office(address)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_reports_nothing_and_nothing_is_wider_than_the_screen(browser: Browser, office: Office, width: int, scheme) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="id-ID")
    page = context.new_page()
    sign_in(page, office, office.first)
    for path in PATHS:
        page.goto(office.address + path)
        page.locator("summary").evaluate_all("all => all.forEach(one => one.click())")
        found = Axe().run(page).response["violations"]
        assert [f"{one['id']}: {[node['html'] for node in one['nodes']][:3]}" for one in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_an_alarm_is_acknowledged_without_scripts(browser: Browser, office: Office) -> None:
    context = browser.new_context(java_script_enabled=False, locale="id-ID")
    page = context.new_page()
    sign_in(page, office, office.first)
    page.goto(f"{office.address}/sumber/kabar")
    page.get_by_role("button", name="Tandai sudah diketahui").click()
    page.wait_for_url(re.compile("pesan=tahu$"))
    assert page.get_by_role("status").inner_text() == "Tercatat: alarm ini sudah diketahui."
    assert page.get_by_role("button", name="Tandai sudah diketahui").count() == 0
    context.close()

"""Every page of every role, found by its links: axe finds nothing, nothing is wider than a phone, the structure is whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from tests.browser.conftest import Office, sign_in
from tests.browser.house import PEOPLE, fill_house
from tests.browser.structure import problems_of, told, violations
from tests.processes import serving
from tests.service.walking import PUBLIC, walk

NO_PAGE = re.compile(r"\.(csv|json|pdf|xlsx)\b|\bbentuk=|/isi$|/gambar$|/openapi")
KNOWN_BY_ANOTHER_NAME = re.compile(r"^/penanda/\d+\?|&.*&")
"""A flag with the filter that led to it, and filters upon filters: the same templates again."""
SWAGGER = "/api/v1/docs"
"""Swagger draws its own page; what is ours is around it."""


@dataclass
class Judge:
    """Looks at every page that a walk comes by."""

    page: Page
    address: str
    found: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    count: int = 0

    def read(self, path: str) -> str:
        if NO_PAGE.search(path) or KNOWN_BY_ANOTHER_NAME.search(path):
            return ""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        problems = violations(self.page, without="#swagger-ui") if path == SWAGGER else problems_of(self.page)
        problems += [f"answered with {answer.status}"] * (answer.status >= 500 or answer.status == 403)
        self.count += 1
        if problems:
            self.found[path] = problems
        return self.page.content()


@pytest.fixture
def office(sqlite_settings: Settings, sqlite_engine: Engine) -> Iterator[Office]:
    with make_session(sqlite_engine).begin() as session:
        fill_house(session, sqlite_settings)
    with serving(sqlite_settings) as (address, _):
        yield Office(address)


def judge(browser: Browser, office: Office, who: str, *, starts: tuple[str, ...]) -> Judge:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="id-ID")
    page = context.new_page()
    if who:
        sign_in_anywhere(page, office, who)
        starts = ("/saya", *starts)  # Its menu leads on, whatever page the sign-in led to.
    seen = Judge(page, office.address)
    for _ in walk(seen.read, starts, each=1):
        pass
    context.close()
    return seen


def sign_in_anywhere(page: Page, office: Office, who: str) -> None:
    """An operator has no queue: the answer to the sign-in says so, with a menu."""
    page.goto(f"{office.address}/masuk")
    page.get_by_label("Nama pengguna").fill(who)
    page.get_by_label("Kata sandi").fill(office.password)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(re.compile(r":\d+/(?!masuk)"))


@pytest.mark.long
def test_every_page_that_an_admin_reaches_is_whole(browser: Browser, office: Office) -> None:
    seen = judge(browser, office, "admin", starts=("/penanda/1", "/konten/1/asli", "/perkara/baru?penanda=1"))
    assert seen.found == {}, told(seen.found)
    assert seen.count >= 25


@pytest.mark.long
def test_every_public_page_is_whole(browser: Browser, office: Office) -> None:
    seen = judge(browser, office, "", starts=PUBLIC)
    assert seen.found == {}, told(seen.found)
    assert seen.count >= len(PUBLIC)


@pytest.mark.long
@pytest.mark.parametrize("who", [name for name in PEOPLE if name != "admin"])
def test_every_page_that_a_role_reaches_is_whole(browser: Browser, office: Office, who: str) -> None:
    starts = ("/sumber",) if PEOPLE[who][1] == "operator" else ("/antrean", "/penanda/1")
    seen = judge(browser, office, who, starts=starts)
    assert seen.found == {}, told(seen.found)


@pytest.mark.slow
@pytest.mark.parametrize("path", [pytest.param("/antrean", marks=pytest.mark.long), "/penanda/1"])
def test_the_focus_goes_through_a_page_in_its_order_and_is_seen(browser: Browser, office: Office, path: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="id-ID")
    page = context.new_page()
    sign_in(page, office, "rina")
    page.goto(office.address + path)
    order = list[int]()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break  # The last one: from here the browser's own bar has the focus.
        order.append(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
        ring = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"
        )
        assert ring != "nonenone", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    assert len(order) > 15
    assert order == sorted(order)
    context.close()

"""Every page of every role, found by its links: axe finds nothing, nothing is wider than a phone, the structure is whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from tests.browser.conftest import Office, sign_in
from tests.browser.house import PEOPLE, fill_house
from tests.processes import serving
from tests.service.walking import PUBLIC, walk

STRUCTURE = """() => {
    const problems = [], all = (selector) => [...document.querySelectorAll(selector)];
    const start = (node) => node?.outerHTML.slice(0, 90);
    const shown = (node) => node.checkVisibility ? node.checkVisibility() : true;
    if (document.documentElement.scrollWidth > innerWidth) {
        const wide = all("main *").filter((node) => node.getBoundingClientRect().right > innerWidth + 1);
        problems.push(`${document.documentElement.scrollWidth} px wide: ${wide.slice(0, 2).map(start)}`);
    }
    const levels = all("h1, h2, h3, h4, h5, h6").filter(shown).map((node) => Number(node.tagName[1]));
    if (levels.filter((level) => level === 1).length !== 1) problems.push(`headings of the first level: ${levels}`);
    levels.forEach((level, at) => at && level > levels[at - 1] + 1 && problems.push(`headings jump: ${levels}`));
    if (!/^.+ · netra$/.test(document.title)) problems.push(`title: ${document.title}`);
    if (!["id", "en"].includes(document.documentElement.lang)) problems.push("language of the page");
    all("[lang]").forEach((node) => ["id", "en"].includes(node.lang) || problems.push(`language of a part: ${node.lang}`));
    if (all("main").length !== 1 || all("body > header").length !== 1) problems.push("landmarks");
    if (all("nav:not([aria-label]):not([aria-labelledby])").length > 1) problems.push("navigations without names");
    all("[tabindex]").forEach((node) => node.tabIndex > 0 && problems.push(`order of focus: ${start(node)}`));
    const first = all("a[href], button, input:not([type=hidden]), select, textarea, summary").find(shown);
    if (!first?.matches("a.skip")) problems.push(`first in the order of focus: ${start(first)}`);
    const ids = all("[id]").map((node) => node.id);
    ids.forEach((id, at) => ids.indexOf(id) !== at && problems.push(`twice the id ${id}`));
    all("th").forEach((node) => node.hasAttribute("scope") || problems.push(`a header without scope: ${start(node)}`));
    return problems;
}"""

NO_PAGE = re.compile(r"\.(csv|json|pdf|xlsx)\b|\bbentuk=|/isi$|/gambar$|/openapi")
KNOWN_BY_ANOTHER_NAME = re.compile(r"^/penanda/\d+\?|&.*&")
"""A flag with the filter that led to it, and filters upon filters: the same templates again."""


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
        self.page.locator("summary").evaluate_all("all => all.forEach(one => one.parentElement.open = true)")
        problems = self.page.evaluate(STRUCTURE) if "/api/" not in path else []
        problems += [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in self._axe(path)]
        problems += [f"answered with {answer.status}"] * (answer.status >= 500 or answer.status == 403)
        self.count += 1
        if problems:
            self.found[path] = problems
        return self.page.content()

    def _axe(self, path: str) -> list[dict[str, list[dict[str, str]]]]:
        """Swagger draws its own page; what is ours is around it."""
        context = {"exclude": [["#swagger-ui"]]} if path.endswith("/docs") else None
        return Axe().run(self.page, context=context).response["violations"]


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


def test_every_page_that_an_admin_reaches_is_whole(browser: Browser, office: Office) -> None:
    seen = judge(browser, office, "admin", starts=("/penanda/1", "/konten/1/asli", "/perkara/baru?penanda=1"))
    assert seen.found == {}
    assert seen.count >= 25


def test_every_public_page_is_whole(browser: Browser, office: Office) -> None:
    seen = judge(browser, office, "", starts=PUBLIC)
    assert seen.found == {}
    assert seen.count >= len(PUBLIC)


@pytest.mark.long
@pytest.mark.parametrize("who", [name for name in PEOPLE if name != "admin"])
def test_every_page_that_a_role_reaches_is_whole(browser: Browser, office: Office, who: str) -> None:
    starts = ("/sumber",) if PEOPLE[who][1] == "operator" else ("/antrean", "/penanda/1")
    assert judge(browser, office, who, starts=starts).found == {}


@pytest.mark.parametrize("path", ["/antrean", "/penanda/1"])
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

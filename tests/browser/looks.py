"""The ways in which people look at the same page: wide and narrow, light and dark, in two languages, large, in forced colours."""

from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import Browser, Page

from tests.browser.conftest import Office

FORM = """([path, fields]) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: path });
    for (const [name, value] of Object.entries(fields)) {
        form.append(Object.assign(document.createElement("textarea"), { name, value }));
    }
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
}"""
LARGE = "document.documentElement.style.fontSize = '200%'"


@dataclass(frozen=True)
class Look:
    name: str
    width: int = 1280
    scheme: Literal["light", "dark"] = "light"
    language: str = "id"
    is_large: bool = False
    """Text of twice its size, as WCAG 1.4.4 asks for."""
    is_forced: bool = False
    """The colours of the system instead of ours."""

    def open(self, browser: Browser, office: Office) -> Page:
        more: dict[str, Any] = {"forced_colors": "active"} if self.is_forced else {}
        viewport = {"width": self.width, "height": 900}
        context = browser.new_context(viewport=viewport, color_scheme=self.scheme, locale="id-ID", **more)  # pyright: ignore[reportArgumentType]
        context.add_cookies([{"name": "bahasa", "value": self.language, "url": office.address}])
        return context.new_page()

    def settle(self, page: Page) -> None:
        """To be called on each page, once it is there."""
        if self.is_large:
            page.evaluate(LARGE)


NARROW = Look("narrow", width=360, scheme="dark")
OTHERS = (
    Look("wide"),
    Look("wide, dark", scheme="dark"),
    Look("narrow, English", width=360, language="en"),
    Look("large letters", is_large=True),
    Look("forced colours", is_forced=True),
)


def enter(page: Page, office: Office, username: str) -> None:
    """Sign in, whatever the language and wherever it leads: an operator has no queue."""
    page.goto(f"{office.address}/masuk")
    page.locator("[name=nama]").fill(username)
    page.locator("[name=sandi]").fill(office.password)
    with page.expect_navigation():
        page.locator("form[action='/masuk'] button").click()


def send(page: Page, path: str, fields: dict[str, str]) -> int:
    """What a form of this page could send, also one that a person filled in wrongly; returns the status of the answer."""
    with page.expect_navigation() as going:
        page.evaluate(FORM, [path, fields])
    answer = going.value
    assert answer is not None
    return answer.status

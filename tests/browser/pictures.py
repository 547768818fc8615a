"""The pictures of the guide and of the README: which page, as whom, and what must be on it to be worth a picture.

`python -m docs.screenshot` writes them anew; tests/browser/test_guide_pictures.py takes them into a temporary folder.
"""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Office, sign_in

WIDE, HIGH = 1280, 860


@dataclass(frozen=True)
class Picture:
    name: str
    who: str
    path: str
    shows: tuple[str, ...]
    """Selectors of what the guide speaks of beside the picture; each must be visible."""
    only: str = ""
    """The part of the page that the picture shows; all of the window where it is empty."""
    press: str = ""
    """A key that is pressed first."""


PICTURES = (
    Picture(
        "queue",
        "rina",
        "/antrean",
        ("table.queue", "form[role=search]", "[data-key=n]", ".c-estimate", ".c-due", ".c-holder", "[data-news]"),
    ),
    Picture(
        "item",
        "rina",
        "/penanda/1",
        ("#teks-judul", "mark", "form#formulir-nilai", "text=Mengapa ditandai", "text=Mengapa di sini dalam antrean", ".facts"),
        press="t",
    ),
    Picture(
        "penilaian",
        "rina",
        "/penanda/1",
        (".questions [data-cycle=a]", "[data-cycle=s]", "[data-cycle=d]", "[name=hasil]", "[name=catatan]", "[data-key=l]"),
        only="section.assess",
    ),
    Picture("perkara", "sekar", "/perkara/1", ("text=Informasi awal dalam perkara ini", "text=Kelengkapan", "text=Tenggat")),
    Picture("peringatan", "rina", "/peringatan", ("h1", "text=Camat di Jawa Tengah"), only="main"),
    Picture("asli", "rina", "/konten/1/asli", ("text=Keluar dahulu dari akun", "text=dicatat"), only="section.card"),
)


def take_pictures(browser: Browser, office: Office, folder: Path) -> None:
    """Every picture, as PNG; fails where a page lost what its picture is there to show."""
    pages = {who: _open(browser, office, who) for who in {picture.who for picture in PICTURES}}
    for picture in PICTURES:
        _take(pages[picture.who], office, picture, folder / f"{picture.name}.png")
    for page in pages.values():
        page.context.close()


def _open(browser: Browser, office: Office, who: str) -> Page:
    context = browser.new_context(viewport={"width": WIDE, "height": HIGH}, locale="id-ID", color_scheme="light")
    page = context.new_page()
    sign_in(page, office, who)
    return page


def _take(page: Page, office: Office, picture: Picture, path: Path) -> None:
    page.goto(office.address + picture.path)
    if picture.press and page.locator(f"[data-key={picture.press}]").count():
        page.keyboard.press(picture.press)
        page.wait_for_load_state()
        page.locator("form#formulir-nilai").wait_for()
    for selector in picture.shows:
        expect(page.locator(selector).first, f"{picture.name}: {selector}").to_be_attached()
    if picture.only:
        page.locator(picture.only).first.screenshot(path=path, animations="disabled")
    else:
        page.screenshot(path=path, animations="disabled")

"""Make the pictures of the README anew: the demo, as a monitor sees it."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from models.settings import Settings
from netra.demo.stages import DEMO_PASSWORD, PEOPLE
from tests.processes import run_netra, serving

IMAGES = Path(__file__).parent / "images"
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-background-networking"]


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), demo=True)
        filled = run_netra(settings, "demo", "--once")
        if filled.returncode:
            sys.exit(filled.stderr)
        with serving(settings) as (address, _):
            _take_pictures(address)


def _take_pictures(address: str) -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="id-ID")
        page.goto(address)
        page.get_by_label("Nama pengguna").fill(PEOPLE[0].username)
        page.get_by_label("Kata sandi").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url(f"{address}/antrean")
        page.screenshot(path=IMAGES / "queue.png")
        page.keyboard.press("n")
        page.wait_for_url("**/penanda/*")
        page.screenshot(path=IMAGES / "item.png")
        browser.close()


if __name__ == "__main__":
    main()

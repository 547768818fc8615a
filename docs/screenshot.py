"""Make the pictures of the README and of the guide anew: a house of invented people and stories, as a monitor sees it."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from migrations.upgrade import upgrade_database
from models.database import make_engine, make_session
from models.settings import Settings
from tests.browser.conftest import CHROMIUM_FLAGS, Office
from tests.browser.house import fill_house
from tests.browser.pictures import take_pictures
from tests.processes import serving

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser") or sys.exit("no Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), _env_file=None)  # pyright: ignore[reportCallIssue]
        _fill(settings)
        with serving(settings) as (address, _), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
            take_pictures(browser, Office(address), IMAGES)
            browser.close()


def _fill(settings: Settings) -> None:
    engine = make_engine(settings.database_address)
    upgrade_database(engine)
    with make_session(engine).begin() as session:
        fill_house(session, settings)
    engine.dispose()


if __name__ == "__main__":
    main()

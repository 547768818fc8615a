"""The pages that the guide shows still have what it speaks of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from tests.browser.conftest import Office
from tests.browser.house import fill_house
from tests.browser.pictures import PICTURES, take_pictures
from tests.processes import serving


@pytest.fixture
def office(sqlite_settings: Settings, sqlite_engine: Engine) -> Iterator[Office]:
    with make_session(sqlite_engine).begin() as session:
        fill_house(session, sqlite_settings)
    with serving(sqlite_settings) as (address, _):
        yield Office(address)


@pytest.mark.slow
def test_every_picture_of_the_guide_can_be_taken(browser: Browser, office: Office, tmp_path: Path) -> None:
    take_pictures(browser, office, tmp_path)
    assert sorted(path.stem for path in tmp_path.glob("*.png")) == sorted(picture.name for picture in PICTURES)

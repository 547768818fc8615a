"""While the demo fills, an open page tells how far it is, reads out its steps, and says the end."""

import time
from collections.abc import Iterator
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from service.app import create_app, how_to_serve
from service.preparing.preparation import Preparation, Step, UnderWay
from service.serving import Server
from tests.browser.conftest import Office, sign_in
from tests.factories import make_user

LINE = "[data-preparing] > span:first-child"
SPOKEN = "[data-preparing] [role=status]"


class Told:
    """A preparation that is as far as the test says."""

    now = Preparation(steps=(UnderWay(Step.READ, 12, 40),))

    def look(self) -> Preparation:
        return self.now


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def office(sqlite_settings: Settings, sqlite_engine: Engine, told: Told) -> Iterator[Office]:
    with make_session(sqlite_engine).begin() as session:
        make_user(session, username=Office.first)
    settings = sqlite_settings.model_copy(update={"demo": True, "port": 0})
    app = create_app(settings, preparing=told)
    server = Server(uvicorn.Config(app, **how_to_serve(settings)), app.state.hub)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Office(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    server.should_exit = True
    thread.join()


def test_counts_are_shown_steps_are_read_out_and_the_end_is_said(browser: Browser, office: Office, told: Told) -> None:
    context = browser.new_context(locale="id-ID")
    page = context.new_page()
    sign_in(page, office, office.first)
    expect(page.locator(LINE)).to_contain_text("membaca lima media contoh, 12 dari 40")
    told.now = Preparation(steps=(UnderWay(Step.READ, 30, 40),))
    expect(page.locator(LINE)).to_contain_text("30 dari 40", timeout=20_000)
    expect(page.locator(SPOKEN)).to_be_empty()
    told.now = Preparation(steps=(UnderWay(Step.TRAIN, 1, 9),))
    expect(page.locator(SPOKEN)).to_have_text("Contoh sedang disiapkan: melatih pengklasifikasi.", timeout=20_000)
    told.now = Preparation(is_over=True, flags=18)
    expect(page.locator(SPOKEN)).to_have_text("Contoh sudah siap: 18 penanda menunggu di antrean.", timeout=20_000)
    page.reload()
    expect(page.locator("[data-preparing]")).to_have_count(0)
    context.close()


def test_without_a_script_the_line_comes_with_the_next_page(browser: Browser, office: Office, told: Told) -> None:
    context = browser.new_context(locale="id-ID", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, office, office.first)
    told.now = Preparation(steps=(UnderWay(Step.SCORE, 40, 82),))
    page.reload()
    expect(page.locator(LINE)).to_have_text("Contoh sedang disiapkan: menilai konten, 40 dari 82.")
    context.close()

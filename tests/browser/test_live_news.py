"""An open queue says that flags came in, by its stream or without it, and moves nothing."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from models.database import make_session
from tests.browser.conftest import Office, sign_in
from tests.factories import make_flag, make_item

NEWS = "#kabar"


def raise_flag(engine: Engine) -> None:
    with make_session(engine).begin() as session:
        make_flag(session, make_item(session, title="Baru saja masuk"), probability=0.5)


def test_an_open_queue_hears_of_a_new_flag_and_no_row_moves(page: Page, sqlite_engine: Engine) -> None:
    with page.expect_response("**/antrean/baru*"):  # Its stream has begun, so it asks once.
        page.goto(page.url)
    rows = page.locator("tbody tr").count()
    raise_flag(sqlite_engine)
    expect(page.locator(NEWS)).to_contain_text("1 penanda baru")
    assert page.locator("tbody tr").count() == rows


@pytest.mark.slow
def test_a_page_whose_stream_is_kept_back_asks_by_itself(browser: Browser, office: Office, sqlite_engine: Engine) -> None:
    context = browser.new_context(locale="id-ID")
    page = context.new_page()
    page.route("**/antrean/kabar", lambda route: None)  # As a proxy that waits for the end of the answer.
    page.clock.install()
    sign_in(page, office, office.first)
    raise_flag(sqlite_engine)
    page.clock.run_for(31_000)
    expect(page.locator(NEWS)).to_contain_text("1 penanda baru")
    context.close()

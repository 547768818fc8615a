"""An open queue says that flags came in, by its stream or without it, and moves nothing."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from models import Flag, FlagState
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
def test_what_somebody_has_assessed_meanwhile_is_counted_no_more(page: Page, sqlite_engine: Engine) -> None:
    with page.expect_response("**/antrean/baru*"):
        page.goto(page.url)
    for _ in range(2):
        raise_flag(sqlite_engine)
    expect(page.locator(NEWS)).to_contain_text("2 penanda baru")
    for left in ("1 penanda baru sejak daftar ini dimuat.", ""):
        with make_session(sqlite_engine).begin() as session:
            newest = session.scalars(select(Flag).where(Flag.state == FlagState.OPEN).order_by(Flag.id.desc()).limit(1)).one()
            newest.state = FlagState.ASSESSED
        expect(page.locator(NEWS)).to_have_text(left, timeout=15_000)  # The heartbeat comes every ten seconds.


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

"""Two readings side by side and the law of the chosen act, as a browser shows them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from models import Assessment, FlagState, Outcome
from models.database import make_session
from models.settings import Settings
from tests.browser.conftest import Office, sign_in
from tests.browser.structure import violations
from tests.factories import PARTISAN, make_flag, make_item, make_user
from tests.processes import serving


@pytest.fixture
def office(sqlite_settings: Settings, sqlite_engine: Engine) -> Iterator[Office]:
    """A flag on which two people disagree, published while an election was on."""
    with make_session(sqlite_engine).begin() as session:
        make_user(session, username=Office.first, role="koordinator")
        item = make_item(session, text=f"{PARTISAN} Pidato pada 2 November 2020 itu beredar lagi.", title="Camat Wanasari")
        flag = make_flag(session, item, state=FlagState.DISPUTED)
        for number, outcome in enumerate((Outcome.INDICATION, Outcome.DUPLICATE)):
            about = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "user_id": make_user(session).id}
            session.add(Assessment(**about, outcome=outcome, is_second=bool(number)))
    with serving(sqlite_settings) as (address, _):
        yield Office(address)


@pytest.mark.long
def test_a_disagreement_is_settled_on_a_narrow_screen_without_a_fault(browser: Browser, office: Office) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="id-ID")
    page = context.new_page()
    sign_in(page, office, office.first)
    found = list[str]()
    for path in ("/beda-pendapat", "/penanda/1", "/mutu"):
        page.goto(office.address + path)
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    assert found == []
    page.goto(office.address + "/penanda/1")
    page.keyboard.press("1")
    page.keyboard.press("p")
    expect(page.get_by_label("Perbuatan")).to_be_focused()
    page.get_by_label("Perbuatan").select_option("anggota_parpol")
    expect(page.locator("#bentuk-pilihan [role=status]")).to_contain_text("D-5")
    context.close()

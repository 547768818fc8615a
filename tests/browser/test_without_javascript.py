"""What a monitor and a coordinator do, at 360 px and without a script: from taking a flag to the case that is sent on."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from models import CaseReferral, Export, FlagSkip, SavedSearch, verify_chain
from models.database import make_session
from models.settings import Settings
from tests.browser.conftest import Office, sign_in
from tests.browser.states import TITLES, fill_states
from tests.processes import serving

pytestmark = pytest.mark.long
FLAG, CASE, QUEUE = re.compile(r"/penanda/\d+"), re.compile(r"/perkara/\d+"), re.compile(r"/antrean")


@pytest.fixture
def ids(sqlite_settings: Settings, sqlite_engine: Engine) -> dict[str, int]:
    with make_session(sqlite_engine).begin() as session:
        return fill_states(session, sqlite_settings)


@pytest.fixture
def office(sqlite_settings: Settings, ids: dict[str, int]) -> Iterator[Office]:
    with serving(sqlite_settings.model_copy(update={"second_factor_hours": 0})) as (address, _):
        yield Office(address)


@pytest.fixture
def desk(browser: Browser, office: Office) -> Iterator[Page]:
    """The coordinator's telephone."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}, locale="id-ID")
    page = context.new_page()
    sign_in(page, office, "sekar")
    yield page
    context.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def answer(page: Page, outcome: str) -> None:
    for name in ("Isinya berpihak", "Orangnya ASN", "Atribusi terverifikasi"):
        page.get_by_role("radiogroup", name=name).get_by_role("radio", name="ya").check()
    page.get_by_role("radio", name=outcome).check()
    page.locator("[name=perbuatan]").select_option("kegiatan_berpihak")
    press(page, "Simpan dan ambil berikutnya")


def test_flags_are_found_taken_kept_handed_on_and_decided(
    desk: Page, office: Office, sqlite_engine: Engine, ids: dict[str, int]
) -> None:
    desk.get_by_label("Kata dalam judul").fill("stiker")
    press(desk, "Saring")
    expect(desk.locator("table.queue tbody tr")).to_have_count(1)
    desk.locator("details.saved summary").click()
    desk.get_by_label("Nama", exact=True).fill("Stiker")
    press(desk, "Simpan saringan ini")
    desk.goto(f"{office.address}/penanda/{ids['expired']}")
    press(desk, "Ambil penanda ini")
    desk.locator("summary[data-key=h]").click()
    desk.get_by_label("Alasan", exact=True).fill("menunggu video")
    press(desk, "Tahan")
    expect(desk.locator("main")).to_contain_text("menunggu video")
    desk.goto(f"{office.address}/penanda/{ids['held']}")
    desk.locator("summary[data-key=o]").click()
    desk.locator("[name=penerima]").select_option("rina")
    press(desk, "Serahkan")
    expect(desk.get_by_role("status").first).to_contain_text("diserahkan")
    press(desk, "Ambil berikutnya")
    desk.get_by_label("Alasan melewati").fill("kerabat saya")
    press(desk, "Lewati, ambil berikutnya")
    expect(desk).to_have_url(FLAG)
    press(desk, "Lepas")
    expect(desk).to_have_url(QUEUE)
    with make_session(sqlite_engine)() as session:
        assert session.scalars(select(FlagSkip.reason)).all() == ["kerabat saya"]
        assert "Stiker" in session.scalars(select(SavedSearch.name)).all()


def test_a_second_reading_leads_to_a_case_that_is_sent_on_and_exported(
    desk: Page, office: Office, sqlite_engine: Engine, ids: dict[str, int]
) -> None:
    desk.goto(f"{office.address}/penanda/{ids['own']}")
    press(desk, "Ambil penanda ini")
    expect(desk.locator("main")).not_to_contain_text("Rekaman rapat memuat ajakannya.")
    answer(desk, "Indikasi pelanggaran")
    desk.goto(f"{office.address}/penanda/{ids['own']}")
    desk.get_by_role("link", name="Perkara dari penanda ini").click()
    desk.get_by_label("Judul singkat").fill(TITLES["own"])
    press(desk, "Buka perkara")
    expect(desk).to_have_url(CASE)
    desk.locator("summary", has_text="Catat keadaan").click()
    desk.get_by_label("Keadaan di lembaga").last.select_option("klarifikasi")
    desk.locator("#keadaan [name=on_day]").fill(desk.locator("#keadaan [name=on_day]").get_attribute("max") or "")
    desk.locator("#keadaan button").click()
    press(desk, "Catat penerusan")
    expect(desk.get_by_role("status").first).not_to_be_empty()
    desk.goto(f"{office.address}/ekspor/perkara")
    desk.get_by_label("Tujuan").select_option("pelaporan")
    desk.get_by_label("Untuk apa").fill("Bahan rapat koordinasi mingguan.")
    desk.locator("[name=bentuk][value=csv]").check()
    with desk.expect_download() as download:
        press(desk, "Catat dan unduh")
    assert TITLES["own"] in download.value.path().read_text(encoding="utf-8")
    with make_session(sqlite_engine)() as session:
        assert session.scalars(select(CaseReferral)).one().agency_id
        assert "perkara" in session.scalars(select(Export.what)).all()
        assert verify_chain(session).breaks == []

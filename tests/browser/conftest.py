"""A real Chromium against the service as a real process."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine

from models import ExternalStatus, now
from models.database import make_session
from models.legal.deadline import local_day
from models.settings import Settings
from service.accounts.service import load_actor
from service.cases.mirroring import enter_status
from service.cases.schemas import NewCase, StatusEntry
from service.cases.service import open_case
from tests.factories import PASSWORD, make_artifact, make_flag, make_item, make_source, make_user
from tests.processes import serving

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
INJECTED = '<script>window.__netra_injected = 1</script><img src=x onerror="window.__netra_injected = 1">'

TEXTS = (
    ("Camat Wanasari mengajak stafnya memilih paslon nomor urut 2. Ajakan itu disampaikan dalam rapat dinas.", 0.97),
    ("Kepala sekolah negeri itu membagikan kaus calon kepada guru. Bawaslu memanggilnya untuk klarifikasi.", 0.93),
    ("Lurah memasang baliho calon di halaman kantor. Ia mengaku hanya menerima titipan dari keponakan.", 0.88),
    ("Sekda mengimbau seluruh ASN menjaga netralitas. Imbauan dibacakan dalam apel pagi hari Senin.", 0.61),
)


@dataclass(frozen=True)
class Office:
    """The service's address, and two people who may sign in."""

    address: str
    first: str = "rina"
    second: str = "bagas"
    password: str = PASSWORD


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "no Chromium: run `make test`, or apt-get install chromium"
    expect.set_options(timeout=60_000)  # A busy machine takes longer than its own five seconds.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def office(sqlite_settings: Settings, sqlite_engine: Engine) -> Iterator[Office]:
    with make_session(sqlite_engine).begin() as session:
        first = make_user(session, username=Office.first, role="koordinator")
        make_user(session, username=Office.second)
        make_artifact(session)
        source = make_source(session)
        for text, probability in TEXTS:
            make_flag(session, make_item(session, source=source, text=text, title=text.split(".")[0]), probability=probability)
        hostile = make_item(session, source=source, title=f"Viral {INJECTED} camat", text=INJECTED)
        flag = make_flag(session, hostile, probability=0.99)
        case = open_case(session, load_actor(session, first), NewCase(flag_ids=[flag.id], title=f"Perkara {INJECTED}"))
        entry = StatusEntry(status=ExternalStatus.AWAITS_PPK, on_day=local_day(now(), "33"), note=INJECTED)
        enter_status(session, load_actor(session, first), case.id, entry)
    with serving(sqlite_settings.model_copy(update={"second_factor_hours": 0})) as (address, _):
        yield Office(address)


@pytest.fixture
def page(browser: Browser, office: Office) -> Iterator[Page]:
    """A browser that rina has signed in with."""
    context = browser.new_context(locale="id-ID")
    page = context.new_page()
    sign_in(page, office, office.first)
    yield page
    context.close()


def sign_in(page: Page, office: Office, username: str) -> None:
    page.goto(f"{office.address}/")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(office.password)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(re.compile(r":\d+/antrean"))  # Not the sign-in page, whose address names it too.

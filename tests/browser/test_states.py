"""Pages in every state that matters, not only as they look on a good day: empty, held, expired, refused, wrong, broken."""

from collections.abc import Iterator
from types import MappingProxyType

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, text

from models.database import make_session
from models.settings import Settings
from service.body import LARGEST_BODY
from tests.browser.conftest import Office
from tests.browser.looks import NARROW, OTHERS, Look, enter, send
from tests.browser.states import fill_states
from tests.browser.structure import problems_of, told
from tests.processes import serving

FLAGS = "held kept handed second own disputed post tip mine expired"
READ = MappingProxyType(
    {
        "rina": (
            "/antrean?rincian=ya&pesan=dilewati",
            "/antrean?rak=dilewati",
            "/antrean?cari=tidakadakata&rak=semua",
            "/antrean/tersimpan",
            "/antrean/massal?tindakan=nilai",
            "/antrean/massal?semua=ya&tindakan=nilai&saring=rak%3Dsemua",
            *(f"/penanda/{{{state}}}" for state in FLAGS.split()),
            "/penanda/999",
            "/pengguna",
        ),
        "sekar": (
            "/penanda/{disputed}",
            "/penanda/{second}",
            "/perkara?cari=tidakadakata",
            "/perkara/1",
            "/beda-pendapat",
            "/informasi",
            "/pertukaran",
            "/peringatan/webhook",
            "/dasbor/antrean",
        ),
        "wahyu": ("/antrean", "/sumber?cari=tidakadakata", "/sumber/kabar"),
        "melati": ("/penanda/{mine}", "/penanda/{post}", "/peringatan"),
        "nurul": ("/saya",),
    }
)
DAY = {"on_day": "2999-01-01"}
SENT = (
    ("rina", "/penanda/{mine}/nilai", {}, 422),
    ("rina", "/penanda/{mine}/nilai", {"hasil": "indikasi_pelanggaran"}, 422),
    ("rina", "/penanda/{mine}/nilai", {"hasil": "bukan_pelanggaran"}, 422),
    ("rina", "/penanda/{held}/nilai", {"hasil": "duplikat"}, 409),
    ("rina", "/penanda/{mine}/tahan", {"sampai": "2020-01-01", "alasan_tahan": "uji"}, 422),
    ("rina", "/perkara/1/teruskan", DAY, 403),
    ("rina", "/saya/sandi", {"sekarang": "salah", "baru": "sandi-yang-baru-1", "ulang": "sandi-yang-baru-1"}, None),
    ("rina", "/saya/sandi", {"baru": "x" * (LARGEST_BODY + 1)}, 413),
    ("rina", "/peringatan/pantauan", {"nama": "kosong"}, 422),
    ("rina", "/peringatan/langganan", {"irama": "harian", "surel": "bukan surel"}, 422),
    ("sekar", "/ekspor/antrean", {"tujuan": "", "catatan": ""}, 422),
    ("sekar", "/peringatan/webhook", {"nama": "uji", "alamat": "ftp://contoh.test"}, 422),
    ("sekar", "/perkara/1/nama", {"reason": "memeriksa kelengkapan"}, 200),
    ("sekar", "/perkara/1/keadaan", DAY | {"status": "klarifikasi"}, 422),
    ("admin", "/pengguna", {"nama_pengguna": "rina", "nama": "Rina", "peran": "pengawas"}, None),
    ("", "/masuk", {"nama": "rina", "sandi": "salah"}, 401),
    ("", "/lapor", {"provinsi": "33"}, 422),
    ("", "/lapor/status", {"kode": "XXXX"}, None),
)
"""Who sends what, and what the service answers; where None, any refusal that is a page."""


@pytest.fixture
def ids(sqlite_settings: Settings, sqlite_engine: Engine) -> dict[str, int]:
    with make_session(sqlite_engine).begin() as session:
        return fill_states(session, sqlite_settings)


@pytest.fixture
def office(sqlite_settings: Settings, ids: dict[str, int]) -> Iterator[Office]:
    with serving(sqlite_settings.model_copy(update={"second_factor_hours": 0})) as (address, _):
        yield Office(address)


class Eye:
    """One person after the other opens pages in one look; what is wrong with them is gathered."""

    def __init__(self, browser: Browser, office: Office, look: Look) -> None:
        self.browser, self.office, self.look = browser, office, look
        self.found = dict[str, list[str]]()
        self._pages = dict[str, Page]()

    def page_of(self, who: str) -> Page:
        if who not in self._pages:
            self._pages[who] = self.look.open(self.browser, self.office)
            if who:
                enter(self._pages[who], self.office, who)
        return self._pages[who]

    def read(self, who: str, path: str) -> None:
        answer = self.page_of(who).goto(self.office.address + path)
        assert answer is not None
        assert answer.status < 500, path
        self.judge(who, path)

    def send(self, who: str, path: str, fields: dict[str, str], status: int | None) -> None:
        page = self.page_of(who)
        if not page.url.startswith(self.office.address):
            page.goto(f"{self.office.address}/masuk")
        answered = send(page, path, fields)
        assert answered == status or (status is None and answered < 500), (path, answered)
        self.judge(who, f"{path} {list(fields)}")

    def judge(self, who: str, name: str) -> None:
        self.look.settle(self.page_of(who))
        problems = problems_of(self.page_of(who))
        if problems:
            self.found[f"{who} {name}"] = problems

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


@pytest.mark.slow
def test_a_monitors_pages_are_whole_in_every_state(browser: Browser, office: Office, ids: dict[str, int]) -> None:
    assert_whole(browser, office, ids, NARROW, ("rina",))


@pytest.mark.long
@pytest.mark.parametrize("look", [NARROW, *OTHERS], ids=lambda look: look.name)
def test_every_state_of_a_page_is_whole(browser: Browser, office: Office, ids: dict[str, int], look: Look) -> None:
    assert_whole(browser, office, ids, look, (*READ, "admin", ""))


def assert_whole(browser: Browser, office: Office, ids: dict[str, int], look: Look, people: tuple[str, ...]) -> None:
    eye = Eye(browser, office, look)
    for who in people:
        for path in READ.get(who, ()):
            eye.read(who, path.format(**ids))
    for who, path, fields, status in SENT:
        if who in people:
            eye.send(who, path.format(**ids), fields, status)
    eye.close()
    assert eye.found == {}, told(eye.found)


@pytest.mark.slow
def test_too_many_failures_and_a_fault_of_ours_are_pages_too(browser: Browser, office: Office, sqlite_engine: Engine) -> None:
    eye = Eye(browser, office, NARROW)
    for _ in range(5):
        assert send(_opened(eye), "/masuk", {"nama": "tegar", "sandi": "salah"}) == 401
    eye.send("", "/masuk", {"nama": "tegar", "sandi": "salah"}, 429)
    page = eye.page_of("rina")
    with sqlite_engine.begin() as connection:
        connection.execute(text("ALTER TABLE watches RENAME TO lost"))
    answer = page.goto(f"{office.address}/peringatan/pantauan")
    assert answer is not None
    assert answer.status == 500
    eye.judge("rina", "500")
    eye.close()
    assert eye.found == {}, told(eye.found)


def _opened(eye: Eye) -> Page:
    page = eye.page_of("")
    page.goto(f"{eye.office.address}/masuk")
    return page

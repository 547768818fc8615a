"""A monitor's day: flag after flag with the keyboard alone, second readings by a colleague; then the same by plain forms."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from statistics import median

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import Engine, func, select

from models import Assessment, Flag, FlagSkip, FlagState, Outcome, verify_chain
from models.database import make_session
from models.settings import Settings
from tests.browser.conftest import Office, sign_in
from tests.factories import make_flag, make_item, make_source, make_user
from tests.processes import serving

FLAG = re.compile(r"/penanda/\d+")
QUEUE = re.compile(r":\d+/antrean")
KEYS = {
    "indication": ("a", "s", "d", "1"),
    "evidence": ("2",),
    "unverifiable": ("4",),
    "duplicate": ("a", "a", "5"),
    "elsewhere": ("6",),
}
"""Nothing else is pressed between one page and the next, and no mouse."""


@pytest.fixture
def flags(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def office(sqlite_settings: Settings, sqlite_engine: Engine, flags: int) -> Iterator[Office]:
    with make_session(sqlite_engine).begin() as session:
        make_user(session, username=Office.first)
        make_user(session, username=Office.second)
        source = make_source(session)
        for number in range(flags):
            title = f"Lurah {number} memasang baliho calon"
            make_flag(session, make_item(session, source=source, title=title), probability=0.5 + number / (2 * flags + 2))
    with serving(sqlite_settings) as (address, _):
        yield Office(address)


def press(page: Page, *keys: str) -> None:
    """Press, and wait until another page is there."""
    before = page.url
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_function("before => location.href !== before && document.readyState === 'complete'", arg=before)
    assert not page.title().startswith("Galat"), page.inner_text("main")


class Watch:
    """How long the service took to answer: from the request to the first byte, in milliseconds."""

    def __init__(self) -> None:
        self.taken = defaultdict[str, list[float]](list)

    def note(self, request: Request) -> None:
        kind = "a decision" if request.url.endswith("/nilai") else "the next page" if FLAG.search(request.url) else ""
        if kind and request.timing["responseStart"] > 0:
            self.taken[kind].append(request.timing["responseStart"] - request.timing["requestStart"])

    def __str__(self) -> str:
        return ", ".join(f"{kind} {median(all_of_them):.0f} ms ({len(all_of_them)})" for kind, all_of_them in self.taken.items())


def work(page: Page) -> Counter[str]:
    """Everything that is there to be taken: decided, skipped, and twice taken back and decided otherwise."""
    done = Counter[str]()
    press(page, "n")
    while FLAG.search(page.url):
        turn = done.total()
        if turn % 7 == 3:
            press(page, "l")
            done["skipped"] += 1
        elif turn % 7 == 5 and "penilaian=" in page.url:
            press(page, "u")
            press(page, *KEYS["evidence"], "Enter")
            done["again"] += 1
        else:
            name = list(KEYS)[turn % len(KEYS)]
            press(page, *KEYS[name], "Enter")
            done[name] += 1
    return done


@pytest.mark.parametrize("flags", [8, pytest.param(100, marks=pytest.mark.long)], indirect=True)
def test_a_day_by_keyboard_alone(
    browser: Browser, office: Office, sqlite_engine: Engine, flags: int, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = Watch()
    for who in (Office.first, Office.second):
        context = browser.new_context(locale="id-ID")
        page = context.new_page()
        page.on("requestfinished", watch.note)
        sign_in(page, office, who)
        assert work(page).total() > 0
        expect(page).to_have_url(QUEUE)
        context.close()
    with capsys.disabled():
        print(f"\n{flags} flags, medians of the service's answers: {watch}")
    with make_session(sqlite_engine)() as session:
        states = Counter(session.scalars(select(Flag.state)))
        skipped = session.scalar(select(func.count()).select_from(FlagSkip)) or 0
        seconds = session.scalars(select(Assessment.is_second)).all()
        outcomes = set(session.scalars(select(Assessment.outcome)))
        assert states.total() == flags
        assert states[FlagState.ASSESSED] >= flags - skipped - states[FlagState.SECOND] - states[FlagState.DISPUTED]
        assert (any(seconds), Outcome.INDICATION in outcomes) == (True, True)
        assert verify_chain(session).breaks == []


@pytest.mark.long
@pytest.mark.parametrize("flags", [4], indirect=True)
def test_a_day_without_javascript(browser: Browser, office: Office, sqlite_engine: Engine, flags: int) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}, locale="id-ID")
    page = context.new_page()
    sign_in(page, office, Office.first)
    page.get_by_role("button", name="Ambil berikutnya").click()
    for name in ("Isinya berpihak", "Orangnya ASN", "Atribusi terverifikasi"):
        page.get_by_role("radiogroup", name=name).get_by_role("radio", name="ya").check()
    page.get_by_role("radio", name="Indikasi pelanggaran").check()
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("button", name="Batalkan").click()
    page.get_by_role("radio", name="Perlu bukti tambahan").check()
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("button", name="Lewati").click()
    page.locator("summary[data-key=h]").click()
    page.get_by_label("Alasan", exact=True).first.fill("menunggu video")
    page.get_by_role("button", name="Tahan", exact=True).click()
    page.get_by_role("button", name="Lepas").click()
    expect(page).to_have_url(QUEUE)
    with make_session(sqlite_engine)() as session:
        kept = [outcome for outcome in session.scalars(select(Assessment.outcome)) if outcome is not Outcome.WITHDRAWN]
        assert kept == [Outcome.INDICATION, Outcome.NEEDS_EVIDENCE]
        assert flags == session.scalar(select(func.count()).select_from(Flag))
    context.close()

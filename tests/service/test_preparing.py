"""What the pages of the demo say while it fills, and that no other house says anything of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from models.settings import Settings
from service.app import create_app
from service.language import Language
from service.preparing.preparation import Preparation, Step, UnderWay, say

READING = Preparation(steps=(UnderWay(Step.READ, 12, 40), UnderWay(Step.TRAIN)))
DONE = Preparation(is_over=True, flags=18)


@dataclass
class Told:
    """A preparation that is as far as the test says."""

    now: Preparation

    def look(self) -> Preparation:
        return self.now


@pytest.fixture
def told() -> Told:
    return Told(READING)


@pytest.fixture
def browser(sqlite_settings: Settings, sqlite_engine: object, told: Told) -> Iterator[TestClient]:
    app = create_app(sqlite_settings.model_copy(update={"demo": True}), preparing=told)
    with TestClient(app, follow_redirects=False) as browser:
        yield browser


def test_a_page_says_what_is_under_way_and_nothing_once_all_is_there(browser: TestClient, told: Told) -> None:
    page = browser.get("/masuk").text
    assert "Contoh sedang disiapkan: membaca lima media contoh, 12 dari 40, melatih pengklasifikasi." in page
    told.now = DONE
    assert "data-preparing" not in browser.get("/masuk").text


def test_what_failed_stays_on_every_page(browser: TestClient, told: Told) -> None:
    told.now = Preparation(unread=("kasn",), failed=(Step.TRAIN,), is_disk_full=True, is_over=True)
    page = browser.get("/masuk").text
    assert "tidak terbaca sampai selesai: kasn; berhenti saat melatih pengklasifikasi; ruang penyimpanan penuh." in page
    assert "`make run` berikutnya melanjutkan" in page


def test_an_open_page_asks_how_far_it_is_and_hears_of_the_end(browser: TestClient, told: Told) -> None:
    first = browser.get("/persiapan").json()
    told.now = DONE
    last = browser.get("/persiapan", headers={"Cookie": "bahasa=en"}).json()
    assert (first["is_over"], first["flags"]) == (False, None)
    assert (last["is_over"], last["line"]) == (True, "The example is ready: 18 flags wait in the queue.")


def test_counts_are_seen_and_not_spoken() -> None:
    before, after = (say(Preparation(steps=(UnderWay(Step.SCORE, done, 82),)), Language("id")) for done in (10, 60))
    assert before.line != after.line
    assert before.spoken == after.spoken == "Contoh sedang disiapkan: menilai konten."


def test_between_two_steps_the_line_is_a_sentence_still() -> None:
    assert say(Preparation(), Language("id")).line == "Contoh sedang disiapkan."


def test_no_step_and_no_way_to_fail_is_without_words() -> None:
    for code in ("id", "en"):
        assert all(say(Preparation(steps=(UnderWay(step),)), Language(code)).line for step in Step)
        assert say(Preparation(failed=tuple(Step), is_over=True), Language(code)).line
        assert say(Preparation(is_over=True), Language(code)).line


def test_a_house_that_is_no_demo_has_no_such_address(sqlite_visitor: TestClient) -> None:
    assert sqlite_visitor.get("/persiapan").status_code == 404
    assert "data-preparing" not in sqlite_visitor.get("/masuk").text

"""Open pages hear of new flags from the service as a real process, on both engines."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice

import httpx2 as httpx
import pytest
from sqlalchemy import Engine, text

from models.database import make_session
from models.settings import Settings
from service.accounts.service import sign_in
from tests.factories import make_flag, make_item, make_user
from tests.processes import Process, serving

STREAM = {"accept": "text/event-stream"}
MOST_BEATS = 12
"""Signs of life without a word of news, ten seconds apart; then nothing will come."""
Read = Callable[[], str]
"""The next event by its name; nothing when the stream has ended, or says nothing for two minutes."""


@contextmanager
def following(address: str, cookie: str) -> Iterator[Read]:
    """An open stream whose first event was heard."""
    with (
        httpx.Client(base_url=address, cookies={"netra": cookie}, timeout=90) as client,
        client.stream("GET", "/antrean/kabar", headers=STREAM) as answer,
    ):
        assert answer.status_code == 200
        names = (line.removeprefix("event: ") for line in answer.iter_lines() if line.startswith("event: "))
        assert next(names) == "halo"
        yield lambda: next((name for name in islice(names, MOST_BEATS) if name != "detak"), "")


def make_cookie(engine: Engine, **values: str) -> str:
    with make_session(engine).begin() as session:
        return sign_in(session, make_user(session, **values), hours=1)


def raise_flag(engine: Engine, region_code: str = "33.24") -> None:
    with make_session(engine).begin() as session:
        make_flag(session, make_item(session, region_code=region_code))


@pytest.fixture
def service(settings: Settings, engine: Engine) -> Iterator[tuple[str, Process]]:
    raise_flag(engine)
    with serving(settings) as served:
        yield served


def test_an_open_page_hears_of_each_new_flag_within_seconds(service: tuple[str, Process], engine: Engine) -> None:
    with following(service[0], make_cookie(engine)) as read:
        assert read() == "baru"  # What came between the page and its stream: the first look cannot know of it.
        hear_of_three_flags(read, engine)


def hear_of_three_flags(read: Read, engine: Engine) -> None:
    """One after the other takes three seconds; if PostgreSQL did not call, three looks would take more than ten."""
    began = time.monotonic()
    for _ in range(3):
        raise_flag(engine)
        assert read() == "baru"
    assert time.monotonic() - began < 9


@pytest.mark.slow
def test_an_event_says_nothing_of_other_regions_and_the_count_is_ones_own(service: tuple[str, Process], engine: Engine) -> None:
    cookie = make_cookie(engine, region_code="51")
    with following(service[0], cookie) as read:
        raise_flag(engine)
        assert read() == "baru"
    answer = httpx.get(f"{service[0]}/antrean/baru?sejak=0", cookies={"netra": cookie})
    assert answer.json() == {"count": 0, "text": ""}


@pytest.mark.slow
def test_the_oldest_page_of_a_person_gives_way_and_is_told(service: tuple[str, Process], engine: Engine) -> None:
    cookie = make_cookie(engine)
    with ExitStack() as stack:
        oldest, *_ = [stack.enter_context(following(service[0], cookie)) for _ in range(4)]
        heard = [name for name in iter(oldest, "") if name != "baru"]
    assert heard == ["cukup"]


@pytest.mark.slow
def test_a_stream_ends_with_its_sign_in(service: tuple[str, Process], engine: Engine) -> None:
    cookie = make_cookie(engine)
    with following(service[0], cookie) as read:
        began = time.monotonic()
        httpx.post(f"{service[0]}/keluar", cookies={"netra": cookie}, headers={"sec-fetch-site": "same-origin"})
        assert set(iter(read, "")) <= {"baru"}
    assert time.monotonic() - began < 60
    answer = httpx.get(f"{service[0]}/antrean/kabar", headers=STREAM, cookies={"netra": cookie})
    assert answer.headers["location"].startswith("/masuk")


@pytest.mark.slow
def test_the_service_stops_within_seconds_however_many_pages_are_open(service: tuple[str, Process], engine: Engine) -> None:
    address, process = service
    with ExitStack() as stack:
        pages = [stack.enter_context(following(address, make_cookie(engine))) for _ in range(8)]
        began = time.monotonic()
        process.terminate()
        assert process.wait(timeout=60) in {0, -15}  # uvicorn ends by the signal that it was given.
        assert time.monotonic() - began < 10  # What uvicorn gives to answers that do not end.
        assert {name for read in pages for name in iter(read, "")} <= {"baru"}


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_line_to_the_database_that_was_cut_is_laid_anew(service: tuple[str, Process], engine: Engine) -> None:
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'netra kabar'")
    with following(service[0], make_cookie(engine)) as read:
        assert read() == "baru"
        with engine.begin() as connection:
            assert connection.scalars(cut).all() == [True]
        assert read() == "baru"  # Something may have been missed meanwhile.
        hear_of_three_flags(read, engine)


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_one_line_serves_all_pages_and_is_closed_with_the_last(service: tuple[str, Process], engine: Engine) -> None:
    lines = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'netra kabar'")
    with following(service[0], make_cookie(engine)) as read, following(service[0], make_cookie(engine)):
        assert read() == "baru"
        with engine.connect() as connection:
            assert connection.scalar(lines) == 1
    end = time.monotonic() + 60
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(lines) and time.monotonic() < end:
            time.sleep(0.05)
        assert connection.scalar(lines) == 0

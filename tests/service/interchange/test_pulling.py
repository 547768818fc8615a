"""Pulling as a real process: killed between two pages, and from houses that answer what no honest house does."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, func, select

from models import AuditEvent, Origin, ReceivedCase, record_event, verify_chain
from models.database import make_session
from models.settings import Settings
from netra.jobs.reviewing import pull
from netra.stopping import Stop
from service.interchange.pulling import pull_changes
from service.interchange.schemas import FORMAT
from service.interchange.signing import House, hash_of
from service.sealing import Keys
from tests.processes import kill, run_netra, start_netra
from tests.service.trail_of_exports import DOCUMENT

HOUSE = House(Keys(b"a"), "Rumah A")
Answer = Callable[[str], str]


def change_of(number: int) -> dict[str, Any]:
    envelope = {"format": FORMAT, "origin": HOUSE.key, "id": number, "version": number, "is_withdrawn": False}
    envelope |= {"reason": None, "merged_into": None, "document_sha256": hash_of(DOCUMENT)}
    return envelope | {"document": DOCUMENT, "signature": HOUSE.sign(envelope)}


def page_of(first: int, last: int, *, has_more: bool, cursor: str = "") -> str:
    origin = {"key": HOUSE.key, "name": HOUSE.name}
    cursor = cursor or f"{last}.{last}"
    changes = [change_of(number) for number in range(first, last + 1)]
    return json.dumps({"origin": origin, "changes": changes, "cursor": cursor, "next": cursor if has_more else None})


@contextmanager
def house(answer: Answer) -> Iterator[str]:
    """A house on this machine that answers by the cursor it is asked with."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answer(parse_qs(urlsplit(self.path).query).get("after", [""])[0]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The test's output stays its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,)).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def token(tmp_path: Path) -> str:
    path = tmp_path / "a.token"
    path.write_text("netra_x", encoding="ascii")
    return str(path)


def test_a_killed_pull_goes_on_where_it_stood(sqlite_settings: Settings, sqlite_engine: Engine, token: str) -> None:
    is_second_asked, may_answer, asked = threading.Event(), threading.Event(), list[str]()

    def answer(after: str) -> str:
        asked.append(after)
        if not after:
            return page_of(1, 30, has_more=True)
        is_second_asked.set()
        may_answer.wait(timeout=120)
        return page_of(31, 40, has_more=False)

    with house(answer) as url:
        pulling = start_netra(sqlite_settings, "interchange", "pull", url, "--token-file", token)
        assert is_second_asked.wait(timeout=120)
        kill(pulling)
        may_answer.set()
        again = run_netra(sqlite_settings, "interchange", "pull", url, "--token-file", token, "--json")
    assert json.loads(again.stdout)["new"] == 10, again.stderr
    assert asked == ["", "30.30", "30.30"]
    with make_session(sqlite_engine)() as session:
        assert session.scalar(select(func.count()).select_from(ReceivedCase)) == 40
        taken = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "pertukaran.terima")
        assert session.scalar(taken) == 40
        assert verify_chain(session).breaks == []


def test_the_job_stops_between_two_pages_and_goes_on_from_there(
    sqlite_settings: Settings, sqlite_engine: Engine, token: str
) -> None:
    stop, asked = Stop(), list[str]()

    def answer(after: str) -> str:
        asked.append(after)
        stop.is_asked = len(asked) == 1
        return page_of(len(asked), len(asked), has_more=len(asked) < 3)

    with house(answer) as url:
        settings = sqlite_settings.model_copy(update={"interchange_houses": f"{url}={token}"})
        reports = [pull(settings, sqlite_engine, stop), pull(settings, sqlite_engine, Stop())]
    assert asked == ["", "1.1", "2.2"]
    assert [report.said.split(": ")[1].split(",")[0] for report in reports] == ["1 new", "2 new"]


def test_what_an_older_netra_refused_is_asked_for_again_once_and_everything_when_somebody_says_so(
    sqlite_settings: Settings, sqlite_engine: Engine
) -> None:
    asked, sessions = list[str](), make_session(sqlite_engine)

    def answer(after: str) -> str:
        asked.append(after)
        return page_of(1, 2, has_more=False)

    with house(answer) as url:

        def pull(*, anew: bool = False) -> None:
            pull_changes(sessions, sqlite_settings, url, "netra_x", "", on_page=list, anew=anew)

        pull()
        with sessions.begin() as session:
            detail = {"sejak": "", "skema": "lama", "jumlah": 1}
            record_event(session, "pertukaran.tolak", actor="sistem:pertukaran", subject=("origin", 1), detail=detail)
        for anew in (False, False, True):
            pull(anew=anew)
    assert asked == ["", "", "2.2", ""]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[" * 100_000, "not JSON"),
        ("[]", "not a page of changes"),
        ('{"origin": {}, "changes": [], "cursor": "1", "next": null}', "not a page of changes"),
        (page_of(1, 1, has_more=True, cursor="1.1"), "does not move on"),
    ],
)
def test_a_house_that_answers_nonsense_is_left_with_one_line(
    sqlite_settings: Settings, sqlite_engine: Engine, token: str, body: str, said: str
) -> None:
    with house(lambda _: body) as url:
        done = run_netra(sqlite_settings, "interchange", "pull", url, "--token-file", token)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    with make_session(sqlite_engine)() as session:
        assert len(session.scalars(select(Origin)).all()) <= 1

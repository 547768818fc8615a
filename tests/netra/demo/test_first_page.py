"""`netra demo` shows its pages at once and fills the queue meanwhile: stopped, killed, failing, as real processes."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import psutil
import pytest
from sqlalchemy import Engine, func, select

from models import Flag, Item, verify_chain
from models.database import make_reading_session
from models.settings import Settings
from netra.demo.people import DEMO_PASSWORD
from tests.processes import kill, run_netra, start_netra

LONGEST_SECONDS = 180
BUSY, END = "Contoh sedang disiapkan", "Contoh tidak lengkap"


@dataclass
class Demo:
    process: subprocess.Popen[bytes]
    address: str

    def ask(self) -> dict[str, Any]:
        """How far it is; waits for the first page."""
        return wait_for(self._answer, "no page")

    def wait(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        return wait_for(lambda: told if is_so(told := self.ask()) else None, "it never came to this")

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def preparing(self) -> psutil.Process:
        return next(child for child in self.children() if "--prepare" in child.cmdline())

    def queue(self) -> str:
        """The page that rina sees after signing in."""
        with httpx.Client(base_url=self.address, follow_redirects=True, timeout=60) as browser:
            page = browser.post("/masuk", data={"nama": "rina", "sandi": DEMO_PASSWORD})
            assert (page.status_code, page.url.path) == (200, "/antrean")
            return page.text

    def stop(self, number: signal.Signals = signal.SIGINT) -> str:
        """All that it said; nothing of it is left."""
        children = self.children()
        self.process.send_signal(number)
        said = self.process.communicate(timeout=60)[0].decode()
        assert psutil.wait_procs(children, timeout=20)[1] == []
        return said

    def _answer(self) -> dict[str, Any] | None:
        assert self.process.poll() is None, self.process.communicate()[0].decode()
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.address}/persiapan").json()
        return None


def wait_for(find: Callable[[], Any], otherwise: str) -> Any:
    end = time.monotonic() + LONGEST_SECONDS
    while (found := find()) is None:
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)
    return found


@contextmanager
def demo(settings: Settings) -> Iterator[Demo]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = start_netra(settings, "demo", "--port", str(port))
    try:
        yield Demo(process, f"http://127.0.0.1:{port}")
    finally:
        kill(process)


def count(engine: Engine, table: type) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.slow
def test_the_queue_fills_behind_pages_that_are_there_and_goes_on_after_a_stop(
    sqlite_with_live_artifact: Settings, sqlite_engine: Engine
) -> None:
    """One story of many runs, because each run starts a crawl of five outlets."""
    with demo(sqlite_with_live_artifact) as first:
        assert first.ask()["is_over"] is False
        assert BUSY in first.queue()
        wait_for(lambda: count(sqlite_engine, Item) >= 10 or None, "nothing was stored")
        said = first.stop()
    assert first.process.returncode == 0
    assert said.startswith("Open http://127.0.0.1:")
    assert "stopped before the queue was filled" in said
    stored = count(sqlite_engine, Item)
    with demo(sqlite_with_live_artifact) as second:
        flags = second.wait(lambda told: told["is_over"])["flags"]
        assert BUSY not in second.queue()
        said = second.stop(signal.SIGTERM)
    assert f"{flags} flags wait in the queue." in said
    assert stored < count(sqlite_engine, Item) > 75
    with demo(sqlite_with_live_artifact) as third:
        assert third.wait(lambda told: told["is_over"])["flags"] == flags >= 15
        assert "Crawling" not in third.stop()
    check_soundness(sqlite_engine)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_demo_that_ends_while_it_trains_goes_on_from_there(
    sqlite_settings: Settings, sqlite_engine: Engine, number: signal.Signals
) -> None:
    with demo(sqlite_settings) as first:
        first.wait(lambda told: "melatih pengklasifikasi, 2 dari" in told["line"])
        first.stop(number)
    assert run_netra(sqlite_settings, "demo", "--once").returncode == 0
    assert count(sqlite_engine, Flag) >= 15
    check_soundness(sqlite_engine)


def check_soundness(engine: Engine) -> None:
    with make_reading_session(engine)() as session:
        urls = session.scalars(select(Item.url)).all()
        assert verify_chain(session).breaks == []
    assert len(urls) == len(set(urls))


def test_the_pages_outlive_what_prepares_them(sqlite_with_live_artifact: Settings) -> None:
    with demo(sqlite_with_live_artifact) as running:
        running.ask()
        running.preparing().kill()
        told = running.wait(lambda told: told["is_over"])
        assert (told["flags"], "berhenti saat membaca lima media contoh" in told["line"]) == (None, True)
        assert END in running.queue()
        said = running.stop()
    assert "ended with signal 9" in said
    assert "the demo is incomplete" in said


@pytest.mark.slow
def test_outlets_that_cannot_be_stored_are_named_and_the_pages_stay(sqlite_with_live_artifact: Settings) -> None:
    sqlite_with_live_artifact.evidence_dir.write_text("no folder")
    with demo(sqlite_with_live_artifact) as running:
        told = running.wait(lambda told: told["is_over"])
        assert "tidak terbaca sampai selesai: antaranews, badung-inews, kasn, kendal-bawaslu, wapresri" in told["line"]
        assert END in running.queue()
        said = running.stop()
    assert (running.process.returncode, "antaranews: " in said) == (0, True)

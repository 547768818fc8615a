"""Crawls that are forked: what they take over from the process that has loaded everything, and what becomes of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, func, select

from models import CrawlRun, Item, RunState
from models.database import make_reading_session
from models.settings import Settings
from netra.crawls.crawling import environment
from netra.crawls.pool import CrawlPool
from netra.crawls.process import SERVER
from tests.netra.crawls.little_web import LittleWeb
from tests.netra.jobs.houses import are_gone, find_child, list_children, wait_for
from tests.processes import NETRA, kill, start_netra

SECRET = "rahasia-yang-tidak-boleh-terlihat"
LOADED = """
import json, os, random, sys, tempfile
before = set(os.listdir("/proc/self/fd"))
import netra.cli, netra.crawls.preload
opened = sorted(set(os.listdir("/proc/self/fd")) - before)
found = [name for name in ("twisted.internet.reactor", "crawler.settings", "service", "sklearn") if name in sys.modules]
r, w = os.pipe()
for _ in range(2):
    if not os.fork():
        os.write(w, f"{random.random()} {next(tempfile._get_candidate_names())} {len(os.listdir('/proc/self/task'))}\\n".encode())
        os._exit(0)
    os.wait()
os.close(w)
print(json.dumps([opened, found, os.read(r, 1000).decode().splitlines()]))
"""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[LittleWeb]:
    with LittleWeb(tmp_path, {"satu": 1, "dua": 2}, silent={"satu"}) as web:
        yield web


@pytest.fixture
def endless_web(tmp_path: Path) -> Iterator[LittleWeb]:
    with LittleWeb(tmp_path, {"satu": 60}, slow={"satu": 0.1}) as web:
        yield web


@contextmanager
def running(pool: CrawlPool, slug: str) -> Iterator[psutil.Process]:
    pool.start(slug)
    try:
        yield psutil.Process(pool.running[slug].pid)
    finally:
        for process in pool.running.values():
            process.kill()
        pool.stop()


def finish(pool: CrawlPool) -> list[tuple[str, int]]:
    ended = list[tuple[str, int]]()
    wait_for(lambda: ended.extend(pool.collect()) or not pool.running)
    return ended


def pipes_of(process: psutil.Process | None = None) -> set[str]:
    """Pipes and sockets that a process holds, apart from its three streams."""
    number = process.pid if process else os.getpid()
    folder = Path(f"/proc/{number}/fd")
    links = [str(path.readlink()) for path in folder.iterdir() if int(path.name) > 2 and path.is_symlink()]
    return {link for link in links if link.startswith(("pipe:", "socket:"))}


def count(engine: Engine) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(Item)) or 0


def states(engine: Engine) -> list[RunState]:
    with make_reading_session(engine)() as session:
        return list(session.scalars(select(CrawlRun.state).order_by(CrawlRun.id)))


def test_exit_codes_and_logs_are_those_of_scrapy(sqlite_settings: Settings, sqlite_engine: Engine, web: LittleWeb) -> None:
    pool = CrawlPool(web.settings_for(sqlite_settings))
    pool.log_path("dua").parent.mkdir(parents=True)
    pool.log_path("dua").write_text("of an earlier crawl\n")
    pool.start("dua")
    pool.start("tiga")
    assert sorted(finish(pool)) == [("dua", 0), ("tiga", 2)]
    assert "no source named 'tiga'" in pool.last_line("tiga")
    assert "of an earlier crawl" not in pool.log_path("dua").read_text()
    assert count(sqlite_engine) == 2


def test_a_crawl_leads_its_own_group_shares_no_pipe_and_shows_no_secret(sqlite_settings: Settings, web: LittleWeb) -> None:
    settings = web.settings_for(sqlite_settings).model_copy(update={"secret_key": SecretStr(SECRET)})
    with running(CrawlPool(settings), "satu") as crawl:
        wait_for(lambda: web.asked["satu/rss"])
        server = crawl.parent()
        assert server is not None
        assert (crawl.name(), os.getpgid(crawl.pid)) == ("satu", crawl.pid)
        assert not pipes_of(crawl) & (pipes_of(server) | pipes_of())
        shown = [Path(f"/proc/{each.pid}/{file}").read_text() for each in (crawl, server) for file in ("cmdline", "environ")]
        assert not [text for text in shown if SECRET in text]


def test_the_word_to_end_is_heeded_at_any_moment(
    sqlite_settings: Settings, sqlite_engine: Engine, endless_web: LittleWeb
) -> None:
    pool = CrawlPool(endless_web.settings_for(sqlite_settings))
    pool.start("satu")
    ((_, code),) = pool.stop()
    assert code in (-signal.SIGTERM, 1)
    pool.start("satu")
    wait_for(lambda: count(sqlite_engine) > 0)
    assert pool.stop() == [("satu", 1)]
    assert set(states(sqlite_engine)) == {RunState.INTERRUPTED}


def test_what_is_loaded_before_the_fork_chooses_nothing_for_a_crawl() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=120)
    opened, found, (one, other) = json.loads(done.stdout)
    assert (opened, found) == ([], [])
    assert not set(one.split()[:2]) & set(other.split()[:2])
    assert one.split()[2] == "1"


@pytest.mark.slow
def test_where_nothing_can_be_forked_a_crawl_is_an_interpreter_of_its_own(
    sqlite_settings: Settings, sqlite_engine: Engine, web: LittleWeb, tmp_path: Path
) -> None:
    folder = tmp_path / ("panjang" * 20)  # No socket may have so long a name.
    folder.mkdir()
    variables = environment(web.settings_for(sqlite_settings)) | {"TMPDIR": str(folder)}
    done = subprocess.run([NETRA, "crawl", "dua"], env=variables, capture_output=True, text=True, timeout=180)
    assert (done.returncode, count(sqlite_engine)) == (0, 2), done.stderr
    assert "cannot be forked" in done.stderr


@pytest.mark.slow
def test_a_fork_server_that_is_killed_costs_its_crawls_a_new_start_and_no_page(
    sqlite_settings: Settings, sqlite_engine: Engine, endless_web: LittleWeb
) -> None:
    process = start_netra(endless_web.settings_for(sqlite_settings), "schedule")
    try:
        wait_for(lambda: count(sqlite_engine) > 0)
        server = find_child(process.pid, SERVER)
        crawl = find_child(process.pid, "satu")
        assert server is not None
        assert crawl is not None
        server.kill()
        wait_for(lambda: states(sqlite_engine) == [RunState.INTERRUPTED, RunState.FINISHED])
        assert (are_gone([server.pid, crawl.pid]), find_child(process.pid, SERVER) is not None) == (True, True)
        assert count(sqlite_engine) == 60
        process.terminate()
        said = process.communicate(timeout=60)[0].decode()
        assert (process.returncode, "proses mati (kode 255)" in said) == (0, True)
    finally:
        kill(process)


@pytest.mark.slow
def test_a_signal_to_all_leaves_the_fork_server_to_its_owner_which_ends_soundly(
    sqlite_settings: Settings, sqlite_engine: Engine, endless_web: LittleWeb
) -> None:
    process = start_netra(endless_web.settings_for(sqlite_settings), "schedule")
    try:
        wait_for(lambda: count(sqlite_engine) > 0)
        family = list_children(process.pid)
        server = find_child(process.pid, SERVER)
        assert server is not None
        for number in (signal.SIGINT, signal.SIGTERM):
            server.send_signal(number)
        before = count(sqlite_engine)
        wait_for(lambda: count(sqlite_engine) > before)
        process.terminate()
        assert process.wait(timeout=60) == 0
        wait_for(lambda: are_gone(family))
        assert states(sqlite_engine) == [RunState.INTERRUPTED]
    finally:
        kill(process)

"""One crawl of the whole hostile web, as a user calls it; all tests of this folder read what it left."""

import json
import os
import pickle
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from filelock import FileLock
from sqlalchemy.orm import Session

from models.database import make_engine, make_reading_session
from models.settings import Settings
from netra.crawls.crawling import environment
from tests.crawler.hostile.web import Asked, find_port
from tests.crawler.hostile.world import CHANGING, World, make_guarded_world, make_world
from tests.processes import NETRA

TIMEOUT = 3.0
"""Seconds for one answer; so many servers use it up that thirty would be an hour."""


@dataclass(frozen=True)
class Crawled:
    """What one `netra crawl` left, and what it was."""

    settings: Settings
    outcomes: dict[str, dict[str, Any]]
    seconds: float
    cpu_seconds: float
    largest_mib: float
    """Memory of the largest of its processes."""
    listening: tuple[str, ...]
    """Sockets that any of its processes opened for others."""
    asked: tuple[Asked, ...]


@pytest.fixture(scope="session")
def crawled(run_folder: Path, sqlite_template: Path) -> Crawled:
    """The hostile web is crawled once a test run, whichever process needs it first."""
    return _crawl_once(run_folder / "hostile", sqlite_template, _crawl_web)


@pytest.fixture(scope="session")
def guarded(run_folder: Path, sqlite_template: Path) -> Crawled:
    """Sources on private addresses, crawled as outside of tests: such addresses are forbidden."""
    return _crawl_once(run_folder / "guarded", sqlite_template, _crawl_guarded)


def _crawl_once(folder: Path, template: Path, crawl: Callable[[Path, Path], Crawled]) -> Crawled:
    folder.mkdir(exist_ok=True)
    kept = folder / "crawled.pickle"
    with FileLock(folder / "lock"):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(crawl(folder, template)))
    return pickle.loads(kept.read_bytes())


@pytest.fixture
def stored(crawled: Crawled) -> Iterator[Session]:
    """The database after the crawl; the tests only read it."""
    engine = make_engine(crawled.settings.database_address)
    with make_reading_session(engine)() as session:
        yield session
    engine.dispose()


def _crawl_web(folder: Path, template: Path) -> Crawled:
    world = make_world(find_port("127.0.0.1"), folder)
    settings = _settings(folder, world, template, crawl_private_hosts=True)
    with world.web:
        first = _crawl(settings, world)
        _crawl(settings, world, CHANGING)
    return first


def _crawl_guarded(folder: Path, template: Path) -> Crawled:
    world = make_guarded_world(find_port("127.0.0.1"))
    return _crawl(_settings(folder, world, template, crawl_contact="uji@contoh.test"), world)


def _settings(folder: Path, world: World, template: Path, **named: Any) -> Settings:
    home = folder / "home"
    home.mkdir()
    (home / "netra.sqlite3").write_bytes(template.read_bytes())
    sources = world.write(folder / "sources")
    return Settings(home=home, sources_dir=sources, crawl_timeout_seconds=TIMEOUT, _env_file=None, **named)


def _crawl(settings: Settings, world: World, *names: str) -> Crawled:
    variables = environment(settings) | world.variables
    began, listening, largest = time.monotonic(), set[str](), 0
    with (settings.home / "crawl.json").open("w+") as out, (settings.home / "crawl.txt").open("w") as err:
        process = subprocess.Popen([NETRA, "crawl", "--json", *names], env=variables, stdout=out, stderr=err)
        usage = None
        while usage is None:
            pid, _, found = os.wait4(process.pid, os.WNOHANG)
            usage = found if pid else None
            for one in _family_of(process.pid):
                listening |= _listening_of(one)
                largest = max(largest, _memory_of(one))
            time.sleep(0.2)
        process.returncode = 0  # It was waited for above, to learn what it used.
        out.seek(0)
        said = out.read()
    outcomes = {row["slug"]: row for row in json.loads(said or "[]")}
    cpu, seconds = usage.ru_utime + usage.ru_stime, time.monotonic() - began
    return Crawled(settings, outcomes, seconds, cpu, largest / 2**20, tuple(listening), tuple(world.web.asked))


def _family_of(pid: int) -> list[psutil.Process]:
    try:
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _listening_of(process: psutil.Process) -> set[str]:
    try:
        sockets = process.net_connections("inet")
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return set()
    return {str(one.laddr) for one in sockets if one.status == psutil.CONN_LISTEN}


def _memory_of(process: psutil.Process) -> int:
    """Bytes now. What the kernel calls the maximum begins with the memory of the test process that it was forked from."""
    try:
        # A child that has not become a crawl yet is still a picture of its parent.
        return process.memory_info().rss if process.cmdline() != psutil.Process().cmdline() else 0
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return 0

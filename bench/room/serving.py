"""A made-up house that answers over HTTP: a filled database, server processes, people who are signed in."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx2 as httpx

from bench.room.wire import Wire
from models.database import make_engine, make_session
from models.settings import Settings
from netra.crawls.crawling import environment
from service.accounts.people import create_user
from service.accounts.service import create_api_token, sign_in

PASSWORD = "kata-sandi-untuk-mengukur"
NETRA = (str(Path(sys.executable).with_name("netra")), "serve")
PYTHON = (sys.executable,)
START_SECONDS = 240
TICKS = os.sysconf("SC_CLK_TCK")

Start = Callable[[Sequence[str], dict[str, str], Path], subprocess.Popen[bytes]]
"""Begins a command with these variables; what it says goes into the log."""


class Server:
    """One process of the service."""

    def __init__(self, address: str, process: subprocess.Popen[bytes]) -> None:
        self.address = address
        self.process = process

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def cpu_seconds(self) -> float:
        """Processor time of the process so far; SQLite's work is in it, PostgreSQL's is not."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def serving(settings: Settings, command: Sequence[str] = NETRA) -> Iterator[Server]:
    """Run the service until the block ends."""
    server = begin(settings, free_port(), command)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command: Sequence[str], variables: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(command, env=variables, stdout=file, stderr=file)


def begin(settings: Settings, port: int, command: Sequence[str] = NETRA, *, start: Start = start) -> Server:
    """Start the service on this port; it answers when this returns."""
    log = settings.home / f"server-{port}.log"
    process = start([*command, "--port", str(port)], environment(settings), log)
    try:
        _wait(port, process, log)
    except BaseException:  # Also Ctrl-C while it starts: no process stays behind.
        process.kill()
        process.wait()
        raise
    return Server(f"http://127.0.0.1:{port}", process)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(ConnectionError), closing(Wire(port)) as wire:
            if wire.ask("GET", "/healthz").status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the service did not start:\n{log.read_text()}")


def people(settings: Settings, count: int, *, role: str = "pengawas") -> list[str]:
    """Sign-ins of so many made-up people: the values of their cookies."""
    engine, cookies = make_engine(settings.database_address), list[str]()
    with make_session(engine).begin() as session:
        for number in range(count):
            user = create_user(session, f"{role}-{number}", f"Penilai {number}", PASSWORD, role)
            cookies.append(sign_in(session, user, hours=12))
    engine.dispose()
    return cookies


def browser(server: Server, cookie: str) -> httpx.Client:
    return httpx.Client(base_url=server.address, cookies={"netra": cookie}, timeout=300)


def tokens(settings: Settings, count: int, *, role: str = "pengawas") -> list[str]:
    """Tokens of so many made-up people, one each."""
    engine, plain = make_engine(settings.database_address), list[str]()
    with make_session(engine).begin() as session:
        for number in range(count):
            user = create_user(session, f"mesin-{role}-{number}", f"Mesin {number}", PASSWORD, role)
            plain.append(create_api_token(session, user, "ukur", 1, can_write=True))
    engine.dispose()
    return plain


def machine(server: Server, token: str) -> httpx.Client:
    return httpx.Client(base_url=server.address, headers={"authorization": f"Bearer {token}"}, timeout=300)

"""A whole house at work: service, schedule and scoring as processes that can be struck, and monitors who ask over HTTP.

A monitor repeats a request under its Idempotency-Key until it is answered, as docs/api.md tells clients to do.
"""

import random
import socket
import subprocess
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import httpx2 as httpx
from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from netra.crawls.crawling import environment
from service.accounts.service import create_api_token
from tests.factories import PARTISAN, make_item, make_source, make_user
from tests.forked import Forked
from tests.processes import NETRA, Process, kill

JUDGEMENT = {"outcome": "bukan_pelanggaran", "no_violation_reason": "tak_relevan"}
PROCESSES = {
    "serve": ("serve",),
    "schedule": ("schedule", "--workers", "2", "--retry-minutes", "0.01"),
    "score": ("score", "--watch", "--every", "0.2"),
}
AS_ONE = {"up": ("up",)}
"""All of it in one command."""
HAND = ("worker", "--queues", "crawl,score", "--concurrency", "2")
WORKERS = {"serve": ("serve",), "worker": HAND, "other worker": HAND}
"""On PostgreSQL: two who crawl and score share one queue."""
PATIENCE = 240.0


def fill(engine: Engine, texts: int, *, monitors: int, days: int = 1) -> list[str]:
    """Texts that wait to be scored, each of which will be a flag; and a token for each monitor."""
    with make_session(engine).begin() as session:
        source = make_source(session)
        for number in range(texts):
            make_item(session, source=source, title="", text=f"{PARTISAN} Butir {number}.")
        return [create_api_token(session, make_user(session), "uji", days, True) for _ in range(monitors)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class House:
    settings: Settings
    port: int = field(default_factory=free_port)
    variables: dict[str, str] = field(default_factory=dict[str, str])
    """What a process must find in its environment when its Python starts; without any, a fork is faster."""
    commands: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: PROCESSES)
    running: dict[str, Process] = field(default_factory=dict[str, Process])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self, name: str) -> None:
        command, values = self.commands[name], environment(self.settings) | {"NETRA_PORT": str(self.port)} | self.variables
        self.running[name] = start_fresh(command, values) if self.variables else Forked(["netra", *command], values)

    def strike(self, name: str) -> None:
        """kill -9, with all of its children, and begin it again."""
        self.check_alive(name)
        kill(self.running[name])
        self.begin(name)

    def check_alive(self, *names: str) -> None:
        """That none ended by itself, whatever was done to it."""
        for name in names or tuple(self.running):
            process = self.running[name]
            assert process.poll() is None, f"{name} ended with {process.returncode}: {self.said(name)}"

    def said(self, name: str) -> str:
        stream = self.running[name].stdout
        assert stream is not None
        stream.seek(0)
        return stream.read().decode(errors="replace")[-4_000:]


def start_fresh(command: Sequence[str], values: dict[str, str]) -> Process:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - Closed by whoever ends the process.
    process = subprocess.Popen([NETRA, *command], env=values, stdout=file, stderr=subprocess.STDOUT, start_new_session=True)
    process.stdout = file
    return process


@contextmanager
def at_work(
    settings: Settings, commands: Mapping[str, tuple[str, ...]] = PROCESSES, variables: dict[str, str] | None = None
) -> Iterator[House]:
    house = House(settings, commands=commands, variables=variables or {})
    try:
        for name in commands:
            house.begin(name)
        yield house
    finally:
        for process in house.running.values():
            kill(process)


@dataclass
class Monitor:
    """Takes, decides and undoes as fast as the answers come, and remembers each answer."""

    address: str
    token: str
    chance: random.Random
    saved: list[int] = field(default_factory=list[int])
    """Assessments whose answer said that they are stored; taking one back is one too."""
    answers: Counter[int] = field(default_factory=Counter[int])
    refused: list[httpx.Response] = field(default_factory=list[httpx.Response])
    """Answers of 503."""
    is_given_up: Event = field(default_factory=Event)
    """The test has failed: nobody waits for answers any more."""

    def work(self, stop: Event) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=90) as client:
            while not stop.is_set():
                taken = self._ask(client, "/flags/take")
                if taken.status_code == 409:  # Nothing waits, or the hands are full: a lease came with an answer that was lost.
                    self._work_off(client)
                    time.sleep(0.1)
                else:
                    self._decide(client, taken.json()["flag_id"])

    def _decide(self, client: httpx.Client, flag_id: int) -> None:
        number = self._save(client, f"/flags/{flag_id}/assess", JUDGEMENT)
        if number and self.chance.random() < 0.2 and self._save(client, f"/assessments/{number}/undo"):
            self._save(client, f"/flags/{flag_id}/assess", JUDGEMENT)

    def _work_off(self, client: httpx.Client) -> None:
        with suppress(httpx.TransportError):
            held = client.get("/flags", params={"shelf": "saya"})
            for flag in held.json()["flags"] if held.status_code == 200 else []:
                self._decide(client, flag["id"])

    def _save(self, client: httpx.Client, path: str, body: dict[str, Any] | None = None) -> int | None:
        answer = self._ask(client, path, body)
        if answer.status_code != 200:
            return None
        self.saved.append(answer.json()["id"])
        return self.saved[-1]

    def _ask(self, client: httpx.Client, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """Again under the same key until it is answered; no other answer than these may come, whatever happens."""
        key, end = uuid.uuid4().hex, time.monotonic() + PATIENCE
        while time.monotonic() < end and not self.is_given_up.is_set():
            try:
                answer = client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            self.answers[answer.status_code] += 1
            if answer.status_code == 503:
                self.refused.append(answer)
            elif answer.status_code != 409 or answer.json()["code"] != "kunci_berjalan":
                assert answer.status_code in (200, 409), f"{path}: {answer.status_code} {answer.text}"
                return answer
            time.sleep(0.1)
        raise AssertionError(f"{path} was not answered within {PATIENCE:.0f} s")


@contextmanager
def monitors_at(house: House, tokens: Sequence[str], chance: random.Random) -> Iterator[list[Monitor]]:
    """They work until the block ends; then each ends what it is at."""
    stop = Event()
    monitors = [Monitor(house.address, token, random.Random(chance.random())) for token in tokens]
    with ThreadPoolExecutor(len(monitors)) as pool:
        hands: list[Future[None]] = [pool.submit(monitor.work, stop) for monitor in monitors]
        try:
            yield monitors
        except BaseException:
            for monitor in monitors:
                monitor.is_given_up.set()
            raise
        finally:
            stop.set()
        for hand in hands:
            hand.result()


def wait_until_saved(monitors: Sequence[Monitor], count: int, house: House) -> None:
    """Until the monitors have got so many answers more."""
    wanted, end = sum(len(monitor.saved) for monitor in monitors) + count, time.monotonic() + PATIENCE
    while sum(len(monitor.saved) for monitor in monitors) < wanted:
        house.check_alive()
        said = {name: house.said(name) for name in house.running} if time.monotonic() > end else {}
        assert not said, f"the monitors get no answers: {[monitor.answers for monitor in monitors]}, {said}"
        time.sleep(0.05)

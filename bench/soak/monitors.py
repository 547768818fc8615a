"""People who take, read and decide for as long as it lasts, and remember what they were told."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx2 as httpx

from bench.room.day import ANSWERS

PAUSE_SECONDS = (0.5, 2.0)
"""Between two deeds of one person: they are quicker than people, and leave the machine to the others too."""
AGAIN_SECONDS = 3.0
SERVER_ERRORS = 500


class Decided(NamedTuple):
    person: str
    flag: int


@dataclass
class Heard:
    """What the service answered to all of them."""

    decided: list[Decided] = field(default_factory=list[Decided])
    statuses: Counter[int] = field(default_factory=Counter[int])
    errors: list[str] = field(default_factory=list[str])
    """Answers of 500 and more, and connections that broke, with what was asked."""

    def take(self, answer: httpx.Response) -> httpx.Response:
        self.statuses[answer.status_code] += 1
        if answer.status_code >= SERVER_ERRORS:
            self.errors.append(f"{answer.request.method} {answer.request.url.path}: {answer.status_code}")
        return answer


class Monitor(threading.Thread):
    """One person at one browser."""

    def __init__(self, person: str, client: httpx.Client, heard: Heard, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._person, self._client, self._heard, self._stopping = person, client, heard, stop
        self._chance = random.Random(person)

    def run(self) -> None:
        path = ""
        while not self._stopping.is_set():
            try:
                path = self._decide(path) if path else self._take()
            except httpx.TransportError as error:
                self._heard.errors.append(f"{self._person}: {type(error).__name__}")
                path = ""
            self._stopping.wait(self._chance.uniform(*PAUSE_SECONDS) if path else AGAIN_SECONDS)

    def _take(self) -> str:
        self._heard.take(self._client.get("/antrean"))
        return _flag_path(self._heard.take(self._client.post("/antrean/ambil")))

    def _decide(self, path: str) -> str:
        """Read, decide; the answer names the next flag. One in twenty goes back undecided."""
        self._heard.take(self._client.get(path))
        self._stopping.wait(self._chance.uniform(*PAUSE_SECONDS))
        if self._chance.random() < 0.05:
            self._heard.take(self._client.post(f"{path}/lepas"))
            return ""
        answer = self._heard.take(self._client.post(f"{path}/nilai", data=self._chance.choice(ANSWERS)))
        if answer.status_code == 303:
            self._heard.decided.append(Decided(self._person, int(path.rpartition("/")[2])))
        return _flag_path(answer)


def _flag_path(answer: httpx.Response) -> str:
    path = answer.headers.get("location", "").partition("?")[0]
    return path if path.startswith("/penanda/") else ""


def run_monitors(clients: dict[str, httpx.Client], seconds: float) -> Heard:
    """Let all of them work for so long."""
    heard, stop = Heard(), threading.Event()
    monitors = [Monitor(person, client, heard, stop) for person, client in clients.items()]
    for monitor in monitors:
        monitor.start()
    time.sleep(seconds)
    stop.set()
    for monitor in monitors:
        monitor.join(60)
    return heard

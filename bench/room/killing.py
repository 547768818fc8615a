"""Two server processes on one database, of which one is killed with -9 now and then while the other serves on."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bench.room.serving import Start, begin, free_port
from models.settings import Settings

LOOK_SECONDS = 0.2


class Kill(NamedTuple):
    """Moments as `time.time()` tells them."""

    port: int
    struck_at: float
    dead_at: float
    back_at: float


class Mortal:
    """`netra serve` on one port, killed and begun again."""

    def __init__(self, settings: Settings, start: Start) -> None:
        self._settings, self._start = settings, start
        self.port = free_port()
        self._server = begin(settings, self.port, start=start)
        self.is_up = True
        self._spent = 0.0

    def cpu_seconds(self) -> float:
        """Of the process that runs and of those that were killed; what the killed did at last is missing."""
        return self._spent + self._server.cpu_seconds()

    def check_alive(self) -> None:
        code = self._server.process.poll()
        assert code is None, f"the server on port {self.port} ended by itself with {code}"

    def strike(self) -> Kill:
        self.check_alive()
        self._spent += self._server.cpu_seconds()
        struck_at = time.time()
        self.end()
        dead_at = time.time()
        self.is_up = False
        self._server = begin(self._settings, self.port, start=self._start)
        self.is_up = True
        return Kill(self.port, struck_at, dead_at, time.time())

    def end(self) -> None:
        self._server.process.kill()
        self._server.process.wait()


@contextmanager
def two_mortals(settings: Settings, start: Start) -> Iterator[tuple[Mortal, Mortal]]:
    one = Mortal(settings, start)
    try:
        other = Mortal(settings, start)
        try:
            yield one, other
        finally:
            other.end()
    finally:
        one.end()


def strike_now_and_then(
    servers: tuple[Mortal, Mortal],
    kills: list[Kill],
    chance: random.Random,
    pause: tuple[float, float],
    is_over: Callable[[], bool],
) -> None:
    """Either of the two, as chance has it; the next one only after the last one answers again."""
    while not is_over():
        end = time.monotonic() + chance.uniform(*pause)
        while time.monotonic() < end and not is_over():
            for server in servers:
                server.check_alive()
            time.sleep(LOOK_SECONDS)
        if not is_over():
            kills.append(chance.choice(servers).strike())

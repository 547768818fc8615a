"""A place beyond a cable that can be cut: a network namespace with one pair of interfaces. Only root may make it."""

import itertools
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from models.settings import Settings
from netra.crawls.crawling import environment
from tests.permitted import not_permitted
from tests.processes import kill

_numbers = itertools.count(1)


@dataclass
class Far:
    """The other end of the cable; `near` is the address of this machine as seen from there."""

    name: str
    near: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    def start(self, command: Sequence[str | os.PathLike[str]], settings: Settings) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *command],
            env=environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def cut(self) -> None:
        """From here on nothing arrives on either side, and nobody is told."""
        _run("ip", "link", "set", self.name, "down")

    def mend(self) -> None:
        _run("ip", "link", "set", self.name, "up")


@contextmanager
def beyond_a_cable() -> Iterator[Far]:
    number = os.getpid() % 200 * 64 + next(_numbers) % 64
    name, net = f"netra{number}", f"10.{200 + number // 16_384}.{number // 64 % 256}"
    near, far = f"{net}.{number % 64 * 4 + 1}", f"{net}.{number % 64 * 4 + 2}"
    try:
        _run("ip", "netns", "add", name)
    except (OSError, subprocess.CalledProcessError) as error:
        not_permitted(f"no network namespace here: {error}")
    try:
        _run("ip", "link", "add", name, "type", "veth", "peer", "name", "cable", "netns", name)
        _run("ip", "addr", "add", f"{near}/30", "dev", name)
        _run("ip", "link", "set", name, "up")
        _run("ip", "-n", name, "addr", "add", f"{far}/30", "dev", "cable")
        _run("ip", "-n", name, "link", "set", "cable", "up")
        _run("ip", "-n", name, "link", "set", "lo", "up")
        far = Far(name, near)
        yield far
        for process in far.processes:
            kill(process)
    finally:
        _run("ip", "netns", "del", name)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)

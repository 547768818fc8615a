"""A place beyond a cable that can be cut: a network namespace with one pair of interfaces. Only root may make it."""

import itertools
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import make_url

from models.settings import Settings
from netra.crawls.crawling import environment
from tests.permitted import not_permitted
from tests.processes import kill

SHORT = {"keepalives_idle": "1", "keepalives_interval": "1", "keepalives_count": "2", "tcp_user_timeout": "3000"}
"""What takes a minute in a house, in seconds: an address may say otherwise than models.database."""

_numbers = itertools.count(1)


def impatient(settings: Settings) -> Settings:
    """The same house and database, asked with patience for seconds on both sides."""
    options = " ".join(f"-c {name.replace('keepalives', 'tcp_keepalives')}={value}" for name, value in SHORT.items())
    address = make_url(settings.database_address).update_query_dict({**SHORT, "options": options})
    return Settings(home=settings.home, database_url=address.render_as_string(hide_password=False), _env_file=None)


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

"""netra as real processes: started, asked, and killed with -9."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2 as httpx

from models.settings import Settings
from netra.crawls.crawling import environment
from tests.forked import Forked, run_forked

NETRA = Path(sys.executable).with_name("netra")
START_SECONDS = 180
RUN_SECONDS = 300
Process = subprocess.Popen[bytes] | Forked


def run_netra(settings: Settings, *arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; `variables` are added to its environment."""
    return run_forked(arguments, environment(settings) | variables, stdin, RUN_SECONDS)


def start_netra(settings: Settings, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [NETRA, *arguments], env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )


def kill(process: Process) -> None:
    """As the kernel does when memory runs out: at once, with every child, and nobody may tidy up."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()  # Where it leads no group yet.
    process.wait()
    if process.stdout:
        process.stdout.close()


@contextmanager
def serving(settings: Settings, *, from_a_shell: bool = False) -> Iterator[tuple[str, Process]]:
    """The service as its own process on a free port; yields its address when it answers."""
    address, process = _serve(settings, from_a_shell=from_a_shell)
    try:
        yield address, process
    finally:
        kill(process)


def _serve(settings: Settings, *, from_a_shell: bool, tries: int = 3) -> tuple[str, Process]:
    """A port that was free a moment ago may be somebody's by now: then another one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ("serve", "--port", str(port))
    process = start_netra(settings, *command) if from_a_shell else Forked(["netra", *command], environment(settings))
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, process)
    except AssertionError as error:
        kill(process)
        if "address already in use" not in str(error) or tries == 1:
            raise
        return _serve(settings, from_a_shell=from_a_shell, tries=tries - 1)
    except BaseException:
        kill(process)
        raise
    return address, process


def _wait_until_it_answers(address: str, process: Process) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            assert process.stdout is not None
            raise AssertionError(f"the service ended with {process.returncode}: {process.stdout.read().decode()}")
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}/healthz").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"the service did not answer within {START_SECONDS} s")

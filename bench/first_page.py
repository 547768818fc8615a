"""From a clone to the first page: `git clone`, `make run`, the moment at which a browser gets the queue's door, and the one at
which the queue behind it is filled.

    python -m bench.first_page [--uv PATH]

Nothing is cached: pip and uv begin with empty caches, so the registry's line counts. Two ways, each in a clone of its own: with
pip alone, and with uv where `--uv` or the PATH has one. What is committed is cloned, not the working tree.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAD = "| with | installed after, s | first page after, s | queue filled after, s |\n|---|---|---|---|"
LONGEST_SECONDS = 600
STOPPING_SECONDS = 60


@dataclass(frozen=True)
class FirstPage:
    """Seconds since `git clone` was called."""

    tool: str
    installed: float
    answered: float
    filled: float


def measure_first_page(uv: Path | None) -> FirstPage:
    """One clone, set up and run until its page is there, then stopped and removed."""
    folder = Path(tempfile.mkdtemp(prefix="netra-first-page-"))
    try:
        return _measure(folder, uv)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(folder: Path, uv: Path | None) -> FirstPage:
    clone, port, start = folder / "netra", _free_port(), time.monotonic()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=_environment(folder, port, uv), stdout=log, stderr=log, start_new_session=True
        )
    try:
        installed = _wait(process, start, (clone / ".venv" / "installed").exists, folder / "log")
        answered = _wait(process, start, lambda: _ask(port, "/") is not None, folder / "log")
        filled = _wait(process, start, lambda: _is_filled(port), folder / "log")
    finally:
        _stop(process)
    return FirstPage("uv" if uv else "pip", installed, answered, filled)


def _wait(process: subprocess.Popen[bytes], start: float, is_there: Callable[[], bool], log: Path) -> float:
    while not is_there():
        if process.poll() is not None or time.monotonic() - start > LONGEST_SECONDS:
            raise RuntimeError(f"make run did not come so far:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
    return time.monotonic() - start


def _ask(port: int, path: str) -> bytes | None:
    """None where nothing answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read()
    except (urllib.error.URLError, OSError):
        return None


def _is_filled(port: int) -> bool:
    """What open pages ask too, without a sign-in."""
    told = json.loads(_ask(port, "/persiapan") or "{}")
    if told.get("is_over") and not told["flags"]:
        raise RuntimeError(f"the queue stayed empty: {told['line']}")
    return bool(told.get("is_over"))


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C, as a person would; the group of its own is killed where that is not heeded."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(STOPPING_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def _environment(folder: Path, port: int, uv: Path | None) -> dict[str, str]:
    """The path holds uv or does not, whatever the machine has."""
    tools = folder / "tools"
    tools.mkdir()
    if uv is not None:
        (tools / "uv").symlink_to(uv)
    plain = [place for place in os.environ["PATH"].split(os.pathsep) if not (Path(place) / "uv").exists()]
    caches = {name: str(folder / name.lower()) for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR")}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("NETRA_", "VIRTUAL_ENV", "PYTHON"))}
    return inherited | caches | {"PATH": os.pathsep.join([str(tools), *plain]), "NETRA_PORT": str(port)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def measure_ways(uv: Path | None) -> Iterator[str]:
    """With pip alone, then with uv where it is there: a row each."""
    for tool in [None, *([uv] if uv else [])]:
        found = measure_first_page(tool)
        yield f"| {found.tool} | {found.installed:.1f} | {found.answered:.1f} | {found.filled:.1f} |"


def main() -> None:
    """Both ways, one line each."""
    parser = argparse.ArgumentParser(prog="python -m bench.first_page", description=__doc__)
    parser.add_argument("--uv", type=Path, default=shutil.which("uv"), help="uv, where it is not in the PATH")
    uv = parser.parse_args().uv
    for line in [HEAD, *measure_ways(Path(uv) if uv else None)]:
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()

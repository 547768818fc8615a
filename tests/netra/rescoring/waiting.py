"""For processes that go on: until something holds, and to their end."""

import subprocess
import time
from collections.abc import Callable

PATIENCE = 180.0


def wait_for(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Fails with what the process said, where it ends before."""
    last = time.monotonic() + PATIENCE
    while not holds():
        assert process.poll() is None, process.stdout and process.stdout.read()
        assert time.monotonic() < last
        time.sleep(0.01)


def end(process: subprocess.Popen[bytes]) -> str:
    """What it said until its end."""
    return process.communicate(timeout=PATIENCE)[0].decode()

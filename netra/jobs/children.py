"""Processes that `netra up` begins, each a netra of its own: begun again with growing pauses, and never left behind."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

from crawler.runs.parent import PARENT
from models.settings import Settings
from netra.console import DONE, INCOMPLETE
from netra.crawls.pool import environment

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
SETTLED_SECONDS = 60.0
"""One that lived so long begins anew with the shortest pause."""
GRACE_SECONDS = 20.0
"""Between the word to end and the kill: a service ends open answers within ten, a crawl its batch."""
LONGEST_LINE = 300

Say = Callable[[str], None]


class Child:
    """One process. What it says goes on, line by line, under its name; the last line says why it ended."""

    def __init__(self, name: str, arguments: Sequence[str], settings: Settings, say: Say, *, stays: bool = True) -> None:
        self.name, self.stays = name, stays
        self._arguments, self._settings, self._say = tuple(arguments), settings, say
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._last_line, self._begun_at = "", 0.0
        self._failures, self._not_before, self._kill_at = 0, 0.0, 0.0

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def age(self) -> float:
        return time.monotonic() - self._begun_at

    def may_start(self) -> bool:
        return self._process is None and time.monotonic() >= self._not_before

    def start(self) -> None:
        """From the main thread only: the kernel ends a child with the very thread that began it."""
        variables = environment(self._settings) | {PARENT: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-P", "-m", "netra", *self._arguments]
        self._begun_at, self._last_line, self._kill_at = time.monotonic(), "", 0.0
        try:
            # Our own interpreter and our own words. A group of its own, so that Ctrl-C reaches it by our word alone.
            self._process = subprocess.Popen(  # noqa: S603
                command,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                process_group=0,
            )
        except OSError as error:
            self._pause(f"cannot be begun: {error.strerror}")
            return
        self._reader = threading.Thread(target=self._pass_on, args=(self._process,), daemon=True)
        self._reader.start()

    def collect(self) -> None:
        """Note its end, if it came. One that should have ended is killed."""
        code = self._process.poll() if self._process is not None else None
        if code is not None:
            self._note_end(code)
        elif self._process is not None and self._kill_at and time.monotonic() >= self._kill_at:
            self._process.kill()

    def end(self) -> None:
        """Ask it to end soundly; `collect` kills it where it does not."""
        if self._process is not None and not self._kill_at:
            self._kill_at = time.monotonic() + GRACE_SECONDS
            self._process.terminate()

    def _note_end(self, code: int) -> None:
        if self._reader is not None:
            self._reader.join(timeout=1)  # Its last words may still be on their way.
        self._process = None
        if self._kill_at:
            return
        if self.stays or code not in (DONE, INCOMPLETE):  # A job that failed has said so, and comes when its turn says.
            self._pause(f"ended with {_how(code)} ({self._last_line or 'it said nothing'})")
        else:
            self._failures = 0

    def _pause(self, why: str) -> None:
        self._failures = 1 if self.age >= SETTLED_SECONDS else self._failures + 1
        seconds = min(FIRST_PAUSE * 2 ** min(self._failures - 1, 10), LONGEST_PAUSE)
        self._not_before = time.monotonic() + seconds
        self._say(f"{self.name} {why}; begun again in {seconds:.0f} s")

    def _pass_on(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                if said := line.rstrip()[:LONGEST_LINE]:
                    self._last_line = said
                    self._say(f"{self.name}: {said}")


def end_all(children: Sequence[Child]) -> None:
    """Ask all to end and wait until they did, no longer than the grace."""
    for child in children:
        child.end()
    while any(child.is_running for child in children):
        for child in children:
            child.collect()
        time.sleep(0.05)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"

"""The demo made ready by a process of its own while this one serves: it steps back, so that no page waits for it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Self

from typer import Exit

from crawler.runs.parent import PARENT
from models.settings import Settings
from netra.console import UNUSABLE, err
from netra.crawls.pool import environment
from netra.demo.telling import OPEN, after, broken_off, read_told
from service.preparing.preparation import Preparation, Step, UnderWay

GRACE_SECONDS = 20.0
"""Between the word to end and the kill: crawls have ten to end soundly."""
IS_FULL = ("disk is full", "No space left")
"""In the words of SQLite, and of the system and PostgreSQL."""

Hear = Callable[[Preparation], None]


class DemoPreparing:
    """What `netra demo --once` does, for `service.preparing`. A context manager, because the process ends with its owner."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._now = Preparation(steps=(UnderWay(Step.TABLES),))
        self._hear: Hear | None = None
        self._lock = Lock()
        """Of the two above: what comes is heard in the order in which it came."""
        self._settled, self._is_open, self._is_stopping = Event(), False, False
        self._last_words = ""

    def __enter__(self) -> Self:
        """From the main thread only: the kernel ends a child with the very thread that began it."""
        # Our own interpreter and our own words. A group of its own, so that Ctrl-C reaches it by our word alone.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "netra", "demo", "--prepare"],
            env=environment(self._settings) | {PARENT: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ask it to end soundly and wait until it did; Ctrl-C once more ends it at once."""
        self._is_stopping = True
        try:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(GRACE_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            self._process.kill()
        self._reader.join(GRACE_SECONDS)

    def look(self) -> Preparation:
        return self._now

    def wait_until_open(self) -> Preparation:
        """Until tables and people are there; ends the program where they cannot be, which has been said by then."""
        self._settled.wait()
        if not self._is_open:
            raise Exit(self._process.wait() or UNUSABLE)
        return self._now

    def follow(self, hear: Hear) -> None:
        """Call it with what is so now, and from another thread with all that comes."""
        with self._lock:
            self._hear = hear
            hear(self._now)

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            with self._process.stdout as lines:
                for line in lines:
                    self._take(line)
            self._note_end(self._process.wait())
        finally:
            self._settled.set()

    def _note_end(self, code: int) -> None:
        if self._now.is_over or self._is_stopping:
            return
        if code < 0 or not self._last_words:
            self._pass_on(f"netra: what prepares the demo ended with {f'signal {-code}' if code < 0 else f'code {code}'}.")
        self._change(broken_off(self._now, is_disk_full=any(words in self._last_words for words in IS_FULL)))

    def _take(self, line: str) -> None:
        told = read_told(line)
        if told is None:
            self._pass_on(line.strip())
        elif told["event"] == OPEN:
            self._is_open = True
            self._settled.set()
        else:
            self._change(after(self._now, told))

    def _pass_on(self, words: str) -> None:
        """Words for people; its last ones say why it ended. How it says good-bye when it was asked to is of no interest."""
        if words and not self._is_stopping:
            self._last_words = words
            err.print(words, markup=False, soft_wrap=True)

    def _change(self, preparation: Preparation) -> None:
        with self._lock:
            self._now = preparation
            if self._hear is not None:
                self._hear(preparation)

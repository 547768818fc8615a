"""The sign of life beside a job at work, and the word to stop: when asked to, when it takes too long, when its turn is lost."""

import logging
import threading
import time
from contextlib import ExitStack
from datetime import timedelta
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.database import make_session
from netra.hanging import ends_process_after
from netra.jobs.turns import LEASE, Turn, renew
from netra.stopping import Stop

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
BEAT_SECONDS = LEASE.total_seconds() / 8
GRACE = timedelta(minutes=2)
"""How long one that was told to stop, for its length or its turn, may go on before its process ends with all that it does."""


class Beat:
    """`stop` is what the job heeds; `reason` says why it was told to, where that is a failure."""

    def __init__(self, engine: Engine, turn: Turn, asked: Stop, *, longest: timedelta | None) -> None:
        self.stop, self.reason = Stop(lambda: asked.is_asked), ""
        self._sessions, self._turn = make_session(engine), turn
        self._longest = longest.total_seconds() if longest else None
        self._begun_at = self._beaten_at = time.monotonic()
        self._is_over, self._bounds = threading.Event(), ExitStack()
        self._thread = threading.Thread(target=self._run, name=f"beat {turn.name}", daemon=True)

    def __enter__(self) -> Self:
        if self._longest is not None:  # Beside `_end`, because of code that lets no other thread run.
            self._bounds.enter_context(ends_process_after(self._longest + GRACE.total_seconds()))
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._is_over.set()
        self._thread.join()
        self._bounds.close()

    def _run(self) -> None:
        tried_at = self._begun_at
        while not self._is_over.wait(LOOK_SECONDS):
            if self._is_too_long():
                self._end(f"stopped: it took longer than {self._longest:.0f} s")
            if time.monotonic() - tried_at >= BEAT_SECONDS:
                tried_at = time.monotonic()
                self._renew()

    def _renew(self) -> None:
        try:
            with self._sessions.begin() as session:
                is_mine = renew(session, self._turn, stays=self._longest is None)
        except SQLAlchemyError as error:
            logger.warning("%s: the sign of life was not written, trying again: %s", self._turn.name, type(error).__name__)
            is_mine = time.monotonic() - self._beaten_at < LEASE.total_seconds()
        else:
            self._beaten_at = time.monotonic()
        if not is_mine:
            self._end("stopped: its turn ran out")

    def _end(self, reason: str) -> None:
        if not self.reason:
            logger.warning("%s %s; its process ends in %.0f s where it does not", self._turn.name, reason, GRACE.total_seconds())
            self._bounds.enter_context(ends_process_after(GRACE.total_seconds()))
        self.reason, self.stop.is_asked = self.reason or reason, True

    def _is_too_long(self) -> bool:
        return self._longest is not None and time.monotonic() - self._begun_at > self._longest

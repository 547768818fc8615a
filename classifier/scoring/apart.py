"""Texts scored in a process of their own: one on which it dies or hangs costs only itself."""

import os
import subprocess
import sys
import time
import weakref
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from classifier.errors import ClassifierError
from classifier.reading.document import Document
from classifier.scoring.scorer import Scored, Scorer

PATIENCE = 60.0
"""Seconds for one text, or for some together; the longest that a page may have takes less than one."""
START_SECONDS = 120.0
MANY = 10
"""So many texts that all fail together are not to blame."""
ANSWERING = "classifier.scoring.answering"


class CannotScoreApart(ClassifierError):
    """The process that scores apart does not start, or scores nothing at all; no text is to blame."""


@dataclass(frozen=True)
class Failure:
    """Why a text has no score."""

    reason: str
    is_slow: bool = field(default=False, compare=False)
    """It had all of its time."""


class ScorerApart:
    """A scorer in a process of its own, which stays until this object goes.

    What is begun is collected later: whoever has better things to do looks in now and then. The process of a text
    that hangs is followed by another one, which goes on behind that text; so is that of a text on which two died, for one
    may be ended from outside.
    """

    def __init__(self, scorer: Scorer, *, patience: float = PATIENCE):
        self._scorer, self._patience = scorer, patience
        self._waiting = deque[Sequence[Document]]()
        self._results = list[Scored | Failure]()
        self._process: _Process | None = None
        self._asked_at: float | None = None
        self._is_second_try = False
        self.cpu_seconds = 0.0
        """What its answers cost, in its process."""

    def score(self, documents: Sequence[Document], *, together: bool = True) -> list[Scored | Failure]:
        """One result a document, in order."""
        self.begin(documents, together=together)
        while (found := self.collect(self._patience)) is None:
            """It is slow, and no text has had its time yet."""
        return found

    def begin(self, documents: Sequence[Document], *, together: bool = True) -> None:
        """Texts that cannot be scored together are scored one by one, which takes longer."""
        if self._asked_at is not None:
            self.close()  # It still works at what nobody collected.
        self._results, self._is_second_try = [], False
        self._waiting = deque([documents] if together and documents else [[document] for document in documents])

    def collect(self, seconds: float) -> list[Scored | Failure] | None:
        """The results of what was begun; None where they are not there so many seconds from now."""
        end = time.monotonic() + seconds
        while self._waiting:
            answer = self._ask(self._waiting[0], end)
            if answer is None:
                return None
            self._take(self._waiting.popleft(), answer)
        return self._results

    def take(self) -> list[Scored | Failure]:
        """The results that are there by now, in the order of their texts; they are not given again."""
        found, self._results = self._results, []
        return found

    def close(self) -> None:
        """End the process; the next text begins another one."""
        if self._process is not None:
            self._process.end()
        self._process = self._asked_at = None

    def _take(self, documents: Sequence[Document], answer: list[Scored] | Failure) -> None:
        if not isinstance(answer, Failure):
            self._results += answer
        elif len(documents) == 1:
            self._results.append(answer)
        else:  # One of them is to blame, and which one shows only apart.
            self._waiting.extendleft([document] for document in reversed(documents))

    def _ask(self, documents: Sequence[Document], end: float) -> list[Scored] | Failure | None:
        """Scores, or why there are none; None where neither is known by then."""
        if self._process is None or (self._asked_at is None and self._process.has_ended):
            self.close()
            self._process = _start(self._scorer)
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self._process.send(documents)
        last = self._asked_at + self._patience
        try:
            answer = self._process.receive(min(end, last))
        except EOFError:
            reason = self._process.tell_death()
            self.close()
            self._is_second_try = len(documents) == 1 and not self._is_second_try
            return self._ask(documents, end) if self._is_second_try else Failure(reason)
        if answer is None and time.monotonic() < last:
            return None
        self._asked_at, self._is_second_try = None, False
        if answer is None:
            self.close()
            return Failure(f"it took longer than {self._patience:g} seconds", is_slow=True)
        found, seconds = answer
        self.cpu_seconds += seconds
        return Failure(found) if isinstance(found, str) else found


class _Process:
    def __init__(self) -> None:
        self._ours, theirs = Pipe()
        paths = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-P", "-m", ANSWERING, str(theirs.fileno())]
        # Not a fork, which would take along our connections and locks; nor multiprocessing's, which a Dask worker may not have.
        self._process = subprocess.Popen(  # noqa: S603
            command, env=os.environ | paths, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
        )
        theirs.close()
        self.end = weakref.finalize(self, _end, self._process, self._ours)

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def send(self, what: object) -> None:
        """A death meanwhile is told by `receive`."""
        with suppress(OSError):
            self._ours.send(what)

    def receive(self, end: float) -> Any:
        """What it says next; None where it says nothing until then. Raises EOFError where it is gone."""
        try:
            return self._ours.recv() if self._ours.poll(max(0.0, end - time.monotonic())) else None
        except OSError:
            raise EOFError from None

    def tell_death(self) -> str:
        code = self._process.wait()
        return f"its process died ({f'signal {-code}' if code < 0 else f'code {code}'})"


def score_apart(scorer: Scorer, documents: Sequence[Document], *, patience: float = PATIENCE) -> list[Scored | Failure]:
    """One result a document, in order; each is scored alone."""
    apart = ScorerApart(scorer, patience=patience)
    try:
        return apart.score(documents, together=False)
    finally:
        apart.close()


def require_some(results: Sequence[Scored | Failure]) -> None:
    """Refuse many texts without one score: code that was changed below a running process fails on every text."""
    reasons = [own.reason for own in results if isinstance(own, Failure)]
    if len(reasons) == len(results) >= MANY:
        raise CannotScoreApart(f"none of {len(results)} texts can be scored, the last one for this: {reasons[-1]}. Begin anew.")


def _start(scorer: Scorer) -> _Process:
    """A process that has said that it has the scorer."""
    try:
        process = _Process()
    except OSError as error:
        raise CannotScoreApart(f"texts cannot be scored apart: no process can be begun ({error}). Run it again.") from error
    process.send(scorer)
    try:
        is_ready = process.receive(time.monotonic() + START_SECONDS) is not None
    except EOFError:
        is_ready = False
    if not is_ready:
        process.end()
        raise CannotScoreApart("texts cannot be scored apart: the process for it does not start. Check memory, run it again.")
    return process


def _end(process: "subprocess.Popen[bytes]", ours: Connection) -> None:
    process.kill()
    process.wait()
    ours.close()

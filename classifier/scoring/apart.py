"""Texts scored in a process of their own, one after the other: one on which it dies or hangs costs only itself."""

import multiprocessing
import resource
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from classifier.errors import ClassifierError
from classifier.reading.document import Document
from classifier.scoring.scorer import Scored, Scorer

PATIENCE = 60.0
"""Seconds for one text; the longest that a page may have takes less than one."""
MOST_CPU_SECONDS = 900
"""Of one process: it must not go on for ever where its parent was killed."""
LONGEST_REASON = 300
READY = "ready"


class CannotScoreApart(ClassifierError):
    """The process that scores apart does not even start; no text is to blame."""


class _Ended(Exception):
    """The process that scores apart is gone, and why."""


@dataclass(frozen=True)
class Failure:
    """Why a text has no score."""

    reason: str


def score_apart(scorer: Scorer, documents: Sequence[Document], *, patience: float = PATIENCE) -> list[Scored | Failure]:
    """One result a document, in order; after each death the next process goes on behind the text that it died of."""
    results = list[Scored | Failure]()
    while len(results) < len(documents):
        results += _score_until_death(scorer, documents[len(results) :], patience)
    return results


def _score_until_death(scorer: Scorer, documents: Sequence[Document], patience: float) -> list[Scored | Failure]:
    """At least one result: the last one is the failure that ended the process, if one did."""
    context = multiprocessing.get_context("spawn")  # A fork would take along our connections and the locks of other threads.
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(scorer, documents, theirs), daemon=True)
    process.start()
    theirs.close()
    results = list[Scored | Failure]()
    try:
        _wait_until_ready(process, ours, patience)
        while len(results) < len(documents):
            found = _receive(process, ours, patience)
            results.append(found if isinstance(found, Scored) else Failure(str(found)))
    except _Ended as ended:
        results.append(Failure(str(ended)))
    finally:
        process.kill()
        process.join()
        ours.close()
    return results


def _wait_until_ready(process: SpawnProcess, ours: Connection, patience: float) -> None:
    try:
        _receive(process, ours, patience)
    except _Ended as ended:
        raise CannotScoreApart(
            f"texts cannot be scored apart: {ended} before the first one. Check memory, run it again."
        ) from None


def _receive(process: SpawnProcess, ours: Connection, patience: float) -> object:
    """What it says next: a score, or what its text did to our code."""
    try:
        if ours.poll(patience):
            return ours.recv()
    except (EOFError, OSError):
        process.join()
        code = process.exitcode or 0
        raise _Ended(f"its process died ({f'signal {-code}' if code < 0 else f'code {code}'})") from None
    raise _Ended(f"it took longer than {patience:g} seconds")


def _work(scorer: Scorer, documents: Sequence[Document], theirs: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too; whoever began us ends us.
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    with suppress(OSError):  # Linux alone: where memory runs out, this process goes and not the one that waits for it.
        Path("/proc/self/oom_score_adj").write_text("1000")
    theirs.send(READY)
    for document in documents:
        try:
            theirs.send(scorer.score([document])[0])
        except Exception as error:  # Whatever a text does to our code, it costs this text alone.
            theirs.send(f"{type(error).__name__}: {error}"[:LONGEST_REASON])

"""The process behind `classifier.scoring.apart`: it is sent a scorer, then texts, and answers with scores or a reason."""

import resource
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from threadpoolctl import threadpool_limits

from classifier.reading.document import Document
from classifier.scoring.scorer import Scored, Scorer

MOST_CPU_SECONDS = 900
"""For one answer: it must not go on for ever where whoever asked was killed."""
LONGEST_REASON = 300
READY = "ready"


def answer(theirs: Connection) -> None:
    """Until whoever asks is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too; whoever began us ends us.
    with suppress(OSError):  # Linux alone: where memory runs out, this process goes and not the one that waits for it.
        Path("/proc/self/oom_score_adj").write_text("1000")
    with suppress(EOFError, OSError), threadpool_limits(1):  # More threads for so small arrays only wait for one another.
        scorer: Scorer = theirs.recv()
        theirs.send(READY)
        while True:
            documents = theirs.recv()
            _allow_more_time()
            begun = time.thread_time()  # The limit lets the clock of the whole process go by hundredths of a second.
            found = _score(scorer, documents)
            theirs.send((found, time.thread_time() - begun))


def _score(scorer: Scorer, documents: Sequence[Document]) -> list[Scored] | str:
    try:
        return scorer.score(documents)
    except Exception as error:  # Whatever a text does to our code, it costs this text alone.
        return f"{type(error).__name__}: {error}"[:LONGEST_REASON]


def _allow_more_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + MOST_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


if __name__ == "__main__":
    answer(Connection(int(sys.argv[1])))

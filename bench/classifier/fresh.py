"""A process that has read nothing yet: what loading, the first texts, new texts, old texts and single ones cost it.

`bench.classifier.speed` runs it as `python -m bench.classifier.fresh ARTIFACT FILE COUNT`; it prints one JSON object. Seconds
are of CPU time, so that other work on the machine counts as little as can be; decoding the file is not counted.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from bench.reading import document_of_row, read_rows
from classifier.artifacts.artifact import load_artifact
from classifier.reading.document import Document
from classifier.scoring.scorer import Scorer

BATCH = 256
SINGLE = 300
LOADS = 9
FOREIGN = Document(
    "The committee will meet again on Monday to discuss the budget of the library and the opening hours of its garden."
)
"""Scored before the clock starts, so that the identifier of languages is loaded; no other text is."""


@dataclass(frozen=True)
class Fresh:
    """What one such process saw; memory is in megabytes."""

    first_load: float
    load: float
    passes: list[float]
    """Over the first `COUNT` texts of the file, over the next ones, and over those again."""
    new_one: list[float]
    """One by one, texts that come after all those: median and 99th percentile."""
    old_one: list[float]
    """The same once more."""
    loaded_memory: float
    memory: float
    """After the first pass."""
    peak: float
    """Until then."""


def run_fresh(artifact: Path, file: Path, count: int) -> Fresh:
    """What a new process measures."""
    command = [sys.executable, "-m", "bench.classifier.fresh", str(artifact), str(file), str(count)]
    return Fresh(**json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def measure_bare_memory() -> float:
    """What an interpreter takes that has only loaded numpy."""
    code = "import numpy; print(open('/proc/self/status').read())"
    status = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return _find_memory(status, "VmRSS")


def time_cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def rank_times(times: list[float]) -> list[float]:
    """Median and 99th percentile."""
    return [median(times), sorted(times)[int(len(times) * 0.99)]]


def _measure(artifact: Path, file: Path, count: int) -> Fresh:
    start = time.process_time()
    scorer = load_artifact(artifact).make_scorer()
    first_load, loaded_memory = time.process_time() - start, _read_memory("VmRSS")
    scorer.score([FOREIGN])
    passes = [_pass(scorer, file, 0, count)]
    memory, peak = _read_memory("VmRSS"), _read_memory("VmHWM")
    passes += [_pass(scorer, file, count, 2 * count), _pass(scorer, file, count, 2 * count)]
    single = list(_read_documents(file, 2 * count, 2 * count + SINGLE))
    new_one, old_one = (
        rank_times([time_cpu(lambda document=document: scorer.score([document])) for document in single]) for _ in range(2)
    )
    load = median(time_cpu(lambda: load_artifact(artifact).make_scorer()) for _ in range(LOADS))
    return Fresh(first_load, load, passes, new_one, old_one, loaded_memory, memory, peak)


def _pass(scorer: Scorer, file: Path, first: int, last: int) -> float:
    documents, seconds = _read_documents(file, first, last), 0.0
    while batch := list(islice(documents, BATCH)):
        seconds += time_cpu(lambda batch=batch: scorer.score(batch))
    return seconds


def _read_documents(file: Path, first: int, last: int) -> Iterator[Document]:
    return (document_of_row(row) for row in islice(read_rows(file), first, last))


def _read_memory(name: str) -> float:
    return _find_memory(Path("/proc/self/status").read_text(), name)


def _find_memory(status: str, name: str) -> float:
    """From the kernel's own account: the peak that `getrusage` tells also counts the process that started this one."""
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(name))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(_measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))) + "\n")

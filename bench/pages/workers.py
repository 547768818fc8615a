"""docs/benchmarks-workers.md: scoring by more processes, and the memory of each program."""

from collections.abc import Iterator

from bench.page import Wanted
from bench.progress import told
from bench.workers.memory import FLAGS, SECONDS, measure_memory
from bench.workers.scaling import HANDS, TEXTS, WAYS, Scaling, artifact_of

HEAD = """# Measured numbers: workers and memory

Written by `make bench ONLY=workers`; do not edit. Bars that are missed: [here](missed-bars.md)."""

SCALING = """## Scoring by one, two and four processes

`python -m bench.workers.scaling`: {texts:,} made-up articles of some 180 words (look-alikes of the corpus, of which more are
flagged than of real news) wait in a new house for each row; so many processes begin at once, as an operator would begin them.
Texts a second are those of the middle four fifths, by the clock; processor time is of the whole run, starts among it. Bar on two
cores: 1.7 times from one process to two, goal 1.95. Four share two cores, so they can be no faster than two."""

MEMORY = """## Memory of each process

`python -m bench.workers.memory`: {seconds:.0f} seconds in which local outlets publish, a person reads and decides, and texts
are scored, with {flags:,} flags in the queue. PSS counts pages that several processes share in parts, so it may be added up;
"with what it started" has the crawls of a schedule or worker in it. `netra train` runs alone, afterwards."""


def measure(wanted: Wanted) -> Iterator[str]:
    """Part by part; a trial has some hundred texts, two processes at most, SQLite alone, and trains nothing."""
    texts, hands, ways = (600, (1, 2), WAYS[:1]) if wanted.is_trial else (TEXTS, HANDS, WAYS)
    seconds, flags, engines = (6.0, 60, ("sqlite",)) if wanted.is_trial else (SECONDS, FLAGS, ("sqlite", "postgresql"))
    yield HEAD
    with artifact_of(wanted.artifact, wanted.keep) as artifact:
        scaling = Scaling(texts, hands, artifact, wanted.keep)
        table = told(scaling.lines(ways))
        yield f"{SCALING.format(texts=texts)}\n\n{table}\n\n{scaling.draw(wanted.into)}"
        table = told(measure_memory(seconds, flags, artifact, engines, wanted.keep, with_training=not wanted.is_trial))
        yield f"{MEMORY.format(seconds=seconds, flags=flags)}\n\n{table}"

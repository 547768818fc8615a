"""What each program of a house holds in memory while all of them work, on both engines.

    python -m bench.workers.memory [--seconds 90] [--flags 10000] [--engines sqlite postgresql] [--keep FOLDER]

Local outlets publish, somebody reads the queue and decides, texts are scored, and a classifier is trained at last. PSS
counts a page that several processes share in parts, so figures of one house may be added up; "resident" is what `ps` says.
On PostgreSQL a worker crawls and scores instead of `netra schedule` and `netra score`.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import Engine

from bench.memory import Memory, Sample, read_peak
from bench.postgres import find_postmaster
from bench.room.filling import fill, made_up_database
from bench.room.serving import browser, people, serving
from bench.soak.monitors import run_monitors
from bench.soak.press import make_outlets, settings_for
from bench.soak.programs import program
from bench.workers.house import install
from bench.workers.scaling import artifact_of
from models.database import make_engine
from models.settings import Settings
from netra.jobs.queueing import prepare_queue

ENGINES = ("sqlite", "postgresql")
SECONDS, FLAGS = 90.0, 10_000
OUTLETS, PAUSE_SECONDS, ALREADY = 4, 1.0, 100
"""Outlets, how often each publishes, and what it has published before."""
EVERY_SECONDS = 1.0
HEAD = "| engine | program | PSS, MB: median | highest | with what it started, highest | resident, highest |\n" + "|---" * 6 + "|"
WORKING = {
    "sqlite": (("schedule", "--workers", "2"), ("score", "--watch")),
    "postgresql": (("worker", "--queues", "crawl,score", "--concurrency", "2"),),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.workers.memory", description="Memory of each program of a house.")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long all of them work")
    parser.add_argument("--flags", type=int, default=FLAGS, help="flags that wait")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--artifact", type=Path, help="folder of an artifact; none means that one is trained")
    parser.add_argument("--keep", type=Path, help="make the temporary folders here")
    wanted = parser.parse_args()
    with artifact_of(wanted.artifact, wanted.keep) as artifact:
        for line in measure_memory(wanted.seconds, wanted.flags, artifact, wanted.engines, wanted.keep):
            print(line, flush=True)


def measure_memory(
    seconds: float,
    flags: int,
    artifact: Path,
    engines: Sequence[str] = ENGINES,
    folder: Path | None = None,
    *,
    with_training: bool = True,
) -> Iterator[str]:
    """The table, line by line. Training is alike on both engines, so it is measured once."""
    yield HEAD
    for name in engines:
        with _house(name, flags, artifact, folder) as (settings, engine):
            yield from (f"| {name} | {row}" for row in _measure_house(settings, engine, name, seconds))
            if with_training and name == engines[0]:
                yield f"| {name} | {_measure_training(settings)}"


@contextmanager
def _house(engine_name: str, flags: int, artifact: Path, folder: Path | None) -> Iterator[tuple[Settings, Engine]]:
    """Flags that wait, outlets that publish, and a live classifier."""
    with ExitStack() as stack:
        made_up = stack.enter_context(made_up_database(postgresql=engine_name == "postgresql", folder=folder))
        outlets = [stack.enter_context(outlet) for outlet in make_outlets(OUTLETS, PAUSE_SECONDS, ALREADY)]
        settings = settings_for(made_up, outlets)
        engine = make_engine(settings.database_address)
        stack.callback(engine.dispose)
        fill(engine, flags)
        prepare_queue(engine)
        install(settings, engine, artifact)
        yield settings, engine


def _measure_house(settings: Settings, engine: Engine, name: str, seconds: float) -> Iterator[str]:
    (cookie,) = people(settings, 1)
    with ExitStack() as stack:
        server = stack.enter_context(serving(settings))
        working = {" ".join(arguments): stack.enter_context(program(settings, *arguments)) for arguments in WORKING[name]}
        numbers = {"netra serve": server.process.pid} | {f"netra {name}": own.pid for name, own in working.items()}
        if name == "postgresql":
            numbers["PostgreSQL, all its processes"] = find_postmaster(engine).pid
        with Memory(numbers, every=EVERY_SECONDS) as memory, browser(server, cookie) as client:
            run_monitors({"pengawas-0": client}, seconds)
        yield from (_row(program, memory.samples[program], read_peak(number)) for program, number in numbers.items())


def _measure_training(settings: Settings) -> str:
    peak = 0
    with program(settings, "train") as process, Memory({"train": process.pid}, every=EVERY_SECONDS / 2) as memory:
        while process.poll() is None:
            peak = max(peak, read_peak(process.pid))
            time.sleep(EVERY_SECONDS / 5)
    if process.returncode:
        raise RuntimeError(f"netra train ended with {process.returncode}: the measurement is void. Its log: {settings.home}")
    return _row("netra train", memory.samples["train"], peak)


def _row(name: str, samples: Sequence[Sample], peak: int) -> str:
    if not samples:
        raise RuntimeError(f"{name} was gone before it was looked at: the measurement is void")
    own = [sample.own for sample in samples]
    shown = (median(own), max(own), max(sample.family for sample in samples), peak)
    return f"{name} | {' | '.join(f'{size / 1e6:.0f}' for size in shown)} |"


if __name__ == "__main__":
    main()

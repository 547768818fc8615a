"""The queue over HTTP at ten thousand flags and more: pages, filters, search, claims, decisions, exports.

    python -m bench.room.queue [--flags 10000 100000 1000000] [--rounds 40] [--engines sqlite postgresql] [--keep FOLDER]

An export is of one kind of office, the nineteenth part of the queue: some 50,000 of a million flags.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import httpx2 as httpx
from sqlalchemy import Engine

from bench.plots import Axes, Line, Panel, draw
from bench.room.filling import fill, made_up_database
from bench.room.questions import QUEUE_PAGE, SEARCH_COMMON, TAKE, list_questions, read_raw
from bench.room.serving import Server, browser, people, serving
from bench.room.timing import HEAD, Times, row_of
from models.database import make_engine

ENGINES = ("sqlite", "postgresql")
SIZES = (10_000, 100_000, 1_000_000)
DUPLICATE = {"hasil": "duplikat"}
EXPORT = {"tujuan": "pelaporan", "catatan": "mengukur", "saring": "jabatan=camat"}
EXPORT_ROUNDS = 3
RAW = "raw SQL of the queue page's rows, in a process that does nothing else"
DECISION = "decision, and next flag taken"
DRAWN = (QUEUE_PAGE, SEARCH_COMMON, TAKE, DECISION)


class QueueRun:
    """One size on one engine; `times` fills while its lines are taken."""

    def __init__(self, count: int, engine_name: str) -> None:
        self.count, self.engine_name = count, engine_name
        self.times = dict[str, Times]()

    def lines(self, rounds: int, folder: Path | None) -> Iterator[str]:
        """Heading and table, line by line."""
        with made_up_database(postgresql=self.engine_name == "postgresql", folder=folder) as settings:
            settings = settings.model_copy(update={"second_factor_hours": 0})  # Exports ask for one otherwise.
            engine, began = make_engine(settings.database_address), time.perf_counter()
            fill(engine, self.count)
            raw = _measure_raw(engine, rounds)
            engine.dispose()
            (cookie,) = people(settings, 1, role="koordinator")
            yield f"\n### {self.count:,} flags, {self.engine_name}\n\nFilled in {time.perf_counter() - began:.0f} s.\n"
            yield HEAD.format(what="ms")
            yield raw
            with serving(settings) as server, browser(server, cookie) as client:
                for name, ask, times in _questions(client, self.count, rounds):
                    self.times[name] = _measure(server, ask, times)
                    yield self.times[name].row(name)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.queue", description="Measure the queue over HTTP.")
    parser.add_argument("--flags", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    wanted = parser.parse_args()
    for run in plan_runs(wanted.flags, wanted.engines):
        for line in run.lines(wanted.rounds, wanted.keep):
            print(line, flush=True)


def plan_runs(counts: Sequence[int], engines: Sequence[str] = ENGINES) -> list[QueueRun]:
    return [QueueRun(count, engine) for count in counts for engine in engines]


def draw_growth(runs: Sequence[QueueRun], into: Path) -> str:
    """A panel for each question that matters most: p50 and p99 by size, a line for each engine."""
    engines = list(dict.fromkeys(run.engine_name for run in runs))
    panels = [Panel(name, [_line(runs, engine, name, part) for engine in engines for part in (0.5, 0.99)]) for name in DRAWN]
    axes = Axes("flags", "wall time, ms", is_log=True)
    return draw(into, "queue", panels, axes, alt="Wall time of the queue's page, search, claim and decision by number of flags")


def _line(runs: Sequence[QueueRun], engine: str, question: str, part: float) -> Line:
    own = [run for run in runs if run.engine_name == engine]
    points = [(run.count, run.times[question].wall_at(part)) for run in own]
    return Line(f"{engine}, p{part * 100:.0f}", points, is_dashed=part > 0.5, colour=ENGINES.index(engine))


def _questions(client: httpx.Client, count: int, rounds: int) -> Iterator[tuple[str, Callable[[int], object], int]]:
    yield from ((name, ask, rounds) for name, ask in list_questions(client, count))
    yield DECISION, _decider(client), rounds
    for kind in ("csv", "xlsx"):
        yield f"export of an office, {kind.upper()}", partial(_export, client, kind), min(rounds, EXPORT_ROUNDS)


def _measure(server: Server, ask: Callable[[int], object], rounds: int) -> Times:
    ask(0)
    times = Times(server)
    for turn in range(1, rounds + 1):
        times.take(lambda turn=turn: ask(turn))
    return times


def _decider(client: httpx.Client) -> Callable[[int], object]:
    """Assess what is in one's hands; the answer puts the next flag there."""
    hands = [client.post("/antrean/ambil").headers["location"]]

    def decide(_: int) -> None:
        answer = client.post(f"{hands[0].partition('?')[0]}/nilai", data=DUPLICATE)
        hands[0] = answer.headers["location"]

    return decide


def _export(client: httpx.Client, kind: str, _: int) -> None:
    answer = client.post("/ekspor/antrean", data=EXPORT | {"bentuk": kind})
    assert answer.headers.get("x-export-rows"), answer.text[:300]


def _measure_raw(engine: Engine, rounds: int) -> str:
    walls, began = list[float](), time.process_time()
    for _ in range(rounds):
        start = time.perf_counter()
        read_raw(engine)
        walls.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - began) * 1000 / rounds
    return row_of(RAW, walls, cpu)


if __name__ == "__main__":
    main()

"""The queue over HTTP at ten thousand and at a million flags: pages, filters, search, claims, decisions, exports.

    python -m bench.room.queue [--flags 10000 1000000] [--rounds 40] [--engines sqlite postgresql] [--keep FOLDER]

An export is of one kind of office, the nineteenth part of the queue: some 50,000 of a million flags.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import httpx2 as httpx
from sqlalchemy import Engine

from bench.queue import fill, list_questions, made_up_database, read_raw
from bench.room.serving import Server, browser, people, serving
from bench.room.timing import HEAD, Times, row_of
from models.database import make_engine

ENGINES = ("sqlite", "postgresql")
DUPLICATE = {"hasil": "duplikat"}
EXPORT = {"tujuan": "pelaporan", "catatan": "mengukur", "saring": "jabatan=camat"}
EXPORT_ROUNDS = 3
RAW = "raw SQL of the queue page's rows, in a process that does nothing else"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.queue", description="Measure the queue over HTTP.")
    parser.add_argument("--flags", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    wanted = parser.parse_args()
    for count in wanted.flags:
        for engine in wanted.engines:
            for line in measure_queue(count, engine, wanted.rounds, wanted.keep):
                print(line, flush=True)


def report_queue(counts: Sequence[int], *, rounds: int = 40, folder: Path | None = None) -> str:
    """One table for each size and engine."""
    return "\n".join(line for count in counts for engine in ENGINES for line in measure_queue(count, engine, rounds, folder))


def measure_queue(count: int, engine_name: str, rounds: int, folder: Path | None) -> Iterator[str]:
    with made_up_database(postgresql=engine_name == "postgresql", folder=folder) as settings:
        settings = settings.model_copy(update={"second_factor_hours": 0})  # Exports ask for one otherwise.
        engine, began = make_engine(settings.database_address), time.perf_counter()
        fill(engine, count)
        raw = _measure_raw(engine, rounds)
        engine.dispose()
        (cookie,) = people(settings, 1, role="koordinator")
        yield f"\n### {count:,} flags, {engine_name}\n\nFilled in {time.perf_counter() - began:.0f} s.\n"
        yield HEAD.format(what="ms")
        yield raw
        with serving(settings) as server, browser(server, cookie) as client:
            for name, ask, times in _questions(client, count, rounds):
                yield _measure(server, ask, times).row(name)


def _questions(client: httpx.Client, count: int, rounds: int) -> Iterator[tuple[str, Callable[[int], object], int]]:
    yield from ((name, ask, rounds) for name, ask in list_questions(client, count))
    yield "decision, and next flag taken", _decider(client), rounds
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

"""The queue over HTTP at ten thousand and at a million flags: pages, filters, search, claims, decisions, exports.

python -m bench.room.queue [--flags 10000 1000000] [--rounds 40] [--engines sqlite postgresql] [--keep FOLDER]
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx2 as httpx

from bench.queue import fill, list_questions, made_up_database
from bench.room.serving import Server, browser, people, serving
from bench.room.timing import HEAD, Times
from models.database import make_engine

ENGINES = ("sqlite", "postgresql")
DUPLICATE = {"hasil": "duplikat"}
EXPORT = {"bentuk": "csv", "tujuan": "pelaporan", "catatan": "mengukur"}


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
        engine.dispose()
        (cookie,) = people(settings, 1, role="koordinator")
        yield f"\n### {count:,} flags, {engine_name}\n\nFilled in {time.perf_counter() - began:.0f} s.\n"
        yield HEAD.format(what="ms")
        with serving(settings) as server, browser(server, cookie) as client:
            for name, ask, times in _questions(client, count, rounds):
                yield _measure(server, ask, times).row(name)


def _questions(client: httpx.Client, count: int, rounds: int) -> Iterator[tuple[str, Callable[[int], object], int]]:
    yield from ((name, ask, rounds) for name, ask in list_questions(client, count))
    yield "decision, and next flag taken", _decider(client), rounds
    yield "export of a regency", lambda turn: _export(client, f"wilayah=33.{turn % 29 + 1:02d}"), rounds
    yield "export of a province", lambda turn: _export(client, f"wilayah={('33', '35', '51', '73')[turn % 4]}"), min(rounds, 4)


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


def _export(client: httpx.Client, query: str) -> None:
    answer = client.post("/ekspor/antrean", data=EXPORT | {"saring": query})
    assert answer.headers["content-type"].startswith("text/csv"), answer.text[:300]


if __name__ == "__main__":
    main()

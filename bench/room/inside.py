"""The queue within one process, without a network: where its time goes, and what it is beside plain SQL asked in turn.

    python -m bench.room.inside [--flags 10000 1000000] [--rounds 60] [--postgresql] [--keep FOLDER]

A figure is one request through the service's own ASGI stack, without a client library: its wall time, and the processor
time of this process (on SQLite that is all of it). Percentiles are of `--rounds` requests, each with another value.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from bench.room.asking import Asker
from bench.room.filling import fill, made_up_database
from bench.room.questions import list_questions, ok, read_raw
from bench.room.serving import tokens
from models.database import make_engine
from service.app import create_app

HEAD = "| ms | wall p50 | p95 | p99 | processor p50 | p95 | p99 |\n|---|---|---|---|---|---|---|"


def main() -> None:
    """Fill, measure, print one Markdown table."""
    wanted = _parse()
    for count in wanted.flags:
        with made_up_database(postgresql=wanted.postgresql, folder=wanted.keep) as settings:
            engine = make_engine(settings.database_address)
            began = time.perf_counter()
            fill(engine, count)
            print(f"\n{count} flags, {engine.dialect.name}, filled in {time.perf_counter() - began:.0f} s\n\n{HEAD}")
            engine.dispose()
            [coordinator] = tokens(settings, 1, role="koordinator")
            with Asker(create_app(settings), coordinator) as browser:
                for name, ask in list_questions(browser, count):
                    print(_row(name, _measure(ask, wanted.rounds)), flush=True)
                for name, times in _compare(browser, wanted.rounds).items():
                    print(_row(name, times), flush=True)


def _compare(browser: Asker, rounds: int) -> dict[str, list[list[float]]]:
    """The page and its rows in turn: alone, a statement would find the processor's memory as it left it."""
    asked: dict[str, Callable[[int], None]] = {
        "raw SQL of the queue page's rows": lambda _: read_raw(browser.app.state.engine),
        "queue page, in turn with it": lambda _: ok(browser.get("/antrean?rak=semua")),
    }
    took = [{name: _measure(ask, 1) for name, ask in asked.items()} for _ in range(rounds)]
    return {name: [sorted(one[name][kind][0] for one in took) for kind in (0, 1)] for name in asked}


def _measure(ask: Callable[[int], None], rounds: int) -> list[list[float]]:
    """Sorted milliseconds: wall time, processor time."""
    if rounds > 1:
        ask(0)
    times: list[list[float]] = [[], []]
    for turn in range(1, rounds + 1):
        began = time.perf_counter(), time.process_time()
        ask(turn)
        times[0].append((time.perf_counter() - began[0]) * 1000)
        times[1].append((time.process_time() - began[1]) * 1000)
    return [sorted(own) for own in times]


def _row(name: str, times: list[list[float]]) -> str:
    shown = (own[min(len(own) - 1, int(len(own) * part))] for own in times for part in (0.5, 0.95, 0.99))
    return f"| {name} | " + " | ".join(f"{value:.1f}" for value in shown) + " |"


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.room.inside", description="Measure the queue in one process.")
    parser.add_argument("--flags", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""The queue over HTTP on PostgreSQL at ten thousand and at ten million flags, and what grew from one to the other.

    python -m bench.room.millions [--flags 10000 10000000] [--rounds 40] [--keep FOLDER]

Rows come by COPY, with the indexes built afterwards. A million flags take some 4 GB while they are filled; the run says so
and ends where the folder has less. Ten million take 35 GB at the end, and some 20 minutes to fill.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine, text

from bench.room.filling import fill, made_up_database
from bench.room.questions import list_questions
from bench.room.serving import browser, people, serving
from bench.room.timing import HEAD, Times
from models.database import make_engine

SIZES, ROUNDS = (10_000, 10_000_000), 40
BYTES_PER_FLAG = 4_500
GROWTH = "| p99, times that of the smallest | {sizes} |\n|---|{lines}|"
TABLES = ("items", "item_versions", "predictions", "flags", "flag_words")


class NoSpace(RuntimeError):
    """Better to say so than to fill the disk of whatever else runs here."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.millions", description="Measure the queue at millions of flags.")
    parser.add_argument("--flags", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    wanted = parser.parse_args()
    for line in grow(wanted.flags, wanted.rounds, wanted.keep):
        print(line, flush=True)


def grow(counts: Sequence[int], rounds: int, folder: Path | None) -> Iterator[str]:
    """A table for each size, then the growth of every question from the first size on."""
    refuse_full_disk(max(counts), folder)
    found = dict[int, dict[str, Times]]()
    for count in counts:
        with made_up_database(postgresql=True, folder=folder) as settings:
            engine, began = make_engine(settings.database_address), time.perf_counter()
            fill(engine, count)
            yield f"\n### {count:,} flags\n\nFilled in {time.perf_counter() - began:.0f} s. {_sizes(engine)}\n"
            engine.dispose()
            (cookie,) = people(settings, 1, role="koordinator")
            yield HEAD.format(what="ms")
            found[count] = own = dict[str, Times]()
            with serving(settings) as server, browser(server, cookie) as client:
                for name, ask in list_questions(client, count):
                    ask(0)
                    own[name] = times = Times(server)
                    for turn in range(1, rounds + 1):
                        times.take(lambda turn=turn, ask=ask: ask(turn))
                    yield times.row(name)
    yield from _compare(found)


def refuse_full_disk(count: int, folder: Path | None) -> None:
    free, needed = shutil.disk_usage(folder or tempfile.gettempdir()).free, count * BYTES_PER_FLAG
    if free < needed:
        raise NoSpace(f"{count:,} flags need {needed / 1e9:.0f} GB, {free / 1e9:.0f} GB are free: take fewer, or another --keep.")


def _sizes(engine: Engine) -> str:
    query = text("SELECT round(pg_table_size(oid) / 1e6), round(pg_indexes_size(oid) / 1e6) FROM pg_class WHERE relname = :name")
    with engine.connect() as connection:
        sizes = {name: connection.execute(query, {"name": name}).one() for name in TABLES}
    return "MB with indexes: " + ", ".join(f"{name} {rows} + {indexes}" for name, (rows, indexes) in sizes.items()) + "."


def _compare(found: dict[int, dict[str, Times]]) -> Iterator[str]:
    first, *others = found
    yield "\n" + GROWTH.format(sizes=" | ".join(f"{count:,}" for count in others), lines="|".join("---" for _ in others))
    for name, times in found[first].items():
        grown = [found[count][name].wall_at(0.99) / times.wall_at(0.99) for count in others]
        yield f"| {name} | {' | '.join(f'{one:.2f}' for one in grown)} |"


if __name__ == "__main__":
    main()

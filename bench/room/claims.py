"""Thirty-two people at one queue, over HTTP and through two server processes: is anything handed out twice?

    python -m bench.room.claims [--flags 100000] [--each 60] [--claimants 32] [--keep FOLDER]

Everybody takes a flag, decides it, and is handed the next in the same answer, `--each` times. A double is a flag that two
people have in their hands at one moment, as they see it (what is drawn for a second reading comes to a second person
later, and is none). bench.room.everything has the control that does hand out doubles.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bench.room.filling import fill, made_up_database
from bench.room.serving import Server, browser, people, serving
from models.database import make_engine
from models.settings import Settings

HEAD = "| engine | hand-outs | flags | in two hands at once |\n|---|---|---|---|"


class Held(NamedTuple):
    flag: str
    since: float
    until: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.claims", description="Race for flags over HTTP.")
    parser.add_argument("--flags", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=60, help="how many flags each claimant takes at most")
    parser.add_argument("--claimants", type=int, default=32)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    wanted = parser.parse_args()
    for line in race(wanted.flags, wanted.claimants, wanted.each, wanted.keep):
        print(line, flush=True)


def race(flags: int, claimants: int, each: int, folder: Path | None = None) -> Iterator[str]:
    """The table, line by line."""
    yield HEAD
    for postgresql in (False, True):
        with made_up_database(postgresql=postgresql, folder=folder) as settings:
            engine = make_engine(settings.database_address)
            fill(engine, flags)
            name = engine.dialect.name
            engine.dispose()
            cookies = people(settings, claimants)
            yield f"| {name} | {_run(settings, cookies, each)} |"


def _run(settings: Settings, cookies: list[str], each: int) -> str:
    with serving(settings) as first, serving(settings) as second, ThreadPoolExecutor(len(cookies)) as pool:
        servers = [(first, second)[number % 2] for number in range(len(cookies))]
        hands = [held for hand in pool.map(_take, servers, cookies, [each] * len(cookies)) for held in hand]
    by_flag = defaultdict[str, list[Held]](list)
    for held in hands:
        by_flag[held.flag].append(held)
    return f"{len(hands):,} | {len(by_flag):,} | {sum(map(_overlap, by_flag.values())):,}"


def _overlap(held: list[Held]) -> bool:
    """Whether somebody was handed a flag before the other one gave it away."""
    in_order = sorted(held, key=lambda one: one.since)
    return any(later.since < earlier.until for earlier, later in pairwise(in_order))


def _take(server: Server, cookie: str, each: int) -> list[Held]:
    """What one person is handed, and from when until when they have it."""
    hand = list[Held]()
    with browser(server, cookie) as client:
        answer = client.post("/antrean/ambil")
        while len(hand) < each and (path := answer.headers.get("location", "")).startswith("/penanda/"):
            flag, since = path.partition("?")[0], time.monotonic()
            time.sleep(0.02)  # Nobody decides faster.
            hand.append(Held(flag, since, time.monotonic()))
            answer = client.post(f"{flag}/nilai", data={"hasil": "duplikat"})
    return hand


if __name__ == "__main__":
    main()

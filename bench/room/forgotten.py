"""What a forgotten open transaction does to claims on PostgreSQL, and how the tables that change most stay small.

    python -m bench.room.forgotten [--after 0 2000 10000 25000] [--each 200] [--plain] [--keep FOLDER]

One person takes flags on a server of its own while a transaction is open that somebody began and forgot; between the
groups so many flags are taken and decided by plain SQL at once. Milliseconds are of a claim as the service makes it, pages
are those of `flags` and its indexes that the server looked at for it: they do not hang on what else the machine does.
`--plain` takes the settings of migration 0024 off first. Dead rows and the share of updates that no index had to hear of
(HOT) are the server's own count at the end.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from sqlalchemy import Engine, text

from bench.room.filling import fill, made_up_database
from models.database import make_engine, make_session
from service.accounts.actor import Actor
from service.accounts.people import create_user
from service.accounts.service import load_actor
from service.review import claims
from service.review.service import take_next

HEAD = "| {what} | claims | ms p50 | p99 | times fresh | pages a claim | times fresh |\n|---|---|---|---|---|---|---|"
AFTER, EACH = (0, 2_000, 10_000, 25_000), 200
TABLES = ("flags", "leases", "flag_changes")
TAKE = (
    "UPDATE flags SET holder_id = :who, held_until = now() + interval '1 hour' WHERE id IN (SELECT id FROM flags"
    " WHERE state <> 'dinilai' AND holder_id IS NULL ORDER BY priority DESC, id LIMIT :count)"
)
DECIDE = "UPDATE flags SET state = 'dinilai', holder_id = NULL, held_until = NULL, assessed_at = now() WHERE holder_id = :who"
PAGES = "SELECT heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read FROM pg_statio_user_tables WHERE relname = 'flags'"


class Group(NamedTuple):
    """Sorted milliseconds of its claims, and pages of each on average."""

    walls: list[float]
    pages: float

    def part(self, part: float) -> float:
        return self.walls[min(len(self.walls) - 1, int(len(self.walls) * part))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.room.forgotten", description="Forget a transaction, and claim on.")
    parser.add_argument("--after", type=int, nargs="+", default=AFTER, help="claims since it was opened")
    parser.add_argument("--each", type=int, default=EACH, help="claims of a group")
    parser.add_argument("--plain", action="store_true", help="without the settings of migration 0024")
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    wanted = parser.parse_args()
    for line in forget(wanted.after, wanted.each, is_plain=wanted.plain, folder=wanted.keep):
        print(line, flush=True)


def forget(after: Sequence[int], each: int, *, is_plain: bool = False, folder: Path | None = None) -> Iterator[str]:
    """The tables, line by line."""
    with made_up_database(postgresql=True, folder=folder) as settings, _without_limit():
        engine = make_engine(settings.database_address)
        fill(engine, max(after) + (len(after) + 4) * each)
        if is_plain:
            _take_settings_off(engine)
        actor = _make_actor(engine)
        _claim(engine, actor, each)  # Statements are prepared and pages read.
        fresh = _claim(engine, actor, each)
        yield HEAD.format(what="without the settings" if is_plain else "with the settings")
        yield _row("fresh", fresh, fresh)
        with _forgotten(settings.database_address):
            done = 0
            for count in after:
                _hurry(engine, actor, count - done)
                yield _row(f"forgotten {count:,} claims ago", _claim(engine, actor, each), fresh)
                done = count + each
        yield _row("just ended", _claim(engine, actor, each), fresh)
        _vacuum(engine)
        yield _row("and vacuum has come", _claim(engine, actor, each), fresh)
        yield from _count_rows(engine)
        engine.dispose()


@contextmanager
def _without_limit() -> Iterator[None]:
    """A house has no such setting."""
    limit, claims.MOST_HELD = claims.MOST_HELD, 2**31 - 1
    try:
        yield
    finally:
        claims.MOST_HELD = limit


def _make_actor(engine: Engine) -> Actor:
    with make_session(engine).begin() as session:
        return load_actor(session, create_user(session, "lupa", "Lupa", "kata-sandi-untuk-mengukur", "pengawas"))


def _claim(engine: Engine, actor: Actor, count: int) -> Group:
    sessions, walls, before = make_session(engine), list[float](), _pages(engine)
    for _ in range(count):
        began = time.perf_counter()
        with sessions.begin() as session:
            flag_id = take_next(session, actor, minutes=60)
        walls.append((time.perf_counter() - began) * 1000)
        assert flag_id is not None
    group = Group(sorted(walls), (_pages(engine) - before) / count)
    _hurry(engine, actor, 0)
    return group


def _hurry(engine: Engine, actor: Actor, count: int) -> None:
    """Decide what is held, and take and decide so many more: what is left behind is as after as many claims."""
    with engine.begin() as connection:
        connection.execute(text(TAKE), {"who": actor.id, "count": max(0, count)})
        connection.execute(text(DECIDE), {"who": actor.id})


def _pages(engine: Engine) -> int:
    """Of all sessions so far: each tells its own once a second, or when it is asked to."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    with engine.begin() as connection:
        return connection.scalar(text(PAGES)) or 0


@contextmanager
def _forgotten(address: str) -> Iterator[None]:
    """A snapshot that stays: nothing that dies after it may be taken away."""
    with psycopg.connect(address) as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.commit()
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT count(*) FROM flags")
        yield


def _vacuum(engine: Engine) -> None:
    """Now, and not when autovacuum looks around next: its own reading would be counted as that of claims."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM flags"))


def _take_settings_off(engine: Engine) -> None:
    with engine.begin() as connection:
        found = connection.execute(
            text("SELECT oid::regclass::text, reloptions FROM pg_class WHERE reloptions IS NOT NULL")
        ).all()
        for table, options in found:
            names = ", ".join(option.partition("=")[0] for option in options)
            connection.execute(text(f"ALTER TABLE {table} RESET ({names})"))


def _row(name: str, group: Group, fresh: Group) -> str:
    times = group.part(0.99) / fresh.part(0.99)
    shown = f"{group.part(0.5):.1f} | {group.part(0.99):.1f} | {times:.1f}"
    return f"| {name} | {len(group.walls)} | {shown} | {group.pages:.0f} | {group.pages / fresh.pages:.1f} |"


def _count_rows(engine: Engine) -> Iterator[str]:
    yield "\n| table | live rows | dead rows | updates | of these HOT | vacuums |\n|---|---|---|---|---|---|"
    query = text(
        "SELECT relname, n_live_tup, n_dead_tup, n_tup_upd, n_tup_hot_upd, autovacuum_count FROM pg_stat_user_tables"
        " WHERE relname = ANY(:tables) ORDER BY n_tup_upd DESC"
    )
    with engine.connect() as connection:
        for name, live, dead, updated, hot, vacuums in connection.execute(query, {"tables": list(TABLES)}):
            yield f"| {name} | {live:,} | {dead:,} | {updated:,} | {hot / max(updated, 1):.0%} | {vacuums} |"


if __name__ == "__main__":
    main()

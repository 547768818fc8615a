"""One hour, or less, of a whole house on one engine, and the account of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
from sqlalchemy import Engine

from bench.memory import Memory
from bench.room.filling import fill, made_up_database
from bench.room.serving import browser, people, serving
from bench.soak.account import Account, count_decisions, count_pages, count_scores, verify_house
from bench.soak.monitors import Heard, run_monitors
from bench.soak.press import Outlet, make_outlets, settings_for
from bench.soak.programs import Repeated, hear, program, run_once
from models.database import make_engine
from models.settings import Settings

ENGINES = ("sqlite", "postgresql")
MINUTES, MONITORS, FLAGS = 60.0, 16, 20_000
OUTLETS, PAUSE_SECONDS = 4, 6.0
RETRAIN_SECONDS, ALERT_SECONDS = 600.0, 60.0
WARM_SECONDS, SAMPLE_SECONDS = 600.0, 10.0


def soak(engine_name: str, seconds: float, monitors: int, flags: int, folder: Path | None) -> Account:
    """All programs side by side for so long; then what is left is read and scored, and everything is counted."""
    with ExitStack() as stack:
        made_up = stack.enter_context(made_up_database(postgresql=engine_name == "postgresql", folder=folder))
        outlets = [stack.enter_context(outlet) for outlet in make_outlets(OUTLETS, PAUSE_SECONDS)]
        settings = settings_for(made_up, outlets)
        engine = make_engine(settings.database_address)
        stack.callback(engine.dispose)
        fill(engine, flags)
        cookies = people(settings, monitors)
        run_once(settings, "train", "--corpus-only", "--promote")
        account = Account(engine_name)
        _work(settings, cookies, seconds, account)
        account.ended |= dict(_settle(settings, outlets))
        _count(settings, engine, outlets, account)
    return account


def _work(settings: Settings, cookies: list[str], seconds: float, account: Account) -> None:
    """All programs side by side for so long."""
    with (
        serving(settings) as server,
        program(settings, "schedule", "--workers", "2") as schedule,
        program(settings, "score", "--watch") as scoring,
    ):
        numbers = {"serve": server.process.pid, "schedule": schedule.pid, "score --watch": scoring.pid}
        again = [
            Repeated(settings, [("train", "--promote")], min(RETRAIN_SECONDS, seconds / 3)),
            Repeated(settings, [("alerts", "run")], ALERT_SECONDS),
        ]
        for thread in again:
            thread.start()
        clients = {f"pengawas-{number}": browser(server, cookie) for number, cookie in enumerate(cookies)}
        with Memory(numbers, every=min(SAMPLE_SECONDS, seconds / 30)) as memory:
            account.heard = _listen(clients, seconds)
        for thread in again:
            thread.stop()
        account.codes = {name: codes for thread in again for name, codes in thread.codes.items()}
        account.samples = dict(memory.samples)
        account.memory = {name: memory.growth(name, after=min(WARM_SECONDS, seconds / 6)) for name in memory.samples}


def _listen(clients: dict[str, httpx.Client], seconds: float) -> Heard:
    try:
        return run_monitors(clients, seconds)
    finally:
        for client in clients.values():
            client.close()


def _settle(settings: Settings, outlets: list[Outlet]) -> Iterator[tuple[str, str]]:
    """The last stories are read and scored, as the next minutes would have done: what was run, and what it said if it failed."""
    for outlet in outlets:
        outlet.stop_publishing()
    for command in ("crawl", "score"):
        yield command, hear(settings, command)


def _count(settings: Settings, engine: Engine, outlets: list[Outlet], account: Account) -> None:
    account.rows["pages published, and stored"] = count_pages(
        engine, {f"{o.root}/{n}" for o in outlets for n in range(o.published)}
    )
    account.rows["texts stored, and scored by the live classifier"] = count_scores(engine)
    account.rows["decisions answered, and stored"] = count_decisions(engine, account.heard.decided)
    account.ended |= dict(verify_house(settings, engine))

"""Everything at once: crawls, scoring, people who decide, alerts, and a classifier that is trained again and made live.

    python -m bench.soak [--minutes 60] [--monitors 16] [--flags 20000] [--engines sqlite postgresql] [--keep FOLDER]

Local outlets publish while it lasts. Afterwards what was answered is held against the database: every page that was
published stored once, every text scored once by the classifier that is live, every decision that somebody was told of
there once, nobody told an error of the server, the trail and the evidence whole. Memory is compared between the eleventh
minute (or the sixth part, where it is shorter) and the last tenth.
"""

import argparse
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
from sqlalchemy import Engine

from bench.queue import fill, made_up_database
from bench.room.serving import browser, people, serving
from bench.soak.account import Account, count_decisions, count_pages, count_scores, verify_house
from bench.soak.monitors import Heard, run_monitors
from bench.soak.press import Outlet, make_outlets
from bench.soak.programs import Memory, Repeated, program, run_once
from models.database import make_engine
from models.settings import Settings

ENGINES = ("sqlite", "postgresql")
OUTLETS, PAUSE_SECONDS = 4, 6.0
RETRAIN_SECONDS, ALERT_SECONDS = 600.0, 60.0
WARM_SECONDS = 600.0
HEAD = "| engine | what | counted | lost | doubled |\n|---|---|---|---|---|"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="Everything at once, then the account.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--monitors", type=int, default=16)
    parser.add_argument("--flags", type=int, default=20_000, help="flags that wait when it begins")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    wanted = parser.parse_args()
    is_sound = True
    for name in wanted.engines:
        account = soak(name, wanted.minutes * 60, wanted.monitors, wanted.flags, wanted.keep)
        print(HEAD, *account.lines(), sep="\n", flush=True)
        is_sound = is_sound and account.is_sound
    return 0 if is_sound else 1


def soak(engine_name: str, seconds: float, monitors: int, flags: int, folder: Path | None) -> Account:
    with ExitStack() as stack:
        made_up = stack.enter_context(made_up_database(postgresql=engine_name == "postgresql", folder=folder))
        outlets = [stack.enter_context(outlet) for outlet in make_outlets(OUTLETS, PAUSE_SECONDS)]
        settings = _settings_for(made_up, outlets)
        engine = make_engine(settings.database_address)
        stack.callback(engine.dispose)
        fill(engine, flags)
        cookies = people(settings, monitors)
        run_once(settings, "train", "--corpus-only", "--promote")
        account = Account(engine_name)
        _work(settings, cookies, seconds, account)
        _settle(settings, outlets)
        _count(settings, engine, outlets, account)
    return account


def _settings_for(made_up: Settings, outlets: list[Outlet]) -> Settings:
    folder = made_up.home / "sources"
    folder.mkdir(parents=True)
    for outlet in outlets:
        outlet.write_source(folder)
    return made_up.model_copy(update={"sources_dir": folder, "crawl_private_hosts": True, "crawl_contact": "redaksi@contoh.test"})


def _work(settings: Settings, cookies: list[str], seconds: float, account: Account) -> None:
    """All programs side by side for so long."""
    with (
        serving(settings) as server,
        program(settings, "schedule", "--workers", "2") as schedule,
        program(settings, "score", "--watch") as scoring,
    ):
        memory = Memory({"serve": server.process, "schedule": schedule, "score --watch": scoring})
        again = [
            Repeated(settings, [("train", "--promote")], min(RETRAIN_SECONDS, seconds / 3)),
            Repeated(settings, [("alerts", "run")], ALERT_SECONDS),
        ]
        for thread in (memory, *again):
            thread.start()
        clients = {f"pengawas-{number}": browser(server, cookie) for number, cookie in enumerate(cookies)}
        account.heard = _listen(clients, seconds)
        for thread in (memory, *again):
            thread.stop()
        account.codes = {name: codes for thread in again for name, codes in thread.codes.items()}
        account.memory = {name: memory.growth(name, after=min(WARM_SECONDS, seconds / 6)) for name in memory.samples}


def _listen(clients: dict[str, httpx.Client], seconds: float) -> Heard:
    try:
        return run_monitors(clients, seconds)
    finally:
        for client in clients.values():
            client.close()


def _settle(settings: Settings, outlets: list[Outlet]) -> None:
    """The last stories are read and scored, as the next minutes would have done."""
    for outlet in outlets:
        outlet.stop_publishing()
    for command in ("crawl", "score"):
        if code := run_once(settings, command):
            raise SystemExit(f"netra {command} ended with {code}: the measurement is void. Its log: {settings.home}")


def _count(settings: Settings, engine: Engine, outlets: list[Outlet], account: Account) -> None:
    account.rows["pages published, and stored"] = count_pages(
        engine, {f"{o.root}/{n}" for o in outlets for n in range(o.published)}
    )
    account.rows["texts stored, and scored by the live classifier"] = count_scores(engine)
    account.rows["decisions answered, and stored"] = count_decisions(engine, account.heard.decided)
    account.verified = dict(verify_house(settings))


if __name__ == "__main__":
    raise SystemExit(main())

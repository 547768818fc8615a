"""Connections to the queue of jobs, and what is in it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from procrastinate import App, PsycopgConnector
from sqlalchemy import Engine, make_url

from models.database import PATIENCE, PATIENCE_OF_SERVER
from models.settings import Settings
from netra.jobs.queueing import SCHEMA, open_app, prepare_queue
from netra.jobs.working import give_back_stalled

pytestmark = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)


Answer = TypeVar("Answer")


def ask(address: str, question: Callable[[App], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        app = open_app(address, concurrency=1)
        async with app.open_async():
            return await question(app)

    return asyncio.run(run())


def read_connection(address: str) -> tuple[dict[str, str], str]:
    """What the kernel was asked for, and where the server looks for tables."""

    async def read(app: App) -> tuple[dict[str, str], str]:
        path = await app.connector.execute_query_one_async("SHOW search_path")
        assert isinstance(app.connector, PsycopgConnector)
        async with app.connector.pool.connection() as connection:
            return connection.info.get_parameters(), path["search_path"]

    return ask(address, read)


def test_the_queue_has_the_patience_of_every_other_connection(settings: Settings) -> None:
    parameters, path = read_connection(settings.database_address)
    assert path == SCHEMA
    assert {name: parameters[name] for name in PATIENCE} == {name: str(value) for name, value in PATIENCE.items()}
    assert all(f"-c {name}={value} " in parameters["options"] for name, value in PATIENCE_OF_SERVER.items())


def test_what_the_address_says_itself_stands(settings: Settings) -> None:
    own = {"keepalives_idle": "7", "connect_timeout": "9", "options": "-c statement_timeout=5000"}
    address = make_url(settings.database_address).update_query_dict(own).render_as_string(hide_password=False)
    parameters, path = read_connection(address)
    assert path == SCHEMA
    assert [parameters[name] for name in ("keepalives_idle", "connect_timeout")] == ["7", "9"]
    assert parameters["options"] == f"-c statement_timeout=5000 -c search_path={SCHEMA}"


def test_a_worker_that_only_slept_fetches_on(settings: Settings, engine: Engine) -> None:
    prepare_queue(engine)

    async def sleep_and_fetch(app: App) -> None:
        app.task(name="coba")(lambda: None)
        sleeper = await app.job_manager.register_worker()
        await app.connector.execute_query_async("UPDATE procrastinate_workers SET last_heartbeat = NOW() - INTERVAL '1 hour'")
        await give_back_stalled(app, 20)
        await app.tasks["coba"].defer_async()
        assert await app.job_manager.fetch_job(queues=None, worker_id=sleeper) is not None
        assert await give_back_stalled(app, 20) == 1

    ask(settings.database_address, sleep_and_fetch)

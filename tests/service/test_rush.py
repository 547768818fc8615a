"""A morning on which all open the queue at once: whoever cannot be served at this moment waits, and nobody for ever."""

from collections.abc import Iterator
from threading import Event

import anyio
import anyio.to_thread
import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import QueuePool
from sqlalchemy.orm import Session

from models import verify_chain
from models.audit import ChainReport
from models.settings import Settings
from service.app import OVERFLOW, create_app, readers_of, threads_of, writers_of
from service.dependencies import get_reading, get_session
from tests.factories import make_flag
from tests.service.conftest import SignIn

PEOPLE = 60
PATIENCE = 60.0
"""Seconds; each request that waits for a connection in a thread costs thirty of them."""


def test_all_who_open_the_queue_at_once_get_it(app: FastAPI, settings: Settings, session: Session, sign_in: SignIn) -> None:
    make_flag(session)
    cookies = dict(sign_in().cookies)
    codes = list[int]()

    async def ask(client: httpx.AsyncClient, path: str) -> None:
        codes.append((await client.get(path)).status_code)

    async def rush() -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = threads_of(settings)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", cookies=cookies) as client:
            with anyio.fail_after(PATIENCE):
                async with anyio.create_task_group() as tasks:
                    for number in range(PEOPLE):
                        tasks.start_soon(ask, client, "/antrean" if number % 2 else "/api/v1/flags")

    anyio.run(rush)
    assert codes == [200] * PEOPLE


def test_who_checks_the_whole_trail_keeps_nobody_from_writing(
    app: FastAPI, settings: Settings, session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = make_flag(session)
    auditor, monitor = dict(sign_in(role="auditor").cookies), dict(sign_in().cookies)
    begun, is_taken = Event(), Event()
    answers = list[httpx.Response]()

    def check_for_long(reading: Session) -> ChainReport:
        begun.set()
        assert is_taken.wait(PATIENCE)
        return verify_chain(reading)

    async def check_and_take() -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = threads_of(settings)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client:

            async def ask(path: str, cookies: dict[str, str]) -> None:
                client.cookies.clear()
                answers.append(await client.post(path, headers={"Cookie": "; ".join(map("=".join, cookies.items()))}))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ask, "/jejak/periksa", auditor)
                await anyio.to_thread.run_sync(begun.wait, PATIENCE, limiter=anyio.CapacityLimiter(1))
                with anyio.move_on_after(PATIENCE / 2):
                    await ask(f"/penanda/{flag.id}/ambil", monitor)
                is_taken.set()

    monkeypatch.setattr("service.audit.endpoints.verify_chain", check_for_long)
    anyio.run(check_and_take)
    assert [answer.status_code for answer in answers] == [303, 200]
    assert "Rantai utuh" in answers[1].text
    session.refresh(flag)
    assert flag.holder_id is not None


def list_asked(dependant: Dependant) -> Iterator[object]:
    for own in dependant.dependencies:
        yield from list_asked(own)
        yield own.call


def test_who_reads_and_writes_asks_for_the_reading_first(routes: FastAPI) -> None:
    asked = [
        (context.path, [own for own in list_asked(context.original_route.dependant) if own in (get_reading, get_session)])
        for context in iter_route_contexts(routes.routes)
        if isinstance(context.original_route, APIRoute)
    ]
    both = {path: calls for path, calls in asked if len(set(calls)) == 2}
    assert both
    assert [path for path, calls in both.items() if calls[0] is not get_reading] == []


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_who_reads_leaves_connections_to_writers_and_to_the_look_at_who_asks(settings: Settings, threads: int) -> None:
    own = settings.model_copy(update={"service_threads": threads})
    engine = create_app(own).state.engine
    assert isinstance(engine.pool, QueuePool)
    most = engine.pool.size() + OVERFLOW
    engine.dispose()
    assert 0 < readers_of(own) <= most - writers_of(own) - threads_of(own)

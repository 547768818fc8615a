"""How many streams there may be, and how often they are told."""

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any, TypeVar

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from service.accounts.actor import Actor
from service.accounts.service import create_api_token
from service.news import hub as hubs
from service.news.errors import TooManyStreams
from service.news.hub import Hub, Told
from tests.factories import make_user
from tests.service.conftest import SignIn

STREAM = {"accept": "text/event-stream"}

Found = TypeVar("Found")


async def watch_nothing(_: Hub) -> None:
    await asyncio.Event().wait()


def actor(number: int) -> Actor:
    return Actor(number, f"orang-{number}", "Orang", frozenset(), assesses=True, session_id=number)


def run(work: Coroutine[Any, Any, Found]) -> Found:
    """In a thread of its own: where a browser was driven before, this one has a loop that runs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def tell_for_ever(hub: Hub) -> None:
    while True:
        hub.tell_news()
        await asyncio.sleep(0.01)


def test_news_without_end_is_told_as_often_as_pages_may_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "SPACING_SECONDS", 0.2)

    async def flood() -> list[tuple[Told, float]]:
        hub = Hub(watch_nothing)
        async with aclosing(hub.follow(actor(1))) as events:
            telling = asyncio.create_task(tell_for_ever(hub))
            told = [(await anext(events), time.monotonic()) for _ in range(4)]
            telling.cancel()
        return told

    told = run(flood())
    assert [event for event, _ in told] == [Told.HELLO, *[Told.NEWS] * 3]
    assert told[-1][1] - told[1][1] > 0.3  # Two pauses, less what the first of the three was late.


def test_a_page_that_reads_slowly_finds_each_kind_of_event_once() -> None:
    async def sleep_through() -> list[Told]:
        hub = Hub(watch_nothing)
        async with aclosing(hub.follow(actor(1))) as events:
            assert await anext(events) is Told.HELLO
            for _ in range(1_000):
                hub.tell_alive()
            hub.close()
            return [event async for event in events]

    assert run(sleep_through()) == [Told.ALIVE]


def test_a_full_process_refuses_and_one_that_stops_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MOST_STREAMS", 1)

    async def fill() -> None:
        hub = Hub(watch_nothing)
        async with aclosing(hub.follow(actor(1))) as events:
            await anext(events)
            with pytest.raises(TooManyStreams):
                hub.refuse_when_full()
        hub.refuse_when_full()
        hub.close()
        with pytest.raises(TooManyStreams):
            hub.refuse_when_full()

    run(fill())


def test_nothing_is_watched_when_nobody_listens() -> None:
    async def come_and_go() -> list[bool]:
        running = list[bool]()

        async def watch(_: Hub) -> None:
            running.append(True)
            try:
                await asyncio.Event().wait()
            finally:
                running.append(False)

        hub = Hub(watch)
        for _ in range(2):
            async with aclosing(hub.follow(actor(1))) as events:
                await anext(events)
                await asyncio.sleep(0)
            await asyncio.sleep(0)
        return running

    assert run(come_and_go()) == [True, False] * 2


def test_whoever_takes_no_stream_gets_none(sign_in: SignIn, visitor: TestClient) -> None:
    assert sign_in().get("/antrean/kabar").status_code == 406
    assert sign_in(role="operator").get("/antrean/kabar", headers=STREAM).status_code == 403
    assert visitor.get("/antrean/kabar", headers=STREAM).headers["location"].startswith("/masuk")


def test_a_token_follows_no_stream(session: Session, visitor: TestClient) -> None:
    token = create_api_token(session, make_user(session), "uji", 1, True)
    session.commit()
    assert visitor.get("/antrean/kabar", headers=STREAM | {"authorization": f"Bearer {token}"}).status_code == 403

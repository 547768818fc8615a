"""What the streams hear of: PostgreSQL says it by itself (LISTEN), and on both engines the newest flags are looked up.

The look is what SQLite has, and what finds news where a notice was lost: a cut line, a pool that gives each transaction
another connection. It also ends the streams of sign-ins that are over.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from models.database import make_reading_session
from models.queue.telling import CHANNEL
from service.news import repository
from service.news.hub import Hub

LOOK_SECONDS = {"sqlite": 1.0, "postgresql": 5.0}
ALIVE_SECONDS = 10.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 30.0
LINE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "connect_timeout": 10}
"""A dead line is noticed within half a minute."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Watcher:
    """Looks and listens for the streams of one process, as long as there are any."""

    engine: Engine
    idle: timedelta
    """How long a sign-in lasts without a request: streams are none."""

    async def watch(self, hub: Hub) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look(hub))
            if self.engine.dialect.name == "postgresql":
                group.create_task(self._listen(hub))

    async def _look(self, hub: Hub) -> None:
        newest, alive_at, loop = None, float("-inf"), asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_SECONDS[self.engine.dialect.name] if newest is not None else 0)
            try:
                asked = hub.sessions()
                found, running = await run_in_threadpool(self._ask, asked)
            except SQLAlchemyError:  # Silence tells the pages; they ask by themselves meanwhile.
                log.warning("could not look for news", exc_info=True)
                await asyncio.sleep(FIRST_WAIT_SECONDS)
                continue
            hub.end_sessions(asked - running)
            if found != newest:  # The first look finds what came between the page and it.
                hub.tell_news()
            newest = found
            if loop.time() - alive_at >= ALIVE_SECONDS:
                alive_at = loop.time()
                hub.tell_alive()

    def _ask(self, session_ids: set[int]) -> tuple[tuple[int, int], set[int]]:
        with make_reading_session(self.engine)() as session:
            return repository.mark_of(session), repository.list_running(session, session_ids, self.idle)

    async def _listen(self, hub: Hub) -> None:
        """One connection; where it breaks, another one after a while, and the pages look at what they may have missed."""
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                async with await self._connect() as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    wait = FIRST_WAIT_SECONDS
                    hub.tell_news()
                    async for _ in connection.notifies():
                        hub.tell_news()
            except (psycopg.Error, OSError) as error:
                log.warning("nothing is heard from the database: %s; trying again in %d s", error, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def _connect(self) -> "psycopg.AsyncConnection[tuple[object, ...]]":
        given = self.engine.dialect.create_connect_args(self.engine.url)[1]
        return await psycopg.AsyncConnection.connect(**{**LINE, **given}, autocommit=True, application_name="netra kabar")

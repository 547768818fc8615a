"""The open streams of this process: what each is told, how many there may be, and how they end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from enum import StrEnum
from typing import Any

from service.accounts.actor import Actor
from service.news.errors import TooManyStreams

MOST_STREAMS = 500
MOST_OF_A_PERSON = 3
"""A browser has six connections to one host; pages and forms need the rest."""
SPACING_SECONDS = 1.0
ANSWERS_A_SECOND = 20
"""What all pages together may ask after news: the more there are, the rarer they are told while news goes on and on."""


class Told(StrEnum):
    """Names of the events, as service/static/netra.js reads them."""

    HELLO = "halo"
    """The stream reaches the page, and nothing is missed from here on."""
    NEWS = "baru"
    ALIVE = "detak"
    """The database was looked at: whoever hears nothing for long asks by itself."""
    ENOUGH = "cukup"
    """The person has newer pages open: this one goes on by asking."""


class Stream:
    """What one open page hears. However slowly it reads, each kind of event waits for it once."""

    def __init__(self, actor: Actor) -> None:
        self.user_id, self.session_id = actor.id, actor.session_id
        self._waiting = {Told.HELLO: None}
        self._changed = asyncio.Event()
        self.is_ended = False

    def tell(self, event: Told) -> None:
        self._waiting[event] = None
        self._changed.set()

    def end(self) -> None:
        self.is_ended = True
        self._changed.set()

    async def events(self) -> AsyncIterator[Told]:
        while True:
            told, self._waiting = self._waiting, {}
            for event in told:
                yield event
            if self.is_ended and not self._waiting:
                return
            await self._changed.wait()
            self._changed.clear()


class Hub:
    """Everything happens in the event loop, so nothing here is locked. `watch` runs while somebody listens."""

    def __init__(self, watch: Callable[["Hub"], Coroutine[Any, Any, None]]) -> None:
        self._watch = watch
        self._streams = dict[Stream, None]()
        self._watching: asyncio.Task[None] | None = None
        self._due: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")
        self._is_closed = False

    def refuse_when_full(self) -> None:
        if self._is_closed or len(self._streams) >= MOST_STREAMS:
            raise TooManyStreams

    async def follow(self, actor: Actor) -> AsyncIterator[Told]:
        """The events of one page, until it leaves or its stream is ended."""
        stream = Stream(actor)
        self._enter(stream)
        try:
            async for event in stream.events():
                yield event
        finally:
            self._leave(stream)

    def sessions(self) -> set[int]:
        """The sign-ins that the streams belong to."""
        return {stream.session_id for stream in self._streams if stream.session_id is not None}

    def tell_news(self) -> None:
        """At once after a quiet time; while news goes on, as often as the service can answer what the pages ask then."""
        if self._due is None:
            loop = asyncio.get_running_loop()
            spacing = max(SPACING_SECONDS, len(self._streams) / ANSWERS_A_SECOND)
            self._due = loop.call_at(max(loop.time(), self._told_at + spacing), self._tell_news)

    def tell_alive(self) -> None:
        self._tell(Told.ALIVE)

    def end_sessions(self, session_ids: Collection[int]) -> None:
        for stream in self._streams:
            if stream.session_id in session_ids:
                stream.end()

    def close(self) -> None:
        """End all streams and begin none: the process stops."""
        self._is_closed = True
        for stream in self._streams:
            stream.end()

    def _enter(self, stream: Stream) -> None:
        own = [other for other in self._streams if other.user_id == stream.user_id and not other.is_ended]
        if len(own) >= MOST_OF_A_PERSON:
            own[0].tell(Told.ENOUGH)
            own[0].end()
        self._streams[stream] = None
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch(self))
        if self._is_closed:
            stream.end()

    def _leave(self, stream: Stream) -> None:
        del self._streams[stream]
        if not self._streams and self._watching is not None:
            self._watching.cancel()
            self._watching = None

    def _tell_news(self) -> None:
        self._due, self._told_at = None, asyncio.get_running_loop().time()
        self._tell(Told.NEWS)

    def _tell(self, event: Told) -> None:
        for stream in self._streams:
            stream.tell(event)

"""Adds up what changed before somebody looks, so that an office without a scoring process sees its own decisions too."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, Request

from models.figures.tallying import catch_up, read_freshness

MOST_AT_ONCE = 2_000
"""What a reader waits for, well under a second. The rest is for scoring processes; the page says that some waits."""


async def catch_up_first(request: Request) -> None:
    """Waits for its turn among the writers on the event loop, as every writing request does, and only if something waits."""
    if await run_sync(_is_behind, request):
        async with request.app.state.writers:
            await run_sync(_catch_up, request)


CaughtUp = Annotated[None, Depends(catch_up_first)]


def _is_behind(request: Request) -> bool:
    with request.app.state.reading() as session:
        return read_freshness(session).waiting > 0


def _catch_up(request: Request) -> None:
    catch_up(request.app.state.writing, most=MOST_AT_ONCE)

"""The stream that an open page of the queue holds. It says that there is something new; what, the page asks for itself."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from service.dependencies import Person, QueueReader
from service.news.errors import StreamsOnly
from service.news.hub import Hub, Told

MEDIA_TYPE = "text/event-stream"
RETRY_MILLISECONDS = 3000
UNBUFFERED = {"X-Accel-Buffering": "no"}
"""nginx would gather the events until there are kilobytes of them."""

router = APIRouter(include_in_schema=False)


@router.get("/antrean/kabar")
async def follow_news(request: Request, actor: QueueReader, _: Person) -> StreamingResponse:
    """Server-sent events, named as in `Told`. No connection to the database is held meanwhile."""
    if MEDIA_TYPE not in request.headers.get("accept", ""):
        raise StreamsOnly
    hub: Hub = request.app.state.hub
    hub.refuse_when_full()
    return StreamingResponse(_write(hub.follow(actor)), media_type=MEDIA_TYPE, headers=UNBUFFERED)


async def _write(events: AsyncIterator[Told]) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    async for event in events:
        yield f"event: {event}\ndata: 1\n\n"

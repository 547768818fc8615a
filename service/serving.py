"""uvicorn, told that some answers never end by themselves."""

import socket
import sys
from contextlib import suppress
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from service.news.hub import Hub


class Server(uvicorn.Server):
    """Ends the streams of news when it is to stop: it would wait for them, and then break them off."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._hub.close()
        await super().shutdown(sockets)


def serve(app: FastAPI, **values: Any) -> None:
    """As `uvicorn.run` does it in one process."""
    server = Server(uvicorn.Config(app, **values), app.state.hub)
    with suppress(KeyboardInterrupt):  # Raised again by uvicorn once everything has ended.
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)

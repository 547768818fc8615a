"""The service, put together: routers, handlers, middleware, nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

import anyio
import anyio.to_thread
import uvicorn
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import text
from starlette.types import ASGIApp
from swagger_ui_bundle import swagger_ui_path

from models.database import make_engine, make_reading_session, make_session
from models.settings import Settings
from service.accounts.endpoints import router as accounts
from service.accounts.passwords import nobodys_hash
from service.api.endpoints import public_router as api_public
from service.api.endpoints import router as api
from service.audit.endpoints import router as audit
from service.body import BodyLimit
from service.csrf import refuse_cross_site
from service.dependencies import Reading, refuse_null_characters
from service.error_pages import add_error_handlers
from service.headers import SecurityHeaders
from service.items.endpoints import router as items
from service.pages import FOLDER, make_templates
from service.review.endpoints import router as review
from service.sources.endpoints import router as sources

API = "/api/v1"
CONNECTIONS_PER_THREAD = 3  # One that writes, one that reads, and the short one that finds out who asks.


class UnsafeAddress(ValueError):
    """Passwords would cross the network in clear."""


class Service(FastAPI):
    """FastAPI with our headers around everything, its own last answer to a crash among it."""

    def build_middleware_stack(self) -> ASGIApp:
        return SecurityHeaders(super().build_middleware_stack())


def create_app(settings: Settings) -> FastAPI:
    app = Service(
        title="netra",
        version="1",
        summary="Flags, assessments, sources and the audit trail, for machines.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_cross_site), Depends(refuse_null_characters)],
        lifespan=_lifespan,
        redirect_slashes=False,  # It would lead to whatever host the request names.
    )
    engine = make_engine(settings.database_address, pool_size=CONNECTIONS_PER_THREAD * threads_of(settings))
    app.state.settings = settings
    app.state.engine = engine
    app.state.writing = make_session(engine)
    app.state.writers = anyio.Semaphore(writers_of(settings))
    app.state.reading = make_reading_session(engine)
    app.state.templates = make_templates()
    for router in (accounts, review, items, audit, sources):
        app.include_router(router)
    app.include_router(api_public, prefix=API)
    app.include_router(api, prefix=API)
    app.add_api_route("/healthz", show_health, include_in_schema=False)
    app.mount("/static/swagger", StaticFiles(directory=str(swagger_ui_path)))
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    app.add_middleware(BodyLimit)
    add_error_handlers(app)
    return app


def show_health(session: Reading) -> dict[str, str]:
    session.execute(text("SELECT 1"))
    return {"status": "ok"}


def threads_of(settings: Settings) -> int:
    """Few threads: SQLite has one writer at a time, and more threads only wait for one another."""
    if settings.service_threads:
        return settings.service_threads
    return 2 if settings.database_address.startswith("sqlite") else 4


def writers_of(settings: Settings) -> int:
    """Requests that may write at once: never more than there are threads (service.dependencies.get_session says why)."""
    return 1 if settings.database_address.startswith("sqlite") else threads_of(settings)


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being answered."""
    refuse_unsafe_address(settings)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def refuse_unsafe_address(settings: Settings) -> None:
    """Beyond this machine only behind https: set `public_url` to the address of the proxy that speaks it."""
    if _is_loopback(settings.host) or settings.public_url.startswith("https://"):
        return
    raise UnsafeAddress(
        f"refusing to listen on {settings.host} without https: "
        "put a proxy before netra and set NETRA_PUBLIC_URL=https://…, or listen on 127.0.0.1"
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = threads_of(app.state.settings)
    nobodys_hash()
    yield
    app.state.engine.dispose()

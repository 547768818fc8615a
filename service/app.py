"""The service, put together: routers, handlers, middleware, nothing else."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from typing import Any

import anyio
import anyio.to_thread
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp
from swagger_ui_bundle import swagger_ui_path

from models.database import make_engine, make_reading_session, make_session
from models.logs.setup import own_log_file, start_logging
from models.settings import Settings
from service.access import Access
from service.accounts.cookies import is_https
from service.accounts.passwords import nobodys_hash
from service.accounts.routes import router as accounts
from service.agencies.endpoints import router as agencies
from service.alerts.routes import router as alerts
from service.api.document import finish_document
from service.api.rooms import API
from service.api.rooms import router as api
from service.audit.endpoints import router as audit
from service.body import BodyLimit
from service.cases.routes import router as cases
from service.corrections.erasing import Erasing
from service.corrections.routes import router as corrections
from service.csrf import refuse_cross_site
from service.dashboard.routes import router as dashboard
from service.dependencies import note_use, refuse_null_characters
from service.error_pages import add_error_handlers
from service.exports.endpoints import router as exports
from service.headers import SecurityHeaders
from service.interchange.endpoints import router as interchange
from service.items.endpoints import router as items
from service.news.endpoints import router as news
from service.news.hub import Hub
from service.news.watching import Watcher
from service.pages import FOLDER, make_templates
from service.preparing.endpoints import router as preparing_routes
from service.preparing.preparation import Preparing
from service.readings.endpoints import router as readings
from service.review.routes import router as review
from service.serving import serve
from service.sources.endpoints import router as sources
from service.starting import UnsafeSettings, refuse_unsafe_provider, refuse_weak_secrets
from service.tips.joining import Joining
from service.tips.routes import router as tips
from service.warming import warm_up
from service.watching.collector import DatabaseCollector
from service.watching.counters import Counters
from service.watching.endpoints import router as watching

logger = logging.getLogger(__name__)

CONNECTIONS_PER_THREAD = 3  # One that writes, one that reads, and the short one that finds out who asks.
OVERFLOW = 10  # What the pool opens beyond these for as long as a rush needs them.
BESIDE = 3  # Connections of metrics, of the look for news, and one to spare.

IDLE_SECONDS = 130
"""How long a connection may stand idle: longer than a proxy keeps one (Caddy two minutes, nginx one), which would else send a
decision just as we close it, and answer 502."""


class UnsafeAddress(UnsafeSettings):
    """Passwords would cross the network in clear."""


class Service(FastAPI):
    """FastAPI with our headers and our counts around everything, its own last answer to a crash among it."""

    def build_middleware_stack(self) -> ASGIApp:
        return Access(
            SecurityHeaders(super().build_middleware_stack(), is_https=is_https(self.state.settings)),
            self.routes,
            self.state.counters,
        )

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = finish_document(super().openapi())
        return self.openapi_schema


def create_app(
    settings: Settings,
    joining: Joining | None = None,
    erasing: Erasing | None = None,
    preparing: Preparing | None = None,
) -> FastAPI:
    """`joining` finds the story that a tip belongs to, `erasing` takes the words out of an item whose person asked for it,
    `preparing` knows what the demo still makes ready."""
    app = Service(
        title="netra",
        version="1",
        summary="What people do on the pages, for machines. docs/api.md tells the rules.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_cross_site), Depends(refuse_null_characters), Depends(note_use)],
        lifespan=_lifespan,
        redirect_slashes=False,  # It would lead to whatever host the request names.
    )
    app.include_router(api, prefix=API)
    for router in (
        review,  # First: routes are looked through in this order, and these are asked most.
        news,
        accounts,
        readings,
        items,
        audit,
        sources,
        watching,
        tips,
        corrections,
        alerts,
        exports,
        interchange,
        agencies,
        cases,
        dashboard,
    ):
        app.include_router(router)
    if preparing is not None:
        app.include_router(preparing_routes)
    app.mount("/static/swagger", StaticFiles(directory=str(swagger_ui_path)))
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    app.add_middleware(BodyLimit)
    add_error_handlers(app)
    furnish(app, settings, joining, erasing, preparing)
    return app


def furnish(
    app: FastAPI,
    settings: Settings,
    joining: Joining | None = None,
    erasing: Erasing | None = None,
    preparing: Preparing | None = None,
) -> None:
    """What the answers are made from, apart from the routes: they are the same for all settings, and cost far more."""
    engine = make_engine(settings.database_address, pool_size=CONNECTIONS_PER_THREAD * threads_of(settings))
    app.state.settings = settings
    app.state.joining = joining
    app.state.erasing = erasing
    app.state.preparing = preparing
    app.state.engine = engine
    app.state.writing = make_session(engine)
    app.state.exporting = anyio.CapacityLimiter(writers_of(settings))  # Long work, in threads that answer no page.
    app.state.running_keys = set[tuple[int, str]]()
    app.state.writers = anyio.Semaphore(writers_of(settings))
    app.state.readers = anyio.Semaphore(readers_of(settings))
    app.state.reading = make_reading_session(engine)
    app.state.hub = Hub(Watcher(engine, timedelta(minutes=settings.session_idle_minutes)).watch)
    app.state.templates = make_templates()
    app.state.counters = Counters()
    app.state.counters.registry.register(DatabaseCollector(app.state.reading, settings.evidence_dir))


def threads_of(settings: Settings) -> int:
    """Few threads: SQLite has one writer at a time, and more threads only wait for one another."""
    if settings.service_threads:
        return settings.service_threads
    return 2 if settings.database_address.startswith("sqlite") else 4


def writers_of(settings: Settings) -> int:
    """Requests that may write at once: never more than there are threads (service.dependencies.get_session says why)."""
    return 1 if settings.database_address.startswith("sqlite") else threads_of(settings)


def readers_of(settings: Settings) -> int:
    """Requests that may read at once: as many as are left connections beside those of writers and of every thread."""
    threads = threads_of(settings)
    return CONNECTIONS_PER_THREAD * threads + OVERFLOW - writers_of(settings) - threads - BESIDE


def run(
    settings: Settings,
    joining: Joining | None = None,
    erasing: Erasing | None = None,
    preparing: Preparing | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being answered."""
    refuse_unsafe_address(settings)
    refuse_weak_secrets(settings)
    refuse_unsafe_provider(settings)
    start_logging(settings, file=own_log_file(settings, "service"))
    if not _is_loopback(settings.host) and all(map(_is_loopback, settings.trusted_proxies.split(","))):
        logger.warning("no proxy of another machine is trusted, so everybody comes from its address: set NETRA_TRUSTED_PROXIES")
    serve(create_app(settings, joining, erasing, preparing), **how_to_serve(settings))


def how_to_serve(settings: Settings) -> dict[str, Any]:
    """What uvicorn is told: among it, of which proxies it believes X-Forwarded-For and X-Forwarded-Proto."""
    return {
        "host": settings.host,
        "port": settings.port,
        "log_config": None,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": 10,
        "timeout_keep_alive": IDLE_SECONDS,
        "forwarded_allow_ips": settings.trusted_proxies,
    }


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
        return host == "localhost" or ip_address(host.strip()).is_loopback
    except ValueError:
        return False


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = threads_of(app.state.settings)
    nobodys_hash()
    async with anyio.create_task_group() as beside:
        beside.start_soon(partial(anyio.to_thread.run_sync, limiter=anyio.CapacityLimiter(1)), warm_up, app.state.templates.env)
        yield
    app.state.engine.dispose()

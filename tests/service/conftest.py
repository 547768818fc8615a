"""The service as people meet it: its pages and its API, over its own HTTP stack."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from starlette.datastructures import State

from models import User, UserSession, now
from models.settings import Settings
from service.accounts import passwords
from service.app import create_app, furnish
from tests.factories import PASSWORD, make_user

SignIn = Callable[..., TestClient]
HASHER = passwords._hasher
"""What hashes outside of tests; tests/service/test_passwords.py weighs it."""
ROOM = Path(__file__).parent
ON_BOTH_ENGINES_EVERY_DAY = {
    "test_alerts.py",
    "test_areas.py",
    "test_bulk.py",
    "test_claim_race.py",
    "test_covering.py",
    "test_dashboard.py",
    "test_digest.py",
    "test_exports.py",
    "test_filters.py",
    "test_funnel.py",
    "test_giving.py",
    "test_golden.py",
    "test_keeping.py",
    "test_live_hub.py",
    "test_live_news.py",
    "test_public_figures.py",
    "test_queue_order.py",
    "test_review.py",
    "test_saved_and_weights.py",
    "test_second.py",
    "test_sources.py",
    "test_trail_of_routes.py",
    "test_walking_queue.py",
    "test_watching.py",
}
"""Files about what the database does. Those about pages, people and rules meet PostgreSQL among the slow tests."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(ROOM) and item.path.name not in ON_BOTH_ENGINES_EVERY_DAY and _is_on_postgresql(item):
            item.add_marker(pytest.mark.slow)


def _is_on_postgresql(item: pytest.Item) -> bool:
    return (
        isinstance(item, pytest.Function) and hasattr(item, "callspec") and item.callspec.params.get("settings") == "postgresql"
    )


@pytest.fixture(scope="module", autouse=True)
def cheap_hasher() -> Iterator[None]:
    """New passwords are hashed for a fraction of what they should cost. Whatever verifies them reads the cost off the hash."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords.nobodys_hash.cache_clear()
        yield
    passwords.nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def routes(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The service without a database of its own: to put its routes together costs more than most tests."""
    app = create_app(Settings(home=tmp_path_factory.mktemp("routes"), _env_file=None))
    app.state = State()
    return app


@contextmanager
def furnished(app: FastAPI, settings: Settings) -> Iterator[TestClient]:
    """As a start of the service leaves it, and nothing of the test before: its state and its middleware are new."""
    assert not app.state._state, "only one service at a time may use the routes that tests share"
    app.middleware_stack, before = None, list(app.routes)
    furnish(app, settings)
    with TestClient(app, follow_redirects=False) as browser:
        yield browser
    app.state = State()
    assert app.routes == before, "a test changed the routes that others share"


@pytest.fixture
def app(settings: Settings, routes: FastAPI) -> Iterator[FastAPI]:
    """The service on the test's own database. A test that changes its routes makes a service of its own."""
    with furnished(routes, settings):
        yield routes


@pytest.fixture
def visitor(app: FastAPI) -> TestClient:
    """A browser that is not signed in."""
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def sign_in(app: FastAPI, session: Session) -> SignIn:
    """Makes a person and gives their signed-in browser, its second factor shown. Everything made before is committed."""

    def sign_in_as(user: User | None = None, *, verified: bool = True, **values: str | None) -> TestClient:
        user = user or make_user(session, **values)  # pyright: ignore[reportArgumentType]
        session.commit()
        browser = TestClient(app, follow_redirects=False)
        answer = browser.post("/masuk", data={"nama": user.username, "sandi": PASSWORD})
        assert answer.status_code == 303
        if verified:
            session.execute(update(UserSession).where(UserSession.user_id == user.id).values(verified_at=now()))
            session.commit()
        return browser

    return sign_in_as


@pytest.fixture
def sqlite_app(sqlite_settings: Settings, routes: FastAPI) -> Iterator[FastAPI]:
    with furnished(routes, sqlite_settings):
        yield routes


@pytest.fixture
def sqlite_visitor(sqlite_app: FastAPI) -> TestClient:
    return TestClient(sqlite_app, follow_redirects=False)

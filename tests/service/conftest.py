"""The service as people meet it: its pages and its API, over its own HTTP stack."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import User, UserSession, now
from models.settings import Settings
from service.app import create_app
from tests.factories import PASSWORD, make_user

SignIn = Callable[..., TestClient]


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    app = create_app(settings)
    with TestClient(app):
        yield app


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
def sqlite_app(sqlite_settings: Settings) -> Iterator[FastAPI]:
    app = create_app(sqlite_settings)
    with TestClient(app):
        yield app


@pytest.fixture
def sqlite_visitor(sqlite_app: FastAPI) -> TestClient:
    return TestClient(sqlite_app, follow_redirects=False)

"""What others see of a tip while a test goes on."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import make_reading_session
from models.settings import Settings
from service.sealing import Keys
from service.tips.sending import TipStatus, find_status

Seen = Callable[..., list[Any]]


@pytest.fixture
def seen(engine: Engine) -> Seen:
    """What other connections see, without holding SQLite's lock."""

    def ask(query: Any) -> list[Any]:
        with make_reading_session(engine)() as session:
            return list(session.scalars(query))

    return ask


@pytest.fixture
def status_of(engine: Engine, settings: Settings) -> Callable[[str], TipStatus | None]:
    def ask(code: str) -> TipStatus | None:
        with make_reading_session(engine)() as session:
            return find_status(session, Keys.of(settings), code)

    return ask

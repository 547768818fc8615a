"""Who works in the house of the tests."""

import pytest
from sqlalchemy.orm import Session

from service.accounts.actor import Actor
from tests.factories import make_user
from tests.service.interchange.house import actor_of


@pytest.fixture
def actor(session: Session) -> Actor:
    return actor_of(make_user(session, role="admin"))

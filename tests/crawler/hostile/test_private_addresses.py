"""Outlets whose names lead to private addresses, as they are crawled outside of tests."""

import pytest

from models.database import make_engine, make_reading_session
from tests.crawler.hostile.cases import Case
from tests.crawler.hostile.conftest import Crawled
from tests.crawler.hostile.hosts import GUARDED
from tests.crawler.hostile.test_hostile_web import events_of


@pytest.mark.parametrize("case", GUARDED, ids=lambda case: case.name)
def test_private_addresses_are_never_asked(guarded: Crawled, case: Case) -> None:
    engine = make_engine(guarded.settings.database_address)
    with make_reading_session(engine)() as session:
        event = events_of(session, case)[0]
        assert (event.outcome, event.cause) == (case.outcome, case.cause), event.reason
        assert case.says in event.reason
    engine.dispose()

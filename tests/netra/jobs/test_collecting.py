"""A crawl as the errand of a worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from models import CrawlRun, HostClaim, RunState
from models.database import make_reading_session
from models.settings import Settings
from netra.jobs.collecting import crawl
from netra.stopping import Stop
from tests.netra.crawls.little_web import LittleWeb


@contextmanager
def silent_once(engine: Engine, words: str) -> Iterator[list[str]]:
    """The database does not answer the first question with these words."""
    struck = list[str]()

    def strike(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if words in statement and not struck:
            struck.append(statement)
            raise OperationalError(statement, None, ConnectionError("sambungan putus"))

    event.listen(engine, "before_cursor_execute", strike)
    yield struck
    event.remove(engine, "before_cursor_execute", strike)


@pytest.mark.parametrize("words", ["picked", "SELECT crawl_runs."], ids=["before its claim", "after its claim"])
def test_a_database_that_is_silent_for_a_moment_ends_no_crawl(
    sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path, words: str
) -> None:
    with LittleWeb(tmp_path, {"satu": 3}) as web, silent_once(sqlite_engine, words) as struck:
        report = crawl(web.settings_for(sqlite_settings), sqlite_engine, Stop(), names=["satu"], workers=1)
    assert (len(struck), report.said) == (1, "read 1 sources")
    with make_reading_session(sqlite_engine)() as session:
        assert session.scalars(select(CrawlRun.state)).all() == [RunState.FINISHED]
        assert session.scalars(select(HostClaim.worker)).all() == [None]

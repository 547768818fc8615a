"""What robots.txt says for us is kept, and an event tells when it says something else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from crawler.catalogue import parse_source
from crawler.runs.robots_changes import Verdict, judge_robots, own_addresses
from crawler.runs.run import Run
from models import AuditEvent, RobotsFile
from models.database import make_engine, make_session
from models.settings import Settings
from tests.crawler.outlet import Outlet, crawl_outlet
from tests.crawler.runs.test_page_run import SOURCE

FILE = parse_source(SOURCE, "satu")


@pytest.fixture
def run(settings: Settings, engine: Engine) -> Iterator[Run]:
    run = Run(engine, settings, FILE)
    run.start()
    yield run
    run.writer.close()


def events(session: Session) -> list[dict[str, object]]:
    return list(session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "sumber.robots").order_by(AuditEvent.id)))


def test_only_a_change_for_us_leaves_an_event(run: Run, engine: Engine) -> None:
    for verdict, body in [
        (Verdict(True), b"User-agent: *"),
        (Verdict(True), b"User-agent: * # lain"),
        (Verdict(True, ("http://a.test/rss",), 5.0), b"Disallow: /rss"),
        (Verdict(True), b""),
        (Verdict(False), b""),
    ]:
        run.keep_robots("a.test", verdict, body=body, status=200)
    with make_session(engine)() as session:
        said = events(session)
        assert [event["sesudah"]["dilarang"] for event in said] == [["http://a.test/rss"], [], []]  # type: ignore[index]
        assert said[0]["sesudah"] == {"terbaca": True, "dilarang": ["http://a.test/rss"], "jeda": 5.0}
        file = session.scalars(select(RobotsFile)).one()
        assert (file.is_readable, file.status, len(file.sha256), file.changed_at <= file.checked_at) == (False, 200, 64, False)


def test_a_verdict_speaks_of_the_home_page_and_the_lists_of_that_host() -> None:
    own = own_addresses(FILE, "a.test")
    assert own == ["http://a.test", "http://a.test/rss"]
    assert own_addresses(FILE, "b.test") == []
    assert judge_robots(own, lambda url: url.endswith("rss"), 2.0) == Verdict(True, ("http://a.test",), 2.0)
    assert judge_robots(own, None, None) == Verdict(False)


def test_a_crawl_keeps_what_it_was_told(tmp_path: Path) -> None:
    crawl_outlet(tmp_path, Outlet())
    engine = make_engine(f"sqlite:///{tmp_path / 'netra.sqlite3'}")
    with make_session(engine)() as session:
        file = session.scalars(select(RobotsFile)).one()
        assert (file.host, file.status, file.is_readable, file.forbidden) == ("satu.test", 200, True, [])
    engine.dispose()
    crawl_outlet(tmp_path, Outlet(robots_status=503))
    engine = make_engine(f"sqlite:///{tmp_path / 'netra.sqlite3'}")
    with make_session(engine)() as session:
        assert session.scalars(select(RobotsFile.is_readable)).one() is False
        assert len(events(session)) == 1
    engine.dispose()

"""A source's health, in words."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crawler.checks import HealthState, check_source
from models import CrawlRun, Feed, FeedKind, RunState, Source, now
from tests.factories import make_item, make_source


def ran(session: Session, source: Source, *, hours_ago: float = 0, state: RunState = RunState.FINISHED) -> None:
    session.add(CrawlRun(source_id=source.id, state=state, started_at=now() - timedelta(hours=hours_ago), reason="disk penuh"))
    session.flush()


@pytest.mark.parametrize(
    ("runs", "state", "words"),
    [
        ([], HealthState.NEVER_RUN, "belum pernah"),
        ([{}], HealthState.HEALTHY, "0 konten baru"),
        ([{}, {"state": RunState.FAILED}], HealthState.FAILING, "disk penuh"),
        ([{"state": RunState.RUNNING}], HealthState.RUNNING, "sedang dirayapi"),
        ([{"hours_ago": 9}], HealthState.LATE, "9 jam lalu"),
    ],
)
def test_the_last_run_decides(session: Session, runs: list[dict[str, Any]], state: HealthState, words: str) -> None:
    source = make_source(session, cadence_minutes=60)
    for run in runs:
        ran(session, source, **run)
    health = check_source(session, source)
    assert health.state is state
    assert words in health.message


def test_a_source_that_gives_less_than_it_promised_is_silent(session: Session) -> None:
    source = make_source(session, expected_min_per_day=3, created_at=now() - timedelta(days=9))
    ran(session, source)
    make_item(session, source=source, first_seen_at=now() - timedelta(days=2))
    health = check_source(session, source)
    assert health.state is HealthState.SILENT
    assert "diharapkan 3; sunyi sejak" in health.message


def test_a_feed_that_fails_again_and_again_is_named(session: Session) -> None:
    source = make_source(session)
    session.add(Feed(source_id=source.id, kind=FeedKind.RSS, url="http://a.test/rss", failures=3))
    ran(session, source)
    assert "http://a.test/rss gagal 3 kali" in check_source(session, source).message


def test_a_source_that_is_off_is_not_judged(session: Session) -> None:
    assert check_source(session, make_source(session, is_enabled=False)).state is HealthState.DISABLED

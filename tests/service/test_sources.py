from datetime import timedelta

from sqlalchemy.orm import Session

from models import CrawlRun, Feed, FeedKind, FetchEvent, FetchOutcome, RunState, Source, now
from service.sources.service import Health, list_health
from tests.factories import make_item, make_source


def health(session: Session) -> dict[str, Health]:
    return {found.row.source.slug: found.health for found in list_health(session)}


def ran(session: Session, source: Source, state: RunState = RunState.FINISHED) -> CrawlRun:
    run = CrawlRun(source_id=source.id, state=state)
    session.add(run)
    session.flush()
    return run


def test_each_source_has_its_word(session: Session) -> None:
    make_source(session, slug="mati", is_enabled=False)
    make_source(session, slug="belum")
    ran(session, make_source(session, slug="gagal"), RunState.FAILED)
    ran(session, make_source(session, slug="baik"))
    ran(session, make_source(session, slug="diam", expected_min_per_day=3))
    assert health(session) == {word: Health(word) for word in ("mati", "belum", "gagal", "baik", "diam")}


def test_a_failing_feed_makes_its_source_fail(session: Session) -> None:
    source = make_source(session, slug="a")
    ran(session, source)
    session.add(Feed(source_id=source.id, kind=FeedKind.RSS, url="https://contoh.test/rss", failures=2))
    session.flush()
    assert health(session) == {"a": Health.BROKEN}


def test_the_newest_run_counts_and_the_last_day_is_counted(session: Session, sign_in) -> None:
    source = make_source(session, slug="a", expected_min_per_day=1)
    ran(session, source, RunState.FAILED)
    run = ran(session, source)
    make_item(session, source=source)
    for age, outcome in ((1, FetchOutcome.STORED), (2, FetchOutcome.STORED), (30, FetchOutcome.FAILED)):
        event = FetchEvent(run_id=run.id, source_id=source.id, url="https://contoh.test/1", outcome=outcome)
        event.at = now() - timedelta(hours=age)
        session.add(event)
    session.flush()
    found = list_health(session)[0]
    assert (found.health, found.row.counts) == (Health.GOOD, {FetchOutcome.STORED: 2})
    assert "disimpan 2" in sign_in(role="operator").get("/sumber").text

"""Every state is reached by real rows, and says what, since when and how to mend."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from models import (
    Feed,
    FeedKind,
    FetchCause,
    FetchOutcome,
    HealthState,
    RobotsFile,
    RunState,
    Source,
    SourceAlarm,
    SourceKind,
    now,
)
from models.source import NEVER
from tests.factories import make_source
from tests.models.health.days import add_causes, add_day, add_days, add_events, health_of, old_source, ran


def test_a_source_that_is_off_or_filled_by_imports_is_not_judged(session: Session) -> None:
    make_source(session, slug="a", is_enabled=False)
    make_source(session, slug="b", kind=SourceKind.IMPORT)
    assert health_of(session).state is HealthState.DISABLED
    assert health_of(session, "b").state is HealthState.HEALTHY


def test_a_source_without_a_run_says_how_to_begin(session: Session) -> None:
    make_source(session, slug="a")
    health = health_of(session)
    assert (health.state, health.mend) == (HealthState.NEVER_RUN, "netra crawl a")


def test_a_running_source_that_is_well_is_running(session: Session) -> None:
    ran(session, old_source(session), RunState.RUNNING)
    health = health_of(session)
    assert (health.state, "sedang dirayapi sejak" in health.message) == (HealthState.RUNNING, True)


def test_the_last_run_that_ended_decides_and_names_the_last_good_one(session: Session) -> None:
    source = old_source(session)
    ran(session, source, RunState.FAILED, reason="disk penuh")
    ran(session, source, RunState.RUNNING)
    health = health_of(session)
    assert health.state is HealthState.FAILING
    assert "disk penuh; berhasil terakhir" in health.message
    assert health.mend == "lihat sebabnya: netra sources check a"


def test_an_interrupted_run_is_wrong_only_when_nothing_follows(session: Session) -> None:
    source = make_source(session, slug="a", cadence_minutes=60)
    ran(session, source, RunState.INTERRUPTED)
    assert health_of(session).state is HealthState.HEALTHY
    assert health_of(session, at=now() + timedelta(minutes=90)).state is HealthState.FAILING


def test_a_list_that_fails_again_and_again_is_named(session: Session) -> None:
    source = old_source(session)
    session.add(Feed(source_id=source.id, kind=FeedKind.RSS, url="http://a.test/rss", failures=3))
    session.add(Feed(source_id=source.id, kind=FeedKind.RSS, url="http://a.test/lama", failures=9, is_enabled=False))
    health = health_of(session)
    assert (health.state, "http://a.test/rss gagal 3 kali" in health.message) == (HealthState.FAILING, True)


@pytest.mark.parametrize(("hours", "state"), [(2, HealthState.HEALTHY), (4, HealthState.LATE)])
def test_a_source_is_late_two_cadences_after_it_was_due(session: Session, hours: int, state: HealthState) -> None:
    ran(session, make_source(session, slug="a", cadence_minutes=60), hours_ago=hours)
    assert health_of(session).state is state


@pytest.mark.parametrize("other", [NEVER, now() + timedelta(hours=20)])
def test_a_list_that_waits_does_not_hide_that_another_is_overdue(session: Session, other: datetime) -> None:
    source = make_source(session, slug="a", cadence_minutes=60)
    ran(session, source, hours_ago=9)
    for url, at in (("http://a.test/rss", now() - timedelta(hours=8)), ("http://a.test/arsip", other)):
        session.add(Feed(source_id=source.id, kind=FeedKind.RSS, url=url, next_poll_at=at))
    assert health_of(session).state is HealthState.LATE


def test_a_list_that_is_planned_for_later_makes_nobody_late(session: Session) -> None:
    source = make_source(session, slug="a", cadence_minutes=60)
    ran(session, source, hours_ago=9)
    feed = Feed(source_id=source.id, kind=FeedKind.RSS, url="http://a.test/rss", next_poll_at=now() - timedelta(minutes=5))
    session.add(feed)
    assert health_of(session).state is HealthState.HEALTHY
    feed.next_poll_at = now() - timedelta(hours=3)
    assert "9 jam lalu" in health_of(session).message


def test_a_source_with_little_past_is_held_to_its_file(session: Session) -> None:
    source = old_source(session, expected_min_per_day=3)
    add_day(session, source, 2, stored=1)
    health = health_of(session)
    assert health.state is HealthState.SILENT
    assert "0 konten baru dalam 24 jam, diharapkan 3; sunyi sejak" in health.message
    make_source(session, slug="b", expected_min_per_day=3)
    assert health_of(session, "b").state is HealthState.NEVER_RUN


def test_a_source_with_a_past_is_held_to_it_and_not_to_its_file(session: Session) -> None:
    source = old_source(session, expected_min_per_day=90)
    add_days(session, source, 60)
    assert health_of(session).state is HealthState.SILENT
    add_events(session, source, 58, FetchOutcome.STORED)
    health = health_of(session)
    assert health.state is HealthState.HEALTHY
    assert "biasanya 60; berkas mengharapkan 90" in health.message


def test_a_silence_that_became_its_own_past_lasts_until_an_item_comes(session: Session) -> None:
    source = old_source(session)
    add_days(session, source, 0)
    session.add(SourceAlarm(source_id=source.id, kind=HealthState.SILENT, message="x", opened_at=now() - timedelta(days=90)))
    assert health_of(session).state is HealthState.SILENT
    add_day(session, source, 0, stored=1)
    assert health_of(session).state is HealthState.HEALTHY


def test_a_late_source_is_not_called_silent(session: Session) -> None:
    source = make_source(session, slug="a", created_at=now() - timedelta(days=90), expected_min_per_day=5)
    ran(session, source, hours_ago=30)
    health = health_of(session)
    assert (health.state, HealthState.SILENT in health.unjudged) == (HealthState.LATE, True)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (FetchCause.CAPTCHA, "captcha"),
        (FetchCause.WALL, "dinding"),
        (FetchCause.EMPTY, "halaman kosong"),
        (FetchCause.LANGUAGE, "berbahasa lain"),
    ],
)
def test_a_sudden_soft_block_is_seen_and_one_that_was_always_so_is_not(session: Session, cause: FetchCause, words: str) -> None:
    source = old_source(session)
    add_events(session, source, 6, FetchOutcome.REFUSED, cause)
    add_events(session, source, 14, FetchOutcome.STORED)
    health = health_of(session)
    assert health.state is HealthState.BLOCKED
    assert words in health.message
    assert "6 dari 20 jawaban" in health.message
    add_day(session, source, 5, stored=70, refused=30)
    add_causes(session, source, cause, 30, days_ago=5)
    assert health_of(session).state is HealthState.HEALTHY


@pytest.mark.parametrize("cause", [FetchCause.HTTP_CLIENT, FetchCause.RATE_LIMIT])
def test_a_site_that_refuses_half_of_what_we_ask_blocks_us(session: Session, cause: FetchCause) -> None:
    source = old_source(session)
    add_events(session, source, 8, FetchOutcome.FAILED, cause)
    add_events(session, source, 8, FetchOutcome.STORED)
    assert health_of(session).state is HealthState.BLOCKED
    add_events(session, source, 20, FetchOutcome.UNCHANGED)
    assert health_of(session).state is HealthState.HEALTHY


def test_pages_that_are_all_refused_are_a_block(session: Session) -> None:
    add_events(session, old_source(session), 10, FetchOutcome.REFUSED, FetchCause.NO_ARTICLE)
    assert "semua 10 halaman" in health_of(session).message


def test_a_robots_txt_that_forbids_the_home_page_or_every_list_blocks(session: Session) -> None:
    source = old_source(session, home_url="https://a.test/")
    session.add(Feed(source_id=source.id, kind=FeedKind.RSS, url="https://a.test/rss"))
    file = RobotsFile(source_id=source.id, host="a.test", status=200, forbidden=["https://a.test/lain"])
    session.add(file)
    assert health_of(session).state is HealthState.HEALTHY
    for forbidden in (["https://a.test/"], ["https://a.test/rss"]):
        file.forbidden = forbidden
        assert "robots.txt di a.test melarang kami sejak" in health_of(session).message


def rated(session: Session, source: Source, first: int, last: int, quality: float, **counts: int) -> None:
    add_days(session, source, 10, first=first, last=last, rated=10, articles=10, quality=quality * 10, **counts)


def test_quality_that_fell_is_drift(session: Session) -> None:
    source = old_source(session)
    add_events(session, source, 10, FetchOutcome.STORED)
    rated(session, source, 3, 40, 0.9)
    rated(session, source, 0, 2, 0.85)
    assert health_of(session).state is HealthState.HEALTHY
    other = old_source(session, "b")
    add_events(session, other, 10, FetchOutcome.STORED)
    rated(session, other, 3, 40, 0.9)
    rated(session, other, 0, 2, 0.6)
    health = health_of(session, "b")
    assert health.state is HealthState.DRIFTED
    assert "mutu bacaan 60 dari 100 dalam tiga hari, biasanya 90" in health.message
    assert "netra crawl --replay b --dry-run" in health.mend


def test_dates_that_are_missing_where_they_were_and_readers_that_break_are_drift(session: Session) -> None:
    source = old_source(session)
    add_events(session, source, 10, FetchOutcome.STORED)
    rated(session, source, 3, 40, 0.9)
    rated(session, source, 0, 2, 0.9, undated=8)
    assert "80 % artikel tanpa tanggal" in health_of(session).message
    add_events(session, old_source(session, "b"), 3, FetchOutcome.FAILED, FetchCause.READER)
    assert "pembaca kami gagal pada 3 halaman" in health_of(session, "b").message


def test_far_more_than_ever_is_a_flood(session: Session) -> None:
    source = old_source(session)
    add_days(session, source, 20)
    add_events(session, source, 61, FetchOutcome.STORED)
    assert "61 konten baru dalam 24 jam, terbanyak sebelumnya 20" in health_of(session).message
    young = make_source(session, slug="b", expected_max_per_day=10)
    add_events(session, young, 61, FetchOutcome.STORED)
    assert health_of(session, "b").state is HealthState.HEALTHY


def test_the_worst_stands_first_and_the_rest_beside_it(session: Session) -> None:
    source = old_source(session)
    session.add(Feed(source_id=source.id, kind=FeedKind.RSS, url="http://a.test/rss", failures=3))
    add_events(session, source, 9, FetchOutcome.REFUSED, FetchCause.CAPTCHA)
    assert [finding.state for finding in health_of(session).findings] == [HealthState.BLOCKED, HealthState.FAILING]


def test_events_of_older_days_do_not_count(session: Session) -> None:
    add_events(session, old_source(session), 9, FetchOutcome.REFUSED, FetchCause.CAPTCHA, hours_ago=25)
    assert health_of(session).state is HealthState.HEALTHY

"""How often a feed is polled."""

from datetime import UTC, datetime, timedelta

from crawler.finding.rhythm import FLOOR_MINUTES, minutes_after_failure, minutes_after_nothing, minutes_until_poll
from crawler.items import ListedPage

NOON = datetime(2024, 10, 16, 12, tzinfo=UTC)


def pages(*, every_minutes: float, count: int = 20, newest: datetime = NOON) -> list[ListedPage]:
    return [ListedPage(f"http://a.test/{n}", published_at=newest - timedelta(minutes=every_minutes * n)) for n in range(count)]


def wait(listed: list[ListedPage], *, last: int | None = None, new: int = 1, cadence: int = 60) -> int:
    return minutes_until_poll(listed, new, last_wait=last, cadence=cadence, moment=NOON)


def test_a_feed_is_polled_when_about_two_new_pages_are_there() -> None:
    assert wait(pages(every_minutes=10)) == 19
    assert wait(pages(every_minutes=0.5)) == FLOOR_MINUTES
    assert wait(pages(every_minutes=300)) == 60


def test_a_short_list_is_polled_before_pages_leave_it_unseen() -> None:
    assert wait(pages(every_minutes=4, count=5), cadence=600) <= 8


def test_a_feed_that_fell_asleep_is_polled_less() -> None:
    awake, asleep = pages(every_minutes=10), pages(every_minutes=10, newest=NOON - timedelta(hours=9))
    assert wait(awake, cadence=600) < wait(asleep, cadence=600)


def test_without_dates_the_wait_is_found_by_trial_between_floor_and_cadence() -> None:
    bare = [ListedPage("http://a.test/1")]
    assert wait(bare, last=40) == 28
    assert wait(bare, last=40, new=0) == 60
    assert wait(bare, last=6) == FLOOR_MINUTES
    assert minutes_after_nothing(30, 60) == 45
    assert minutes_after_nothing(None, 60) == 60


def test_a_feed_that_fails_is_left_alone_longer_each_time_up_to_a_day() -> None:
    assert [minutes_after_failure(failures, 60) for failures in (1, 2, 9)] == [120, 240, 1440]
    assert minutes_after_failure(1, 10_080) == 10_080

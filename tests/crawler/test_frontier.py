"""The frontier: new pages wait, done ones come back only for a reason."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler.frontier import MAX_ATTEMPTS, add_listed, close_url, fail_url, fill_from_list, take_waiting
from crawler.items import FetchedArticle, ListedPage
from models import Feed, FeedKind, FrontierState, FrontierUrl, now
from tests.factories import make_source

HOSTS = ["a.test"]
DAY = datetime(2024, 10, 16, tzinfo=UTC)


@pytest.fixture
def feed(session: Session) -> Feed:
    feed = Feed(source_id=make_source(session).id, kind=FeedKind.RSS, url="http://a.test/rss")
    session.add(feed)
    session.flush()
    return feed


def listed(session: Session, feed: Feed, *pages: ListedPage, recheck_hours: float = 24) -> int:
    return add_listed(session, feed.source_id, feed.id, pages, HOSTS, recheck_hours=recheck_hours).new


def waiting(session: Session, feed: Feed, before_id: int | None = None) -> list[str]:
    return [entry.url for entry in take_waiting(session, feed.source_id, before_id=before_id)]


def test_twins_and_strangers_of_one_list_make_one_row(session: Session, feed: Feed) -> None:
    urls = ["http://a.test/1?utm_source=rss", "http://m.a.test/1#x", "http://b.test/2", "javascript:alert(1)"]
    assert listed(session, feed, *(ListedPage(url) for url in urls)) == 1
    assert waiting(session, feed) == ["http://a.test/1"]


def test_a_title_cut_within_a_letter_costs_no_list(session: Session, feed: Feed) -> None:
    assert listed(session, feed, ListedPage("http://a.test/1", title="Rapat \ud83d", author="A\0")) == 1
    assert session.scalars(select(FrontierUrl.hint)).one() == {"title": "Rapat ?", "author": "A"}


def test_the_newest_page_is_fetched_first(session: Session, feed: Feed) -> None:
    old, new = ListedPage("http://a.test/old", changed_at=DAY), ListedPage("http://a.test/new", changed_at=DAY + timedelta(1))
    listed(session, feed, old, new)
    assert waiting(session, feed) == ["http://a.test/new", "http://a.test/old"]


def test_pages_without_dates_keep_the_order_of_their_list(session: Session, feed: Feed) -> None:
    listed(session, feed, ListedPage("http://a.test/first"), ListedPage("http://a.test/second"))
    assert waiting(session, feed) == ["http://a.test/first", "http://a.test/second"]


def test_a_page_that_is_done_waits_again_when_its_list_says_it_changed(session: Session, feed: Feed) -> None:
    listed(session, feed, ListedPage("http://a.test/1", changed_at=DAY))
    close_url(session, take_waiting(session, feed.source_id, before_id=None)[0].id, FrontierState.DONE)
    listed(session, feed, ListedPage("http://a.test/1", changed_at=DAY))
    assert waiting(session, feed) == []
    listed(session, feed, ListedPage("http://a.test/1", changed_at=now() + timedelta(minutes=1)))
    assert waiting(session, feed) == ["http://a.test/1"]


def test_a_list_whose_clock_is_ahead_has_a_page_read_once_for_each_change(session: Session, feed: Feed) -> None:
    def read_again(changed_at: datetime) -> bool:
        listed(session, feed, ListedPage("http://a.test/1", changed_at=changed_at))
        found = take_waiting(session, feed.source_id, before_id=None)
        for entry in found:
            close_url(session, entry.id, FrontierState.DONE)
        return bool(found)

    ahead = now() + timedelta(hours=7)
    moments = [ahead, ahead, ahead + timedelta(minutes=1), ahead + timedelta(minutes=1), ahead]
    assert [read_again(at) for at in moments] == [True, False, True, False, False]


def test_a_page_that_is_still_listed_is_read_again_after_the_recheck_time(session: Session, feed: Feed) -> None:
    listed(session, feed, ListedPage("http://a.test/1"))
    close_url(session, take_waiting(session, feed.source_id, before_id=None)[0].id, FrontierState.DONE)
    session.execute(update(FrontierUrl).values(fetched_at=now() - timedelta(hours=25)))
    session.expire_all()
    listed(session, feed, ListedPage("http://a.test/1"))
    assert waiting(session, feed) == ["http://a.test/1"]


def test_a_page_is_given_up_after_the_last_attempt(session: Session, feed: Feed) -> None:
    listed(session, feed, ListedPage("http://a.test/1"))
    frontier_id = take_waiting(session, feed.source_id, before_id=None)[0].id
    states = [fail_url(session, frontier_id) for _ in range(MAX_ATTEMPTS)]
    assert states == [FrontierState.WAITING, FrontierState.WAITING, FrontierState.FAILED]
    assert session.scalars(select(FrontierUrl.attempts)).all() == [MAX_ATTEMPTS]


def test_one_run_never_takes_the_same_page_twice(session: Session, feed: Feed) -> None:
    listed(session, feed, *(ListedPage(f"http://a.test/{number}") for number in range(3)))
    first = take_waiting(session, feed.source_id, before_id=None, limit=2)
    assert waiting(session, feed, before_id=first[-1].id) == ["http://a.test/2"]


def test_a_page_takes_from_its_list_only_what_it_does_not_say(session: Session, feed: Feed) -> None:
    listed(session, feed, ListedPage("http://a.test/1", "Judul kanal", author="Redaksi", published_at=DAY, published_zone="WITA"))
    hint = session.scalars(select(FrontierUrl.hint)).one()
    silent = fill_from_list(FetchedArticle("http://a.test/1", "", "Isi."), hint)
    assert (silent.title, silent.author, silent.published_at, silent.published_zone) == ("Judul kanal", "Redaksi", DAY, "WITA")
    later = DAY + timedelta(1)
    speaking = FetchedArticle("http://a.test/1", "Judul halaman", "Isi.", author="Tim", published_at=later, published_zone="WIB")
    assert fill_from_list(speaking, hint) == speaking

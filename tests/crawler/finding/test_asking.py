"""Which days of an archive a run asks, and which lists below an index."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.catalogue import FeedFile
from crawler.finding.asking import CATCH_UP_DAYS, NEWEST_CHILDREN, days_to_ask, further_lists
from crawler.finding.listing import Listing, ListLink
from models import FeedKind

TODAY = date(2024, 10, 16)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


@pytest.mark.parametrize(
    ("since", "read_on", "asked"),
    [
        (0, {}, [0]),
        (1, {}, [0, 1]),
        (3, {3: 3}, [0, 1, 2, 3]),
        (3, {3: 2, 1: 0, 0: 0}, [0, 2]),
        (0, {3: 0, 0: 0}, [0, 1, 2]),
        (90, {}, list(range(CATCH_UP_DAYS + 1))),
    ],
)
def test_a_day_is_asked_until_it_was_read_after_its_end(since: int, read_on: dict[int, int], asked: list[int]) -> None:
    known = {ago(day): ago(on) for day, on in read_on.items()}
    assert days_to_ask(TODAY, ago(since), known) == [ago(day) for day in asked]


def children(links: Sequence[ListLink]) -> list[str]:
    feed = FeedFile(kind=FeedKind.SITEMAP, url="http://a.test/sitemap.xml")
    return [link.url for link in further_lists(feed, Listing(more=tuple(links)), depth=0)]


def test_an_index_without_moments_is_read_from_both_ends() -> None:
    links = [ListLink(f"http://a.test/post-sitemap{number}.xml") for number in range(1, 28)]
    asked = children(links)
    assert (len(asked), asked[0], asked[-1]) == (NEWEST_CHILDREN, links[0].url, links[-1].url)
    assert children(links[:5]) == [link.url for link in links[:5]]
    changed = [*links[:-1], ListLink(links[-1].url, datetime(2024, 10, 16, tzinfo=UTC))]
    assert children(changed)[:2] == [links[-1].url, links[0].url]


def test_an_index_without_moments_is_read_by_the_months_that_its_addresses_name() -> None:
    months = [ListLink(f"http://a.test/sitemap-{year}-{month:02}.xml") for year in (2022, 2023, 2024) for month in range(1, 13)]
    asked = children([*months, ListLink("http://a.test/halaman.xml")])
    assert (len(asked), asked[0], asked[-1]) == (
        NEWEST_CHILDREN,
        "http://a.test/sitemap-2024-12.xml",
        "http://a.test/halaman.xml",
    )
    assert "http://a.test/sitemap-2022-01.xml" not in asked


def test_lists_without_a_moment_have_half_of_the_places_beside_those_with_one() -> None:
    moment = datetime(2024, 10, 16, tzinfo=UTC)
    dated = [ListLink(f"http://a.test/arsip{number}.xml", moment - timedelta(number)) for number in range(36)]
    assert children([*dated, ListLink("http://a.test/berita.xml")])[-1] == "http://a.test/berita.xml"
    asked = children([*dated, *(ListLink(f"http://a.test/berita{number}.xml") for number in range(36))])
    assert (len(asked), sum("arsip" in url for url in asked)) == (NEWEST_CHILDREN, NEWEST_CHILDREN // 2)
    assert {"http://a.test/berita0.xml", "http://a.test/berita35.xml"} <= set(asked)

"""Which lists and pages belong to the days of a back-fill."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.finding.listing import ListLink
from crawler.finding.ranges import Days, lists_within, pages_within, span_in
from crawler.items import ListedPage

AUGUST = Days(date(2024, 8, 1), date(2024, 8, 31))
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("url", "span"),
    [
        ("http://a.test/2024/08/01/rapat", (date(2024, 8, 1), date(2024, 8, 1))),
        ("http://a.test/sitemap-20240801.xml", (date(2024, 8, 1), date(2024, 8, 1))),
        ("http://a.test/sitemap-2024-02.xml", (date(2024, 2, 1), date(2024, 2, 29))),
        ("http://a.test/sitemap-2024.xml", (date(2024, 1, 1), date(2024, 12, 31))),
        ("http://a.test/2024/02/31/x", None),
        ("http://a.test/berita/120240801999/x", None),
    ],
)
def test_an_address_may_name_its_days(url: str, span: tuple[date, date] | None) -> None:
    assert span_in(url) == span


def test_lists_of_other_days_are_not_asked() -> None:
    old, unknown = ListLink("http://a.test/a.xml", datetime(2024, 7, 1, tzinfo=UTC)), ListLink("http://a.test/b.xml")
    later, other = ListLink("http://a.test/c.xml", datetime(2024, 12, 1, tzinfo=UTC)), ListLink("http://a.test/2023-08.xml")
    assert lists_within([old, unknown, later, other], AUGUST, JAKARTA) == [unknown, later]


def test_pages_of_other_days_are_left_out_by_the_outlets_own_day() -> None:
    first = ListedPage("http://a.test/1", published_at=datetime(2024, 7, 31, 17, tzinfo=UTC))
    before = ListedPage("http://a.test/2", published_at=datetime(2024, 7, 31, 16, tzinfo=UTC))
    named = ListedPage("http://a.test/2024/09/01/3", changed_at=datetime(2024, 9, 1, tzinfo=UTC))
    corrected = ListedPage("http://a.test/4", changed_at=datetime(2024, 9, 1, tzinfo=UTC))
    assert pages_within([first, before, named, corrected], AUGUST, JAKARTA) == [first, corrected]


def test_a_range_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(ValueError, match="after"):
        Days(date(2024, 8, 2), date(2024, 8, 1))

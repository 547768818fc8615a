"""What bounds a crawl, as its settings say it; and the table of cases in the docs."""

from pathlib import Path

import pytest
from scrapy.http import Response
from scrapy.settings import Settings as ScrapySettings
from scrapy.spidermiddlewares.httperror import HttpError

from crawler import settings
from crawler.errors import NotAnArticle
from crawler.middlewares.reasons import ComeBackLater, RobotsUnreachable
from crawler.spiders.patience import LISTS_SECONDS, MOST_FAILURES, Patience
from models import FetchCause
from tests.crawler.hostile.table import make_table

DOCS = Path(__file__).parents[3] / "docs" / "hostile-web.md"


@pytest.fixture
def ours() -> ScrapySettings:
    made = ScrapySettings()
    made.setmodule(settings)
    return made


def test_nothing_listens_beside_a_crawl(ours: ScrapySettings) -> None:
    assert not ours.getbool("REMOTE_CONTROL_ENABLED")
    assert not ours.getbool("TELNETCONSOLE_ENABLED")


def test_sizes_and_times_are_bounded_and_certificates_verified(ours: ScrapySettings) -> None:
    assert ours.getint("DOWNLOAD_MAXSIZE") == 8 * 1024 * 1024
    assert ours.getfloat("DOWNLOAD_TIMEOUT") == 30
    assert ours.getint("DNS_TIMEOUT") == 20
    assert ours.getint("REDIRECT_MAX_TIMES") == 5
    assert ours.getint("RETRY_TIMES") == 2
    assert ours.getbool("DOWNLOAD_VERIFY_CERTIFICATES")


def test_politeness_is_not_left_to_chance(ours: ScrapySettings) -> None:
    assert ours.getbool("ROBOTSTXT_OBEY")
    assert ours.getfloat("DOWNLOAD_DELAY_JITTER") == 0
    assert not ours.getbool("COOKIES_ENABLED")
    assert not ours.getbool("METAREFRESH_ENABLED")


def test_a_run_stops_after_so_many_failures_in_a_row() -> None:
    said = list[str]()
    patience = Patience(said.append)
    for number in range(2 * MOST_FAILURES - 2):
        patience.failed(RobotsUnreachable("x"))
        if number == MOST_FAILURES - 2:
            patience.answered()
    assert said == []
    for _ in range(3):
        patience.failed(RobotsUnreachable("x"))
    assert len(said) == 1


@pytest.mark.parametrize(("status", "runs_end"), [(403, 1), (503, 1), (429, 1), (404, 0)])
def test_a_ban_ends_a_run_as_an_outage_does(status: int, runs_end: int) -> None:
    said = list[str]()
    patience = Patience(said.append)
    for _ in range(MOST_FAILURES):
        patience.failed(HttpError(Response("http://a.test/", status=status), "x"))
    assert len(said) == runs_end


@pytest.mark.parametrize(("cause", "runs_end"), [(FetchCause.CAPTCHA, 1), (FetchCause.NO_ARTICLE, 0), (FetchCause.WALL, 0)])
def test_robot_checks_with_200_end_a_run_and_pages_without_an_article_do_not(cause: FetchCause, runs_end: int) -> None:
    said = list[str]()
    patience = Patience(said.append)
    for _ in range(MOST_FAILURES):
        patience.failed(NotAnArticle("bukan artikel", cause))
    assert len(said) == runs_end


def test_a_run_stops_at_once_where_a_long_pause_is_asked() -> None:
    said = list[str]()
    Patience(said.append).failed(ComeBackLater("situs minta jeda"))
    assert said == ["situs minta jeda"]


def test_lists_have_their_time_and_no_more() -> None:
    patience = Patience(print)
    assert patience.has_time_for_lists()
    patience.began -= LISTS_SECONDS
    assert not patience.has_time_for_lists()


def test_the_docs_show_every_case() -> None:
    assert make_table() in DOCS.read_text(encoding="utf-8"), "python -m tests.crawler.hostile.table prints what belongs there"

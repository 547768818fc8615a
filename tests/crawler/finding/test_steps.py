"""The steps of back-fills have a bound, which no earlier back-fill uses up, and which is told of."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from crawler.catalogue import parse_source
from crawler.finding import steps
from crawler.finding.ranges import Days
from crawler.runs.listing_run import ListingRun
from models import Feed, FetchCause, FetchEvent, FetchOutcome, ListUrl
from models.database import make_reading_session, make_session
from models.evidence.store import Fetched
from models.settings import Settings

SOURCE = """
name: Satu
kind: berita
home_url: http://a.test
rights: full_text
rights_note: rekaan
cadence_minutes: 60
expected_min_per_day: 0
confidence: A
feeds: [{kind: archive, url: "http://a.test/{yyyy}/{mm}/{dd}", link: a}]
"""


def test_further_lists_are_bounded_by_their_own_days_and_what_is_left_out_is_told(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "MOST_STEPS", 2)
    run = ListingRun(engine, settings, parse_source(SOURCE, "satu"))
    (feed,) = run.start()
    days = [Days(day, day) for day in (date(2024, 10, 15), date(2024, 10, 16))]
    run.begin_history([(feed, [(f"http://a.test/{day.since}", day) for day in days])])
    for step in run.take_steps(0):
        more = [f"{step.url}?hal={number}" for number in range(2, 7)]
        run.list_history(step, [], more, Fetched(step.url, b"<a>", "text/html", 200))
    run.writer.close()
    with make_reading_session(engine)() as session:
        counts = session.scalars(select(func.count()).select_from(ListUrl).group_by(ListUrl.since_on)).all()
        told = session.scalars(select(FetchEvent.reason).where(FetchEvent.outcome == FetchOutcome.BLOCKED)).all()
    assert (counts, [reason.rpartition(": ")[2] for reason in told]) == ([4, 4], ["2 tidak dibaca"] * 2)


OCTOBER = Days(date(2024, 10, 1), date(2024, 10, 31))
INDEX, CHILD = "http://a.test/sitemap.xml", "http://a.test/anak.xml"


def back_fill(run: ListingRun, feed: Feed, *, failing: str = "") -> list[str]:
    """The lists that one back-fill of October asks."""
    run.begin_history([(feed, [(INDEX, OCTOBER)])])
    asked, last = list[str](), 0
    while steps_now := run.take_steps(last):
        for step in steps_now:
            asked.append(step.url)
            last = step.id
            if step.url == failing:
                run.history_failed(step, "HTTP 503", FetchCause.HTTP_SERVER, status=503)
            else:
                run.list_history(step, [], [CHILD] if step.url == INDEX else [], Fetched(step.url, b"<x/>", "text/xml", 200))
    return asked


def test_a_list_below_an_index_that_failed_is_asked_by_the_next_back_fill(settings: Settings, engine: Engine) -> None:
    run = ListingRun(engine, settings, parse_source(SOURCE, "satu"))
    (feed,) = run.start()
    assert [back_fill(run, feed, failing=CHILD) for _ in range(3)] == [[INDEX, CHILD], [CHILD], [CHILD]]
    assert [back_fill(run, feed) for _ in range(2)] == [[CHILD], []]
    run.writer.close()


def test_narrow_back_fills_leave_a_wide_one_its_places(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "MOST_STEPS", 1)
    run = ListingRun(engine, settings, parse_source(SOURCE, "satu"))
    (feed,) = run.start()
    wide = Days(date(2024, 1, 1), date(2024, 12, 31))
    with make_session(engine).begin() as session:
        left_out = [steps.add_steps(session, feed.id, days, [INDEX, CHILD]) for days in (OCTOBER, wide)]
    run.writer.close()
    assert left_out == [0, 0]

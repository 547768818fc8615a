"""The steps of back-fills have a bound, which no earlier back-fill uses up, and which is told of."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from crawler.catalogue import parse_source
from crawler.finding import steps
from crawler.finding.ranges import Days
from crawler.runs.listing_run import ListingRun
from models import FetchEvent, FetchOutcome, ListUrl
from models.database import make_reading_session
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

"""Alarms open once, close when it stayed good, and every change stands in the trail."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import models.health.watching as watching
from models import AuditEvent, FetchOutcome, HealthState, RunState, Source, SourceAlarm, now, verify_chain
from models.database import make_session
from models.health.facts import SourceFacts
from models.health.reading import read_facts
from models.health.watching import judge_sources, settle_alarms, watch_sources
from tests.models.health.days import add_day, add_days, add_events, old_source, ran


def watch(session: Session, monkeypatch: pytest.MonkeyPatch, *, hours: float = 0) -> list[tuple[HealthState, bool]]:
    """One pass so many hours from now."""
    at = now() + timedelta(hours=hours)
    monkeypatch.setattr(watching, "read_facts", lambda session: read_facts(session, moment=at))
    return [(change.alarm.kind, change.is_open) for change in settle_alarms(session, judge_sources(session))]


@pytest.fixture
def failed(session: Session) -> Source:
    source = old_source(session, cadence_minutes=100_000)
    ran(session, source, RunState.FAILED, reason="disk penuh")
    return source


def test_an_alarm_opens_once_and_the_trail_says_so(session: Session, failed: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    assert watch(session, monkeypatch) == [(HealthState.FAILING, True)]
    assert watch(session, monkeypatch) == []
    alarm = session.scalars(select(SourceAlarm)).one()
    assert "disk penuh" in alarm.message
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "sumber.alarm")).one()
    assert (event.subject_id, event.detail["sumber"], event.detail["jenis"]) == (alarm.id, failed.slug, "gagal")


def test_an_alarm_closes_after_three_good_hours(session: Session, failed: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    watch(session, monkeypatch)
    ran(session, failed)
    assert [watch(session, monkeypatch, hours=hours) for hours in (0.1, 2.9)] == [[], []]
    assert watch(session, monkeypatch, hours=3.2) == [(HealthState.FAILING, False)]
    assert watch(session, monkeypatch, hours=3.3) == []
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all() == ["sumber.alarm", "sumber.alarm_reda"]
    assert not verify_chain(session).breaks


def test_a_good_run_after_all_was_well_closes_it_at_once(
    session: Session, failed: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(session, monkeypatch)
    ran(session, failed)
    assert watch(session, monkeypatch) == []
    ran(session, failed, hours_ago=-0.1)
    assert watch(session, monkeypatch, hours=0.2) == [(HealthState.FAILING, False)]


def test_a_source_that_flaps_keeps_one_alarm(session: Session, failed: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = list[tuple[HealthState, bool]]()
    for hour in range(12):
        changes += watch(session, monkeypatch, hours=hour * 2)
        ran(session, failed, RunState.FINISHED if hour % 2 == 0 else RunState.FAILED, hours_ago=1)
    assert changes == [(HealthState.FAILING, True)]


def test_what_cannot_be_judged_now_stays_open(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    source = old_source(session, cadence_minutes=100_000)
    add_days(session, source, 60)
    assert watch(session, monkeypatch) == [(HealthState.SILENT, True)]
    ran(session, source, RunState.FAILED)
    assert watch(session, monkeypatch) == [(HealthState.FAILING, True)]
    add_events(session, source, 60, FetchOutcome.STORED, hours_ago=0)
    add_day(session, source, 0, stored=60)
    ran(session, source, RunState.FAILED)
    assert watch(session, monkeypatch, hours=5) == []
    ran(session, source)
    assert watch(session, monkeypatch, hours=6) == []
    assert sorted(watch(session, monkeypatch, hours=9.1)) == [(HealthState.FAILING, False), (HealthState.SILENT, False)]


def test_a_source_that_is_switched_off_needs_no_alarm(session: Session, failed: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    watch(session, monkeypatch)
    failed.is_enabled = False
    assert watch(session, monkeypatch) == [(HealthState.FAILING, False)]


def test_others_write_while_somebody_looks(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one who looked first finds the alarm that another pass opened meanwhile, and opens no second one."""
    sessions = make_session(engine)
    with sessions.begin() as session:
        ran(session, old_source(session, cadence_minutes=100_000), RunState.FAILED, reason="disk penuh")

    def look(session: Session) -> list[SourceFacts]:
        facts = read_facts(session)
        monkeypatch.setattr(watching, "read_facts", read_facts)
        assert [change.is_open for change in watch_sources(sessions)] == [True]
        return facts

    monkeypatch.setattr(watching, "read_facts", look)
    assert watch_sources(sessions) == []
    with sessions() as session:
        assert len(session.scalars(select(SourceAlarm)).all()) == 1

"""Alarms: opened when something is wrong, closed when it stayed good. One pass is safe to repeat, by anybody, at any time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from models.audit import record_event
from models.crawl import RunState
from models.database import reading_beside
from models.health.facts import SourceFacts
from models.health.findings import Finding
from models.health.judgement import Health, judge
from models.health.reading import read_facts, read_open_alarms
from models.health.states import ALARMING
from models.health.tables import SourceAlarm

ACTOR = "sistem:pengawas-sumber"
HELD_GOOD = timedelta(hours=3)
"""An alarm closes when nothing was wrong for so long, or when a whole run since then went well."""
WATCH_LOCK = 6387204  # Any constant that no other advisory lock of this database uses.


@dataclass(frozen=True)
class AlarmChange:
    """An alarm that was opened or closed in this pass."""

    slug: str
    alarm: SourceAlarm

    @property
    def is_open(self) -> bool:
        return self.alarm.closed_at is None


def watch_sources(sessions: sessionmaker[Session]) -> list[AlarmChange]:
    """Judge every source, open and close alarms, and say which: the long look first, then a short transaction."""
    with reading_beside(sessions)() as session:
        judged = judge_sources(session)
    with sessions.begin() as session:
        return settle_alarms(session, judged)


def judge_sources(session: Session) -> list[tuple[SourceFacts, Health]]:
    """Every source with what is wrong with it; writes nothing."""
    return [(facts, judge(facts)) for facts in read_facts(session)]


def settle_alarms(session: Session, judged: Sequence[tuple[SourceFacts, Health]]) -> list[AlarmChange]:
    """Open and close alarms after a look, against those that are open now: others may have looked meanwhile.

    Where a source is back for a moment only, its alarm stays open: it counts how long all is well first.
    """
    if session.get_bind().dialect.name == "postgresql":  # Two passes at once would both open an alarm.
        session.execute(select(func.pg_advisory_xact_lock(WATCH_LOCK)))
    alarms = read_open_alarms(session)
    changes = list[AlarmChange]()
    for seen, health in judged:
        facts = replace(seen, alarms=alarms[seen.source.id])
        changes += [AlarmChange(facts.source.slug, alarm) for alarm in _open(session, facts, health)]
        changes += [AlarmChange(facts.source.slug, alarm) for alarm in _close(session, facts, health)]
    session.flush()
    for change in changes:
        _record(session, change)
    return changes


def _open(session: Session, facts: SourceFacts, health: Health) -> Iterable[SourceAlarm]:
    """One alarm a kind: the first, and so the worst, finding gives its words."""
    known = {alarm.kind for alarm in facts.alarms}
    for finding in _first_of_each(health.findings):
        if finding.state in ALARMING and finding.state not in known:
            message = f"{finding.message}. {finding.mend}" if finding.mend else finding.message
            alarm = SourceAlarm(source_id=facts.source.id, kind=finding.state, message=message[:2_000], opened_at=facts.at)
            session.add(alarm)
            yield alarm


def _close(session: Session, facts: SourceFacts, health: Health) -> Iterable[SourceAlarm]:
    wrong = {finding.state for finding in health.findings} | health.unjudged
    for alarm in facts.alarms:
        if alarm.kind in wrong:
            alarm.good_since = None
        elif alarm.good_since is None and facts.source.is_enabled:
            alarm.good_since = facts.at
        elif not facts.source.is_enabled or _held_good(facts, alarm):
            alarm.closed_at = facts.at
            yield alarm


def _held_good(facts: SourceFacts, alarm: SourceAlarm) -> bool:
    since, run = alarm.good_since, facts.last_ended
    if since is None:
        return False
    is_good_run = run is not None and run.state is RunState.FINISHED and run.started_at >= since
    return is_good_run or facts.at - since >= HELD_GOOD


def _first_of_each(findings: Sequence[Finding]) -> list[Finding]:
    return list({finding.state: finding for finding in reversed(findings)}.values())


def _record(session: Session, change: AlarmChange) -> None:
    alarm = change.alarm
    detail = {"sumber": change.slug, "jenis": str(alarm.kind), "pesan": alarm.message}
    if change.is_open:
        record_event(session, "sumber.alarm", actor=ACTOR, subject=("source_alarm", alarm.id), detail=detail)
    else:
        record_event(session, "sumber.alarm_reda", actor=ACTOR, subject=("source_alarm", alarm.id), detail=detail)

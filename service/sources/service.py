"""How well each source is read, and who has seen that it is not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import CrawlRun, Feed, FetchCause, HealthState, QuarantinedPage, record_event
from models.health.judgement import judge
from models.health.reading import read_facts
from service.accounts.actor import Actor
from service.errors import AlarmSettled, NotFound
from service.sources import repository
from service.sources.chart import Chart, draw_days
from service.sources.filters import SourceFilter
from service.sources.repository import AlarmRow
from service.sources.rows import SourceRow


@dataclass(frozen=True)
class Board:
    """What fits the filter, and how many of them are in which state."""

    rows: Sequence[SourceRow]
    counts: Mapping[HealthState, int]
    known: int
    """Sources in all."""


@dataclass(frozen=True)
class SourcePage:
    row: SourceRow
    chart: Chart
    causes: Sequence[tuple[FetchCause, int]]
    feeds: Sequence[Feed]
    runs: Sequence[CrawlRun]
    alarms: Sequence[AlarmRow]
    quarantine: Sequence[QuarantinedPage]


def read_board(session: Session, filters: SourceFilter) -> Board:
    rows = [SourceRow(facts, judge(facts)) for facts in read_facts(session)]
    fitting = [row for row in rows if filters.fits(row)]
    counts = Counter(row.health.state for row in fitting)
    shown = [row for row in fitting if filters.state in (None, row.health.state)]
    return Board(filters.sort(shown), {state: counts[state] for state in HealthState if counts[state]}, len(rows))


def read_source(session: Session, slug: str) -> SourcePage:
    found = read_facts(session, slug=slug)
    if not found:
        raise NotFound
    row = SourceRow(found[0], judge(found[0]))
    source_id = row.facts.source.id
    return SourcePage(
        row,
        draw_days(repository.list_days(session, source_id)),
        repository.count_causes(session, source_id),
        repository.list_feeds(session, source_id),
        repository.list_runs(session, source_id),
        repository.list_alarms(session, source_id),
        repository.list_quarantine(session, source_id),
    )


def acknowledge(session: Session, actor: Actor, alarm_id: int) -> str:
    """Say that somebody has seen an alarm; it stays open until all is well. Returns the source's slug."""
    found = repository.get_alarm(session, alarm_id)
    if found is None:
        raise NotFound
    alarm, source = found
    if not repository.acknowledge(session, alarm_id, actor.id):
        raise AlarmSettled
    detail = {"sumber": source.slug, "jenis": str(alarm.kind)}
    record_event(
        session,
        "sumber.alarm_tahu",
        actor=actor.username,
        actor_id=actor.id,
        subject=("source_alarm", alarm_id),
        detail=detail,
    )
    return source.slug

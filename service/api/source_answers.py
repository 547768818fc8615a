"""From the health of sources to what the API says of it."""

from typing import Any

from models import SourceAlarm, SourceDay
from service.api import source_schemas as schemas
from service.sources.repository import AlarmRow
from service.sources.rows import SourceRow
from service.sources.service import Board, SourcePage


def say_board(board: Board) -> schemas.SourceList:
    return schemas.SourceList(sources=[schemas.SourceAnswer(**_fields_of(row)) for row in board.rows], counts=dict(board.counts))


def say_source(page: SourcePage) -> schemas.SourceDetail:
    return schemas.SourceDetail(
        **_fields_of(page.row),
        days=[_say_day(bar.day) for bar in page.chart.bars if bar.day],
        causes_28d=dict(page.causes),
        feeds=[schemas.FeedAnswer.model_validate(feed, from_attributes=True) for feed in page.feeds],
        runs=[schemas.RunAnswer.model_validate(run, from_attributes=True) for run in page.runs],
        history=[_say_alarm(row.alarm, row) for row in page.alarms],
        robots=[schemas.RobotsAnswer.model_validate(file, from_attributes=True) for file in page.row.facts.robots],
        quarantine=[schemas.QuarantineAnswer.model_validate(one, from_attributes=True) for one in page.quarantine],
    )


def _fields_of(row: SourceRow) -> dict[str, Any]:
    facts, health, run = row.facts, row.health, row.facts.last_run
    source = facts.source
    same = ("slug", "name", "kind", "region_code", "expected_min_per_day", "expected_max_per_day")
    return {name: getattr(source, name) for name in same} | {
        "rights": source.rights.value,
        "health": health.state,
        "message": health.message,
        "mend": health.mend,
        "findings": [schemas.FindingAnswer.model_validate(one, from_attributes=True) for one in health.findings],
        "last_run_state": run.state if run else None,
        "last_run_at": run.started_at if run else None,
        "last_stored_at": facts.last_stored_at,
        "counts_24h": dict(facts.outcomes),
        "causes_24h": dict(facts.causes),
        "usual_24h": health.usual,
        "unchanged_share": facts.unchanged_share,
        "alarms": [_say_alarm(alarm) for alarm in row.alarms],
        "quarantined": facts.waiting,
    }


def _say_alarm(alarm: SourceAlarm, row: AlarmRow | None = None) -> schemas.AlarmAnswer:
    names = ("id", "kind", "message", "opened_at", "closed_at", "acknowledged_at")
    person = row.acknowledged_by if row else None
    return schemas.AlarmAnswer(
        **{name: getattr(alarm, name) for name in names}, acknowledged_by=person.username if person else None
    )


def _say_day(day: SourceDay) -> schemas.DayAnswer:
    fields = {name: getattr(day, name) for name in schemas.DayAnswer.model_fields if name != "quality"}
    return schemas.DayAnswer(**fields, quality=day.quality / day.rated if day.rated else None)

"""The funnel as a person may see it, beside one published row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from models import Stage, now
from models.figures.published import PublishedRow, read_published
from models.legal.deadline import local_day
from service.accounts.actor import Actor
from service.followup import repository
from service.followup.chart import Funnel, SeriesChart, draw_funnel, draw_series
from service.followup.repository import AgencyAge, FunnelFilter

DEFAULT_REFERENCE = "2020-09-30_KASN_Pilkada 2020"
DEFAULT_LIMIT = 10
"""Days: what is said of the time that a PPK has (see models/data/clocks.yml, not verified)."""


@dataclass(frozen=True)
class FunnelPage:
    counts: dict[Stage, int]
    ended: int
    ages: list[AgencyAge]
    limit_days: int
    today: date
    funnel: Funnel
    published: Sequence[PublishedRow]
    reference: PublishedRow | None
    series: SeriesChart
    series_rows: Sequence[PublishedRow]


def key_of(row: PublishedRow) -> str:
    return f"{row.as_of.isoformat()}_{row.publisher}_{row.event}"


def read_funnel(session: Session, actor: Actor, filters: FunnelFilter, *, limit_days: int, reference: str) -> FunnelPage:
    today = local_day(now(), filters.region or None)
    counts = repository.count_stages(session, actor, filters)
    published = read_published()
    by_key = {key_of(row): row for row in published}
    chosen = by_key.get(reference) or by_key.get(DEFAULT_REFERENCE)
    rows = [row for row in published if chosen and (row.publisher, row.event) == (chosen.publisher, chosen.event)]
    return FunnelPage(
        counts=counts,
        ended=repository.count_ended(session, actor, filters),
        ages=repository.list_ages(session, actor, filters, today=today, limit_days=limit_days),
        limit_days=limit_days,
        today=today,
        funnel=draw_funnel(counts, chosen),
        published=published,
        reference=chosen,
        series=draw_series(rows),
        series_rows=rows,
    )

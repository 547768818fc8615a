"""Series of flags by day, and the days of them that are spikes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models import AlertKind, Flag, Region
from models.legal.deadline import local_day
from models.reference import province_of
from service.alerts import spikes
from service.alerts.finding import Finding, Part

Series = tuple[str, str]
"""A region and an act; empty is all of them."""


def find_spikes(session: Session, at: datetime, part: Part) -> Iterator[Finding]:
    """Of each province, of each act in each province, and of each act in the nation; once there is a past to hold it against.

    Of agencies: of each region of theirs, and of each act in it.
    """
    first = session.scalar(select(Flag.created_at).order_by(Flag.id).limit(1))
    if first is None or first > at - timedelta(days=spikes.SPAN):
        return
    known = part.homes or set(session.scalars(select(Region.code).where(Region.parent_code.is_(None))))
    for (region, act), counts in _count_days(session, at, part).items():
        today, past = counts[0], counts[1:]
        if not spikes.is_spike(today, past):
            continue
        region_code = region if region in known else None
        key = part.key(f"lonjakan:{region or '-'}:{act or '-'}:{local_day(at, region_code).isoformat()}")
        detail = {"count": today, "usual": round(spikes.usual(past), 2), "act": act}
        yield Finding(AlertKind.SPIKE, key, region_code, is_of_agency=part.is_of_agency, detail=detail)


def _count_days(session: Session, at: datetime, part: Part) -> dict[Series, list[int]]:
    """Flags of each series in the last 24 hours and in the 28 such spans before, in one look at the table."""
    spans = range(spikes.SPAN + 1)
    span = case(*[(Flag.created_at > at - timedelta(days=number + 1), number) for number in spans])
    recent = select(Flag.region_code, Flag.act, span, func.count())
    recent = recent.where(Flag.created_at > at - timedelta(days=len(spans)), Flag.created_at <= at, *part.conditions)
    series = dict[Series, list[int]]()
    for region_code, act, number, count in session.execute(recent.group_by(Flag.region_code, Flag.act, span)):
        for key in _series_of(region_code or "", act or "", part):
            series.setdefault(key, [0] * len(spans))[number] += count
    return series


def _series_of(region_code: str, act: str, part: Part) -> set[Series]:
    if part.is_of_agency:
        return {(region_code, ""), (region_code, act)}
    province = province_of(region_code) if region_code else ""
    return {(province, ""), (province, act), ("", act)} - {("", "")}

"""What the first thousand flags of a filter are made of: one bounded reading gives every count beside the list."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Flag, Source, now
from models.legal.deadline import local_day
from service.accounts.actor import Actor
from service.review.conditions import narrowed, on_shelf
from service.review.counting import COUNTED_TO
from service.review.filters import DaysLeft, QueueFilter
from service.review.repository import visible
from service.review.walking import find_places, read_marks

FIELDS = ("act", "office", "kind", "phase", "source", "reason", "days")
MOST_VALUES = 12


@dataclass(frozen=True)
class Facets:
    """Field of the filter → its values with their counts, the most frequent first."""

    counts: dict[str, list[tuple[str, int]]]
    seen: int
    is_whole: bool
    """Whether these are all flags of the filter, and not only its first thousand."""


def read_facets(session: Session, actor: Actor, filters: QueueFilter) -> Facets:
    flag_ids = _first(session, actor, filters)
    query = (
        select(Flag.act, Flag.office, Flag.kind, Flag.phase, Source.slug, Flag.reason, Flag.due_on, Flag.region_code)
        .outerjoin(Source, Source.id == Flag.source_id)
        .where(Flag.id.in_(flag_ids[:COUNTED_TO]))
    )
    found = {field: Counter[str]() for field in FIELDS}
    for *values, due_on, region_code in session.execute(query):
        days = _days_of((due_on - local_day(now(), region_code)).days)
        for field, value in zip(FIELDS, [*values, days], strict=True):
            if value:
                found[field][str(value)] += 1
    counts = {field: counter.most_common(MOST_VALUES) for field, counter in found.items() if len(counter) > 1}
    return Facets(counts, min(len(flag_ids), COUNTED_TO), len(flag_ids) <= COUNTED_TO)


def _first(session: Session, actor: Actor, filters: QueueFilter) -> list[int]:
    if not filters.search:
        return [own.flag_id for own in find_places(session, actor, filters, None, read_marks(session), COUNTED_TO + 1)]
    # Of what a search finds, any thousand will do: to sort a common word's flags takes too long.
    conditions = [on_shelf(filters.shelf, actor.id), visible(actor), *narrowed(session, filters, in_order=False)]
    return list(session.scalars(select(Flag.id).where(*conditions).limit(COUNTED_TO + 1)))


def _days_of(days_left: int) -> str:
    for days in DaysLeft:
        first, last = days.bounds
        if (first is None or days_left >= first) and (last is None or days_left <= last):
            return days.value
    return ""

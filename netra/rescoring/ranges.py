"""Which texts of the database are meant, and the ranges of ids by which they are taken."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from models import Item, ItemKind, ItemVersion, Prediction, Source
from netra.rescoring.errors import RescoringError

WIDTH = 2000
"""Ids of a range: some seconds of work, which is what a kill costs, and few enough rows for one transaction."""
PIECES = 16
JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True)
class IdRange:
    """Versions of items whose ids are from `first` to `last`, both included, as far as they exist and are meant."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def cut(self) -> "list[IdRange]":
        """Into at most 16 pieces."""
        return list(_cut(self.first, self.last, max(1, -(-self.size // PIECES))))

    def __str__(self) -> str:
        return f"versions {self.first} to {self.last}"


@dataclass(frozen=True)
class Choice:
    """Which current texts; none of the three narrows anything where it is empty. Days are those of Jakarta."""

    since: date | None = None
    until: date | None = None
    """The last day."""
    source_ids: tuple[int, ...] = ()


def find_sources(session: Session, slugs: Sequence[str]) -> tuple[int, ...]:
    """Ids of sources by their names; every name must be known."""
    query = select(Source.slug, Source.id).where(Source.slug.in_(slugs))
    found = {row.slug: row.id for row in session.execute(query)}
    if missing := [slug for slug in slugs if slug not in found]:
        raise RescoringError(f"no text came from {', '.join(missing)}; see the names: netra sources list")
    return tuple(found[slug] for slug in slugs)


def cut_ranges(session: Session) -> Iterator[IdRange]:
    """All ids there are, in ranges that begin at the same places on every run. Ids with gaps make ranges of few rows."""
    lowest, highest = session.execute(select(func.min(ItemVersion.id), func.max(ItemVersion.id))).one()
    return _cut((lowest - 1) // WIDTH * WIDTH + 1, highest, WIDTH) if highest else iter(())


def count_ids(ranges: Sequence[IdRange]) -> int:
    return sum(own.size for own in ranges)


def select_waiting(
    artifact_id: int, choice: Choice, ids: IdRange, *, with_scored: bool = False, aside: Collection[int] = ()
) -> Select[ItemVersion, ItemKind, bool]:
    """Current texts in a range that the artifact has not scored, as version, kind, and whether there is a prediction.

    With `with_scored`, also those that have a prediction and never went the usual way to a flag. What scoring put aside,
    `aside` among it, and what was erased is no text to score.
    """
    passed = [version_id for version_id in aside if ids.first <= version_id <= ids.last]
    is_predicted = exists().where(Prediction.item_version_id == ItemVersion.id, Prediction.artifact_id == artifact_id)
    query = (
        select(ItemVersion, Item.kind, is_predicted.label("is_predicted"))
        .join(Item, and_(Item.id == ItemVersion.item_id, Item.current_version_id == ItemVersion.id))
        .where(ItemVersion.id.between(ids.first, ids.last), ItemVersion.erased_at.is_(None))
        .where(ItemVersion.scored_by_id.is_distinct_from(artifact_id), ItemVersion.id.not_in(passed), *_narrow(choice))
    )
    return query if with_scored else query.where(~is_predicted)


def _narrow(choice: Choice) -> Iterator[ColumnElement[bool]]:
    published = func.coalesce(ItemVersion.published_at, Item.first_seen_at)
    if choice.since:
        yield published >= _begin(choice.since)
    if choice.until:
        yield published < _begin(choice.until + timedelta(days=1))
    if choice.source_ids:
        yield Item.source_id.in_(choice.source_ids)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), JAKARTA)


def _cut(first: int, last: int, width: int) -> Iterator[IdRange]:
    for start in range(first, last + 1, width):
        yield IdRange(start, min(start + width - 1, last))

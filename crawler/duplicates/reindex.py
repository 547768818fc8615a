"""Stored texts that were never compared, or that are to be compared anew, a batch at a time."""

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from crawler.duplicates.clusters import assign_cluster
from crawler.storing.conflicts import hold_store
from models import Item, ItemSketch, ItemVersion

BATCH = 200


def count_waiting(session: Session, *, every: bool) -> int:
    return session.scalar(select(func.count(Item.id)).where(_is_waiting(every))) or 0


def reindex_batch(session: Session, last_id: int, *, every: bool) -> tuple[int, int]:
    """Compare the next texts behind `last_id`, the oldest first; returns the last one and how many they were."""
    hold_store(session)
    query = (
        select(Item, ItemVersion.text)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.id > last_id, _is_waiting(every))
        .order_by(Item.id)
        .limit(BATCH)
    )
    rows = session.execute(query).all()
    for item, text in rows:
        assign_cluster(session, item, text)
    return (rows[-1][0].id if rows else last_id), len(rows)


def _is_waiting(every: bool) -> ColumnElement[bool]:
    has_sketch = select(ItemSketch.item_id).where(ItemSketch.item_id == Item.id).exists()
    return true() if every else ~has_sketch

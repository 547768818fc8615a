"""Stored texts that share rare words with a new one: two statements an item on either engine.

A key that few items hold says much, one that many hold says nothing: a candidate's weight is the sum of one part a
holder over the keys it shares. No key takes more than HOLDERS items, the earliest, so a text that is posted a hundred
thousand times costs no more than one that is posted twenty times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from crawler.duplicates.sketches import KEYS, Sketch, Values

HOLDERS = 16
"""So many items stand under one key at most."""
MOST_CANDIDATES = 8
LEAST_WEIGHT = 0.4
LEAST_SHARE = 0.4
"""Or so large a part of its keys: then the text itself is what so many items hold."""

# CROSS JOIN keeps SQLite from walking through all keys; PostgreSQL plans as it likes. The item's own row comes along.
LOOK_UP = """
WITH hits AS (
  SELECT k.value, k.item_id FROM {asked} CROSS JOIN sketch_keys k WHERE k.value = asked.value AND k.item_id <> :item_id
), weights AS (
  SELECT value, CAST(1 AS double precision) / count(*) AS weight FROM hits GROUP BY value
), nearest AS (
  SELECT h.item_id FROM hits h JOIN weights w ON w.value = h.value GROUP BY h.item_id
  HAVING sum(w.weight) >= :least OR count(*) >= :many ORDER BY sum(w.weight) DESC, h.item_id LIMIT :most
), named AS (
  SELECT item_id FROM nearest UNION ALL SELECT CAST(:item_id AS bigint)
)
SELECT s.item_id, s.hashes, s.text_hash, s.word_count, m.cluster_id, c.first_item_id, c.decided_by
FROM named n JOIN item_sketches s ON s.item_id = n.item_id
LEFT JOIN cluster_members m ON m.item_id = n.item_id LEFT JOIN clusters c ON c.id = m.cluster_id
"""
LOAD = text(
    "SELECT s.item_id, s.hashes, s.text_hash, s.word_count, m.cluster_id, c.first_item_id, c.decided_by FROM item_sketches s "
    "LEFT JOIN cluster_members m ON m.item_id = s.item_id LEFT JOIN clusters c ON c.id = m.cluster_id WHERE s.item_id = :item_id"
)
KEEP_SKETCH = """
INSERT INTO item_sketches (item_id, hashes, text_hash, word_count) VALUES (:item_id, :hashes, :text_hash, :word_count)
ON CONFLICT (item_id) DO UPDATE
SET hashes = excluded.hashes, text_hash = excluded.text_hash, word_count = excluded.word_count
"""
KEEP_KEYS = """
INSERT INTO sketch_keys (value, item_id) SELECT asked.value, CAST(:item_id AS bigint) FROM {asked}
WHERE (SELECT count(*) FROM sketch_keys k WHERE k.value = asked.value) < :holders ON CONFLICT DO NOTHING
"""
FORGET_KEY = text("DELETE FROM sketch_keys WHERE value BETWEEN :low AND :high AND item_id = :item_id")
FORGET_SKETCH = text("DELETE FROM item_sketches WHERE item_id = :item_id")

ASKED = {
    "sqlite": "(SELECT value FROM json_each(:asked)) AS asked",
    "postgresql": "unnest(CAST(:asked AS bigint[])) AS asked(value)",
}
LOOK_UPS = {engine: text(LOOK_UP.format(asked=asked)) for engine, asked in ASKED.items()}
KEEPS: Mapping[str, tuple[TextClause, ...]] = {
    "sqlite": (text(KEEP_SKETCH), text(KEEP_KEYS.format(asked=ASKED["sqlite"]))),
    "postgresql": (text(f"WITH kept AS ({KEEP_SKETCH}) {KEEP_KEYS.format(asked=ASKED['postgresql'])}"),),
}


@dataclass(frozen=True)
class Stored:
    """A text that was stored before, by its sketch, and where it stands."""

    item_id: int
    values: Values
    text_hash: int
    word_count: int
    cluster_id: int | None
    first_item_id: int | None
    decided_by: str | None


def look_up(session: Session, item_id: int, sketch: Sketch) -> tuple[Stored | None, list[Stored]]:
    """The item itself as it was stored before, if it was, and the texts that may be near it."""
    engine = session.get_bind().dialect.name
    values = {
        "item_id": item_id,
        "asked": _as_array(engine, sketch.asked),
        "least": LEAST_WEIGHT,
        "many": LEAST_SHARE * len(sketch.keys),
        "most": MOST_CANDIDATES,
    }
    found = [_read(row) for row in session.connection().execute(LOOK_UPS[engine], values)]
    own = next((stored for stored in found if stored.item_id == item_id), None)
    return own, [stored for stored in found if stored.item_id != item_id]


def load(session: Session, item_id: int) -> Stored | None:
    """One item; None where it has no sketch."""
    row = session.connection().execute(LOAD, {"item_id": item_id}).first()
    return _read(row) if row else None


def keep(session: Session, item_id: int, sketch: Sketch, before: Stored | None) -> None:
    """Store the sketch and the keys that are not full, in place of those of its text before."""
    engine = session.get_bind().dialect.name
    if before is not None:
        _forget_keys(session, before)
    values = {
        "item_id": item_id,
        "hashes": sketch.values.astype("<u4").tobytes(),
        "text_hash": sketch.text_hash,
        "word_count": sketch.word_count,
        "asked": _as_array(engine, sketch.keys),
        "holders": HOLDERS,
    }
    for statement in KEEPS[engine]:
        session.connection().execute(statement, values)


def forget(session: Session, before: Stored) -> None:
    """Take away the sketch of a text that can no longer be compared."""
    _forget_keys(session, before)
    session.connection().execute(FORGET_SKETCH, {"item_id": before.item_id})


def _forget_keys(session: Session, before: Stored) -> None:
    """The sketch keeps the upper bits of each key, so each key is the one of this item in a narrow range."""
    lows = [int(value) << 16 for value in before.values[: KEYS[1]]]
    rows = [{"low": low, "high": low + 0xFFFF, "item_id": before.item_id} for low in lows]
    session.connection().execute(FORGET_KEY, rows)


def _as_array(engine: str, values: list[int]) -> Any:
    return values if engine == "postgresql" else str(values)


def _read(row: Any) -> Stored:
    return Stored(row[0], np.frombuffer(row[1], "<u4"), *row[2:])

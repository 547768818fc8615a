"""Stored texts that share rare words with new ones: the same few statements for one text and for a batch of them.

A key that few items hold says much, one that many hold says nothing: a candidate's weight is the sum of one part a
holder over the keys it shares. No key takes more than HOLDERS items, the earliest, so a text that is posted a hundred
thousand times costs no more than one that is posted twenty times.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from crawler.duplicates.sketches import KEYS, Sketch, Values

HOLDERS = 16
"""So many items stand under one key at most."""
MOST_CANDIDATES = 8
LEAST_WEIGHT = 0.4
LEAST_SHARE = 0.4
"""Or so large a part of its keys: then the text itself is what so many items hold."""

STORED = """
SELECT s.item_id, s.hashes, s.text_hash, s.word_count, m.cluster_id, c.first_item_id, c.decided_by
FROM {ids} CROSS JOIN item_sketches s LEFT JOIN cluster_members m ON m.item_id = s.item_id
LEFT JOIN clusters c ON c.id = m.cluster_id WHERE s.item_id = ids.value
"""
HELD = "SELECT k.value, k.item_id FROM {ids} CROSS JOIN sketch_keys k WHERE k.value = ids.value"
KEEP_SKETCHES = """
INSERT INTO item_sketches (item_id, hashes, text_hash, word_count) {rows} ON CONFLICT (item_id) DO UPDATE
SET hashes = excluded.hashes, text_hash = excluded.text_hash, word_count = excluded.word_count
"""
KEEP_KEYS = "INSERT INTO sketch_keys (value, item_id) {rows} ON CONFLICT DO NOTHING"
FORGET_KEY = text("DELETE FROM sketch_keys WHERE value BETWEEN :low AND :high AND item_id = :item_id")
FORGET_SKETCH = text("DELETE FROM item_sketches WHERE item_id = :item_id")

# CROSS JOIN keeps SQLite from walking through whole tables; PostgreSQL plans as it likes, and takes rows as columns.
IDS = {
    "sqlite": "(SELECT value FROM json_each(:ids)) AS ids",
    "postgresql": "unnest(CAST(:ids AS bigint[])) AS ids(value)",
}
LOAD = {engine: text(STORED.format(ids=ids)) for engine, ids in IDS.items()}
FIND_HOLDERS = {engine: text(HELD.format(ids=ids)) for engine, ids in IDS.items()}
KEEP_ROWS = (
    text(KEEP_SKETCHES.format(rows="VALUES (:item_id, :hashes, :text_hash, :word_count)")),
    text(KEEP_KEYS.format(rows="VALUES (:value, :item_id)")),
)
SKETCH_COLUMNS = (
    "SELECT * FROM unnest(CAST(:item_id AS bigint[]), CAST(:hashes AS bytea[]), CAST(:text_hash AS bigint[]), "
    "CAST(:word_count AS integer[]))"
)
KEY_COLUMNS = "SELECT * FROM unnest(CAST(:value AS bigint[]), CAST(:holder AS bigint[]))"
KEEP_COLUMNS = text(f"WITH kept AS ({KEEP_SKETCHES.format(rows=SKETCH_COLUMNS)}) {KEEP_KEYS.format(rows=KEY_COLUMNS)}")
ROW = ("item_id", "hashes", "text_hash", "word_count")
Holders = dict[int, list[int]]
"""The items that stand under a key."""


@dataclass(frozen=True)
class Stored:
    """A text that was stored before, by its sketch, and where it stands."""

    item_id: int
    values: Values
    text_hash: int
    word_count: int
    cluster_id: int | None = None
    first_item_id: int | None = None
    decided_by: str | None = None


def take_in(session: Session, sketches: Mapping[int, Sketch]) -> dict[int, list[Stored]]:
    """Keep the sketches of items, and tell for each which texts may be near: those stored before, and those before it here.

    The caller holds the store lock, and has forgotten the keys that an item had for another text.
    """
    if not sketches:
        return {}
    holders = _find_holders(session, sketches.values())
    near, keys = dict[int, list[int]](), list[tuple[int, int]]()
    for item_id, sketch in sketches.items():
        near[item_id] = _find_nearest(holders, sketch)
        keys += [(key, item_id) for key in _take_places(holders, item_id, sketch.keys)]
    _write(session, sketches, keys)
    known = load_all(session, {other for ids in near.values() for other in ids} - sketches.keys())
    known |= {
        item_id: Stored(item_id, sketch.values, sketch.text_hash, sketch.word_count) for item_id, sketch in sketches.items()
    }
    return {item_id: [known[other] for other in ids if other in known] for item_id, ids in near.items()}


def load(session: Session, item_id: int) -> Stored | None:
    """One item; None where it has no sketch."""
    return load_all(session, [item_id]).get(item_id)


def load_all(session: Session, item_ids: Iterable[int]) -> dict[int, Stored]:
    """Items that have a sketch, by their ids."""
    if not (ids := list(item_ids)):
        return {}
    rows = session.connection().execute(LOAD[_engine_of(session)], {"ids": _as_array(session, ids)})
    return {row[0]: Stored(row[0], np.frombuffer(row[1], "<u4"), *row[2:]) for row in rows}


def forget_keys(session: Session, before: Stored) -> None:
    """The sketch keeps the upper bits of each key, so each key is the one of this item in a narrow range."""
    lows = [int(value) << 16 for value in before.values[: KEYS[1]]]
    rows = [{"low": low, "high": low + 0xFFFF, "item_id": before.item_id} for low in lows]
    session.connection().execute(FORGET_KEY, rows)


def forget(session: Session, before: Stored) -> None:
    """Take away the sketch of a text that can no longer be compared."""
    forget_keys(session, before)
    session.connection().execute(FORGET_SKETCH, {"item_id": before.item_id})


def _find_holders(session: Session, sketches: Iterable[Sketch]) -> Holders:
    asked = {key for sketch in sketches for key in sketch.asked}
    holders: Holders = defaultdict(list)
    for key, item_id in session.connection().execute(FIND_HOLDERS[_engine_of(session)], {"ids": _as_array(session, list(asked))}):
        holders[key].append(item_id)
    return holders


def _find_nearest(holders: Holders, sketch: Sketch) -> list[int]:
    """The items of the greatest weight, the older of equals first."""
    weights, shared = defaultdict[int, float](float), defaultdict[int, int](int)
    for key in sketch.asked:
        items = holders.get(key, ())
        for item_id in items:
            weights[item_id] += 1 / len(items)
            shared[item_id] += 1
    many = LEAST_SHARE * len(sketch.keys)
    near = [item_id for item_id, weight in weights.items() if weight >= LEAST_WEIGHT or shared[item_id] >= many]
    return sorted(near, key=lambda item_id: (-weights[item_id], item_id))[:MOST_CANDIDATES]


def _take_places(holders: Holders, item_id: int, keys: Sequence[int]) -> list[int]:
    """Put an item under its keys; returns those that were not full."""
    free = [key for key in keys if len(holders[key]) < HOLDERS]
    for key in free:
        holders[key].append(item_id)
    return free


def _row(item_id: int, sketch: Sketch) -> dict[str, Any]:
    values = (item_id, sketch.values.astype("<u4").tobytes(), sketch.text_hash, sketch.word_count)
    return dict(zip(ROW, values, strict=True))


def _write(session: Session, sketches: Mapping[int, Sketch], keys: Sequence[tuple[int, int]]) -> None:
    rows = [_row(item_id, sketch) for item_id, sketch in sketches.items()]
    if _engine_of(session) == "postgresql":
        columns = {name: [row[name] for row in rows] for name in ROW}
        columns |= {"value": [value for value, _ in keys], "holder": [item_id for _, item_id in keys]}
        session.connection().execute(KEEP_COLUMNS, columns)
        return
    for statement, values in zip(KEEP_ROWS, (rows, [{"value": key, "item_id": item_id} for key, item_id in keys]), strict=True):
        if values:
            session.connection().execute(statement, values)


def _engine_of(session: Session) -> str:
    return session.get_bind().dialect.name


def _as_array(session: Session, values: list[int]) -> Any:
    return values if _engine_of(session) == "postgresql" else str(values)

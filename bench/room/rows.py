"""Made-up rows of every table that a page of the queue reads: the same ids, asked for in order, give the same rows."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from models import FlagReason, FlagState, ItemKind, now
from models.queue.offices import read_offices
from models.queue.priority import Standing, Weights, novelty_factor, place_of, reach_factor, severity_factor

SOURCES = 150
PHASES = ("kampanye", "masa_tenang", "pemungutan", "pendaftaran", "penetapan_calon")
SEVERITIES = ("berat", "moral", "sedang", "ptdh", "tidak_ada")
COMMON, HALF, RARE = "netralitas", "camat", "langka"
WORDS = tuple(f"kata{number}" for number in range(20_000))
WORDS_OF_A_TEXT = 40
EMPTY_TEXTS = ("author", "author_name", "author_bio", "published_zone", "method")

Value = str | int | float | None


class Part(NamedTuple):
    """Rows for one table, in the form that both engines read: moments and JSON as texts."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Value, ...]]


class Maker:
    """Draws the rows of ever further ids."""

    def __init__(self, regions: list[str], acts: list[str]) -> None:
        self._random = random.Random(7)
        self._regions, self._acts, self._offices = regions, acts, list(read_offices())
        self._now, self._today = now(), datetime.now(UTC).date()

    def make(self, ids: range) -> Iterator[Part]:
        words = {flag_id: self._words(flag_id) for flag_id in ids}
        regions = {flag_id: self._random.choice(self._regions) for flag_id in ids}
        sources = {flag_id: self._random.randrange(SOURCES) + 1 if flag_id % 1000 else 1 for flag_id in ids}
        yield self._items(ids, regions, sources)
        yield self._versions(ids, words)
        flags = self._flags(ids, regions, sources)
        yield _predictions(flags)
        yield flags
        yield Part(
            "flag_words", ("flag_id", "words"), [(flag_id, " ".join(dict.fromkeys(own))) for flag_id, own in words.items()]
        )

    def _words(self, flag_id: int) -> list[str]:
        own = self._random.choices(WORDS, k=WORDS_OF_A_TEXT) + [COMMON] * (flag_id % 10 < 3) + [HALF] * (flag_id % 2)
        return own + [RARE] * (flag_id % 50_000 == 7)

    def _seen(self, flag_id: int) -> str:
        return str((self._now - timedelta(minutes=flag_id % 20_000)).replace(tzinfo=None))

    def _items(self, ids: range, regions: dict[int, str], sources: dict[int, int]) -> Part:
        columns = ("id", "source_id", "kind", "item_key", "url", "region_code", "region_evidence")
        columns += ("first_seen_at", "last_seen_at", "current_version_id")
        rows: list[tuple[Value, ...]] = []
        for own in ids:
            seen = self._seen(own)
            address = f"https://contoh.test/{own}"
            rows.append((own, sources[own], ItemKind.NEWS.value, f"{own:064d}", address, regions[own], "", seen, seen, own))
        return Part("items", columns, rows)

    def _versions(self, ids: range, words: dict[int, list[str]]) -> Part:
        columns = ("id", "item_id", "number", "title", "text", "text_sha256", "language", "fields", "created_at", *EMPTY_TEXTS)
        at, blank = str(self._now.replace(tzinfo=None)), ("",) * len(EMPTY_TEXTS)
        rows: list[tuple[Value, ...]] = [
            (own, own, 1, " ".join(words[own][:8]), " ".join(words[own]), f"{own:064d}", "id", "{}", at, *blank) for own in ids
        ]
        return Part("item_versions", columns, rows)

    def _flags(self, ids: range, regions: dict[int, str], sources: dict[int, int]) -> Part:
        columns = ("id", "item_id", "item_version_id", "prediction_id", "reason", "state", "region_code", "source_id", "kind")
        columns += ("discovered_at", "created_at", "due_on", "act", "office", "phase", "severity", "score", "novelty", "priority")
        rows: list[tuple[Value, ...]] = []
        for own in ids:
            reason = FlagReason.MODEL if own % 5_000 else FlagReason.TIP
            state = FlagState.OPEN if own % 200 else FlagState.SECOND
            about = (own, own, own, own, reason.value, state.value, regions[own], sources[own], ItemKind.NEWS.value)
            rows.append((*about, self._seen(own), self._seen(own), *self._standing(own)))
        return Part("flags", columns, rows)

    def _standing(self, flag_id: int) -> tuple[Value, ...]:
        """Last day, what was found, and the place that follows from it."""
        pick, days_left = self._random, flag_id % 11 - 3
        due_on = self._today + timedelta(days=days_left)
        score, severity, novelty = 0.5 + pick.random() / 2, pick.choice(SEVERITIES), novelty_factor(pick.randrange(5))
        standing = Standing(score, severity_factor(severity), reach_factor(1), novelty)
        place = place_of(standing, Weights(), due_on, is_expired=days_left < 0)
        found = (pick.choice(self._acts), pick.choice(self._offices), pick.choice(PHASES))
        return (due_on.isoformat(), *found, severity, score, novelty, place)


def _predictions(flags: Part) -> Part:
    columns = ("id", "item_version_id", "artifact_id", "probability", "label", "act", "evidence", "created_at")
    at = {name: place for place, name in enumerate(flags.columns)}
    rows: list[tuple[Value, ...]] = [
        (row[0], row[0], 1, row[at["score"]], row[at["act"]], row[at["act"]], "[]", row[at["created_at"]]) for row in flags.rows
    ]
    return Part("predictions", columns, rows)

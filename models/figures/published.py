"""Statistics that institutions published: the same event has several totals, so each row says who, when and of whom."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

PUBLISHED = Path(__file__).parent.parent / "data" / "published_statistics.csv"


@dataclass(frozen=True)
class PublishedRow:
    as_of: date
    event: str
    publisher: str
    population: str
    reported: int | None
    recommended: int | None
    followed_up: int | None
    url: str
    note: str

    @property
    def followed_up_share(self) -> float | None:
        """Of what was recommended."""
        return self.followed_up / self.recommended if self.followed_up is not None and self.recommended else None

    @property
    def recommended_share(self) -> float | None:
        """Of what was reported."""
        return self.recommended / self.reported if self.recommended is not None and self.reported else None


@cache
def read_published() -> tuple[PublishedRow, ...]:
    """All rows, the oldest first."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = [_read(row) for row in csv.DictReader(file)]
    return tuple(sorted(rows, key=lambda row: (row.as_of, row.event, row.publisher)))


def _read(row: dict[str, str]) -> PublishedRow:
    reported, recommended, followed_up = (_count(row[name]) for name in ("reported", "recommended", "followed_up"))
    return PublishedRow(
        date.fromisoformat(row["as_of"]),
        row["event"],
        row["publisher"],
        row["population"],
        reported,
        recommended,
        followed_up,
        row["url"],
        row["note"],
    )


def _count(text: str) -> int | None:
    return int(text) if text else None

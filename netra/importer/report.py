"""What became of the rows of an import."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from netra.importer.options import ImportRow, Origin

KEPT_REFUSALS = 1_000
"""Refused rows that are kept to be shown; all of them are counted, and go into the file of errors."""


@dataclass
class ImportReport:
    """Counts by outcome, in all and by file."""

    refused: list[ImportRow] = field(default_factory=list[ImportRow])
    skipped: Counter[str] = field(default_factory=Counter[str])
    platforms: Counter[str] = field(default_factory=Counter[str])
    on_refusal: Callable[[ImportRow], None] = lambda row: None
    _counts: Counter[str] = field(default_factory=Counter[str])
    _by_file: dict[Origin, Counter[str]] = field(default_factory=lambda: defaultdict(Counter[str]))

    @property
    def stored(self) -> int:
        return self._counts["disimpan"]

    @property
    def changed(self) -> int:
        return self._counts["berubah"]

    @property
    def already_there(self) -> int:
        return self._counts["sudah ada"]

    @property
    def refused_count(self) -> int:
        return self._counts["ditolak"]

    @property
    def rows(self) -> int:
        return self._counts.total()

    def count(self, row: ImportRow, outcome: str) -> None:
        self._counts[outcome] += 1
        if row.platform:
            self.platforms[row.platform] += 1
        if row.origin is not None:
            self._by_file[row.origin][outcome] += 1

    def count_unstored(self, row: ImportRow) -> None:
        """A row that its reader refused or left out."""
        if row.skipped:
            self.skipped[row.skipped] += 1
            self.count(row, "dilewati")
        else:
            self.refuse(row, row.refusal)

    def refuse(self, row: ImportRow, reason: str) -> None:
        refused = replace(row, refusal=reason, article=None, fetched=None)
        self.count(refused, "ditolak")
        self.on_refusal(refused)
        if len(self.refused) < KEPT_REFUSALS:
            self.refused.append(replace(refused, values={}, raw=""))

    def counts(self) -> dict[str, Any]:
        return dict(self._counts)

    def since(self, before: dict[str, int]) -> Counter[str]:
        return self._counts - Counter(before)

    def files(self, most: int) -> list[dict[str, Any]]:
        """Name, hash and counts of the first files."""
        named = list(self._by_file.items())[:most]
        return [{"nama": origin.name, "sha256": origin.sha256, **counts} for origin, counts in named]

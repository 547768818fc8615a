"""The rules as data: what is erased, after how many days, on which basis, and how sure we are of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import yaml

import models
from netra.retention.errors import RetentionError

RULES = Path(models.__file__).parent / "data" / "retention.yml"
LONGEST_DAYS = 36_500


@dataclass(frozen=True)
class Rule:
    """One line of models/data/retention.yml."""

    slug: str
    what: str
    touches: str
    """Name of the step of netra/retention/steps.py that carries it out."""
    days: int
    """0 means that it is switched off."""
    since: str
    basis: str
    reason: str
    confidence: str

    def before(self, at: datetime) -> datetime:
        """What is older than this moment has had its time."""
        return at - timedelta(days=self.days)


def load_rules(days: Mapping[str, int], *, path: Path = RULES) -> list[Rule]:
    """All rules, with the operator's own numbers of days. Raises RetentionError for a rule or a number that cannot be."""
    rules = {row["slug"]: Rule(**row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))}
    if unknown := sorted(days.keys() - rules.keys()):
        raise RetentionError(f"NETRA_RETENTION_DAYS names no rule of ours: {', '.join(unknown)}. See them: netra retention plan")
    for slug, number in days.items():
        if not 0 <= number <= LONGEST_DAYS:
            raise RetentionError(f"NETRA_RETENTION_DAYS gives {slug} {number} days. Give 1 to {LONGEST_DAYS}, or 0 for never.")
    return [replace(rule, days=days.get(slug, rule.days)) for slug, rule in rules.items()]


def read_days(setting: str) -> dict[str, int]:
    """The operator's numbers, written as `rule=days, rule=days`. Raises RetentionError.

    >>> read_days("sesi=30, masuk_gagal=1")
    {'sesi': 30, 'masuk_gagal': 1}
    """
    pairs = [part.partition("=") for part in setting.split(",") if part.strip()]
    try:
        return {slug.strip(): int(number) for slug, _, number in pairs}
    except ValueError:
        raise RetentionError(f"NETRA_RETENTION_DAYS is {setting[:200]!r}. Write it as: sesi=30,masuk_gagal=1") from None

"""Which sides a text names: parties, and ballot numbers of candidates. For the audit of balance, never for a score."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parent.parent / "data" / "sides.yml"
LONGEST_TEXT = 200_000
MOST_SIDES = 10
"""A text that names more is a list of parties and takes nobody's side; the first ones by name are kept."""
NUMBERS = {"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9}
BALLOT = re.compile(
    rf"\b(?:nomor|nomer|no\.?)\s+urut\s+({'|'.join(NUMBERS)}|0?[1-9]\b|1\d\b|2[0-4]\b)"
    rf"|\b(?:paslon|pasangan(?:\s+calon)?)\s+(?:(?:nomor|nomer|no\.?)\s+)?({'|'.join(NUMBERS)}|0?[1-9]\b)",
    re.IGNORECASE,
)


def find_sides(text: str) -> list[str]:
    """Slugs of the parties and ballot numbers that a text names, each once.

    >>> find_sides("Camat mengajak memilih paslon nomor urut 2 dari Golkar, bukan urusan panitia.")
    ['golkar', 'nomor_2']
    """
    text = text[:LONGEST_TEXT]
    found = {slug for slug, pattern in _patterns() if pattern.search(text)}
    found |= {f"nomor_{_number_of(match)}" for match in BALLOT.finditer(text)}
    return sorted(found)[:MOST_SIDES]


@cache
def party_names() -> dict[str, str]:
    """Slug → name on screen, in the order of the file."""
    return {slug: entry["name"] for slug, entry in _entries().items()}


def _number_of(match: re.Match[str]) -> int:
    word = (match[1] or match[2]).lower()
    return NUMBERS.get(word) or int(word)


@cache
def _entries() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(PATH.read_text(encoding="utf-8"))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((slug, re.compile(_pattern_of(entry))) for slug, entry in _entries().items())


def _pattern_of(entry: dict[str, Any]) -> str:
    parts = [f"(?i:{_any_of(entry['words'])})"] if "words" in entry else []
    parts += [_any_of(entry["exact"])] if "exact" in entry else []
    parts += [rf"(?i:partai\s+{_any_of(entry['after_partai'])})"] if "after_partai" in entry else []
    return rf"\b(?:{'|'.join(parts)})\b"


def _any_of(words: list[str]) -> str:
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words) + ")"

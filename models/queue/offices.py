"""Which kind of office a text names near its evidence."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

OFFICES = Path(__file__).parent.parent / "data" / "offices.yml"
NEAR = 160
"""Characters to both sides of a span in which an office still belongs to it."""
MOST_SPANS = 20
SPACE = r"(?:[.)]*\s+|\.)"
"""Between two words of a name; behind a short form it may be a dot or a bracket."""


@cache
def read_offices() -> Mapping[str, re.Pattern[str]]:
    """Kind → what finds its names, the narrower kinds first."""
    data: dict[str, list[str]] = yaml.safe_load(OFFICES.read_text(encoding="utf-8"))
    return {kind: re.compile(_any_of(names), re.IGNORECASE) for kind, names in data.items()}


def find_office(text: str, evidence: Iterable[Mapping[str, Any]]) -> str | None:
    """The kind of office near the evidence, heaviest first; of the whole text where nothing stands near it.

    >>> find_office("Seorang camat hadir. Guru mengajar.", [{"start": 0, "end": 20, "weight": 1.0}])
    'camat'
    """
    spans = sorted(evidence, key=lambda span: -float(span.get("weight", 0.0)))[:MOST_SPANS]
    inside = (_name(text[span["start"] : span["end"]]) for span in spans)
    around = (_name(text[max(0, span["start"] - NEAR) : span["end"] + NEAR]) for span in spans)
    return next((kind for kind in (*inside, *around) if kind), None) or _name(text)


def _name(passage: str) -> str | None:
    return next((kind for kind, names in read_offices().items() if names.search(passage)), None)


def _any_of(names: list[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return r"\b(?:" + "|".join(re.escape(name).replace(r"\ ", SPACE) for name in longest_first) + r")(?:nya)?\b"

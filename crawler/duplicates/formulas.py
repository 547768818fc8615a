"""Wording that belongs to nobody's story: what is read from formulas.yml, and the words that carry no content."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("formulas.yml")

FUNCTION_WORDS = frozenset(Path(__file__).with_name("function_words.txt").read_text(encoding="utf-8").split())
"""Passed over before triples are made: editors add, drop and exchange them freely."""


class Formula(BaseModel):
    """One fixed text in the wordings that are met."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    origin: str
    wordings: list[str]


@cache
def read_formulas() -> tuple[Formula, ...]:
    """The formulas, in the order of their file."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Formula.model_validate(row) for row in rows)

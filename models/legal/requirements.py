"""What a report must bring before an institution takes it up, as data."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

REQUIREMENTS = Path(__file__).parent.parent / "data" / "requirements.yml"


class RequirementKind(StrEnum):
    FORMAL = "formal"
    MATERIAL = "materiel"


@dataclass(frozen=True)
class Requirement:
    key: str
    kind: RequirementKind
    legal_basis: str
    confidence: str


@cache
def read_requirements() -> tuple[Requirement, ...]:
    entries = yaml.safe_load(REQUIREMENTS.read_text(encoding="utf-8"))
    return tuple(Requirement(kind=RequirementKind(entry.pop("kind")), **entry) for entry in entries)

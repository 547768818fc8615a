"""Why a request may be refused, as data: each reason with its article, and the requests for which it may be given."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

import models
from models import CorrectionAsk

FILE = Path(models.__file__).parent / "data" / "correction_grounds.yml"


@dataclass(frozen=True)
class Ground:
    """One line of models/data/correction_grounds.yml; its sentence stands in the catalogue (`dasar_tolak.<slug>`)."""

    slug: str
    basis: str
    asks: tuple[CorrectionAsk, ...]
    confidence: str


@cache
def read_grounds() -> tuple[Ground, ...]:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Ground(row["slug"], row["basis"], tuple(map(CorrectionAsk, row["asks"])), row["confidence"]) for row in rows)


def list_grounds(asked: CorrectionAsk) -> list[Ground]:
    return [ground for ground in read_grounds() if asked in ground.asks]


def find_ground(slug: str) -> Ground | None:
    return next((ground for ground in read_grounds() if ground.slug == slug), None)

"""One thing that is wrong with a source."""

from dataclasses import dataclass
from datetime import datetime

from models.health.states import HealthState
from models.health.tally import JAKARTA


@dataclass(frozen=True)
class Finding:
    """What and since when, and what whoever reads it can do. In Indonesian: it is what operators read."""

    state: HealthState
    message: str
    mend: str


def clock(moment: datetime) -> str:
    """A moment as it stands in messages."""
    return f"{moment + JAKARTA:%Y-%m-%d %H.%M} WIB"


def number(value: float) -> str:
    """A count as Indonesians write it; one decimal where it is small."""
    text = f"{value:,.1f}" if value < 10 and value != round(value) else f"{value:,.0f}"
    return text.translate(str.maketrans(",.", ".,"))


def share(part: float) -> str:
    return f"{part:.0%}".replace("%", " %")

"""The weights of the queue: what they would change, and setting them."""

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Flag, QueueSettings, now, record_event
from models.legal.deadline import local_day
from models.queue.placing import current_settings
from models.queue.priority import (
    Weights,
    place_of,
    reach_factor,
    severity_factor,
    shown_priority,
    time_factor,
)
from models.queue.raising import placing_day, standing_of
from service.accounts.actor import Actor
from service.review.conditions import unfinished
from service.review.repository import QueueRow, list_rows, visible

PREVIEWED = 20
CONSIDERED = 2_000
"""The preview puts so many flags of today's order into the new one; what stands further down is not looked at."""
FACTORS = ("score", "severity", "time", "reach", "novelty")


class NewWeights(BaseModel):
    """Weights from 0 to 5, and the part of turns that goes to the longest waiting."""

    model_config = ConfigDict(extra="forbid")

    score: float = Field(ge=0, le=5, allow_inf_nan=False)
    severity: float = Field(ge=0, le=5, allow_inf_nan=False)
    time: float = Field(ge=0, le=5, allow_inf_nan=False)
    reach: float = Field(ge=0, le=5, allow_inf_nan=False)
    novelty: float = Field(ge=0, le=5, allow_inf_nan=False)
    oldest_share: float = Field(ge=0.05, le=0.5, allow_inf_nan=False)
    """Never none: what waits longest must come up some day."""

    @model_validator(mode="after")
    def count_something(self) -> "NewWeights":
        if not any(getattr(self, name) for name in FACTORS):
            raise ValueError("bobot_nol")
        return self

    @property
    def weights(self) -> Weights:
        return Weights(self.score, self.severity, self.time, self.reach, self.novelty)


@dataclass(frozen=True)
class Factor:
    """One factor of a place: its value and its share, both between 0 and 1."""

    name: str
    value: float
    share: float


@dataclass(frozen=True)
class Explained:
    """Why a flag stands where it stands, as of today."""

    priority: float
    factors: list[Factor]
    is_expired: bool


@dataclass(frozen=True)
class Previewed:
    """A flag as it would stand under new weights."""

    row: QueueRow
    rank: int
    rank_now: int | None
    """None where it is not among the first that were looked at."""


def explain(flag: Flag, weights: Weights) -> Explained | None:
    """The factors of a flag's place; None of one that was never placed."""
    if flag.score is None:
        return None
    today, placed_by = local_day(now(), flag.region_code), placing_day(flag)
    values = {
        "score": flag.score,
        "severity": severity_factor(flag.severity),
        "time": time_factor((placed_by - today).days),
        "reach": reach_factor(flag.reach),
        "novelty": flag.novelty,
    }
    shares = weights.shares()
    priority = shown_priority(_place(flag, weights, today), weights, today)
    return Explained(priority, [Factor(name, values[name], shares[name]) for name in FACTORS], placed_by < today)


def preview(session: Session, actor: Actor, weights: Weights) -> list[Previewed]:
    """The first flags under new weights, each with the place that it has now."""
    first = select(Flag).where(unfinished(), visible(actor)).order_by(Flag.priority.desc(), Flag.id).limit(CONSIDERED)
    flags = list(session.scalars(first))
    ranks_now = {flag.id: rank for rank, flag in enumerate(flags, start=1)}
    places = {flag.id: _place(flag, weights, local_day(now(), flag.region_code)) for flag in flags}
    chosen = sorted(places, key=lambda flag_id: (-places[flag_id], flag_id))[:PREVIEWED]
    rows = {row.flag.id: row for row in list_rows(session, actor, chosen)}
    return [Previewed(rows[flag_id], rank, ranks_now.get(flag_id)) for rank, flag_id in enumerate(chosen, start=1)]


def set_weights(session: Session, actor: str, actor_id: int | None, new: NewWeights, *, note: str) -> QueueSettings:
    """A new version of the weights. Flags follow with the next refresh, which the caller asks for."""
    before = current_settings(session)
    settings = QueueSettings(**new.model_dump(), note=note, set_by=actor)
    session.add(settings)
    session.flush()
    old = {name: getattr(before, name) for name in (*FACTORS, "oldest_share")}
    detail = {"bobot": new.model_dump(), "sebelumnya": old, "catatan": note}
    record_event(session, "antrean.bobot", actor=actor, actor_id=actor_id, subject=("queue_settings", settings.id), detail=detail)
    return settings


def _place(flag: Flag, weights: Weights, today: date) -> float:
    placed_by = placing_day(flag)
    return place_of(standing_of(flag), weights, placed_by, is_expired=placed_by < today)

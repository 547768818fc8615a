"""The weekly draw: chosen in a reading session that holds up nobody, written in a short one."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from classifier.learning.draw import Drawn, choose_texts, record_draws
from models import Artifact
from models.database import make_reading_session, make_session


@dataclass(frozen=True)
class Draw:
    """What was drawn, of how many texts that nobody flagged."""

    population: int
    draws: list[Drawn]


def draw_texts(
    engine: Engine, artifact: Artifact, *, audit: int, learn: int, seed: int, on_progress: Callable[[int], None] | None = None
) -> Draw:
    with make_reading_session(engine)() as session:
        choice = choose_texts(session, artifact, audit=audit, learn=learn, seed=seed, on_progress=on_progress)
    with make_session(engine).begin() as session:
        return Draw(choice.population, record_draws(session, artifact, choice, seed=seed))

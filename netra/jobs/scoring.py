"""Jobs of the classifier: score, and what keeps it honest."""

import secrets
import time

from sqlalchemy import Engine

from models import Artifact
from models.database import make_reading_session
from models.settings import Settings
from netra.jobs.job import Report
from netra.stopping import Stop

SEEDS = 2**31
AUDIT, LEARN = 30, 20
"""Texts of a weekly draw, as `netra loop draw` has them."""
WAIT_SECONDS = 30.0
PAUSE_SECONDS = 5.0
ROUND_SECONDS = 300.0
"""After which a round ends soundly, whatever else waits: the next one is soon due."""
NOBODY_LIVE = "no classifier is live: train one with netra train"


def score(settings: Settings, engine: Engine, stop: Stop, *, seconds: float = ROUND_SECONDS) -> Report:
    """What waits and nobody else holds, the live artifact's before its shadow's; no batch is begun after so many seconds."""
    from netra.scoring import SHADOW_SECONDS, ScoringRun

    if _find_live(engine) is None:
        return Report(NOBODY_LIVE)
    run, end = ScoringRun(settings, engine), time.monotonic() + seconds
    while not stop.is_asked and time.monotonic() < end and (run.score_batch() or run.score_shadow(seconds=SHADOW_SECONDS)):
        pass
    return Report(_count(run.tally.claimed, run.tally.flagged), problem=run.tally.problem)


def stay_scoring(settings: Settings, engine: Engine, stop: Stop) -> Report:
    from rich.progress import Progress

    from netra.learning import watch

    while _find_live(engine) is None and not stop.is_asked:
        stop.wait(WAIT_SECONDS)
    if stop.is_asked:
        return Report(NOBODY_LIVE)
    done = watch(settings, engine, Progress(disable=True), stop, every=PAUSE_SECONDS)
    return Report(_count(done.claimed, done.flagged), problem=done.problem)


def draw(_settings: Settings, engine: Engine, _stop: Stop) -> Report:
    """The weekly draw: texts that no machine flagged, before people."""
    from netra.drawing import draw_texts

    artifact = _find_live(engine)
    if artifact is None:
        return Report(NOBODY_LIVE)
    draws = draw_texts(engine, artifact, audit=AUDIT, learn=LEARN, seed=secrets.randbelow(SEEDS)).draws
    return Report(", ".join(f"{own.flags} texts ({own.purpose})" for own in draws) or "nothing to draw from")


def train(settings: Settings, engine: Engine, _stop: Stop) -> Report:
    """A candidate from the corpus and from what people assessed; only a person promotes it."""
    from rich.progress import Progress

    from netra.learning import train_candidate

    trained = train_candidate(settings, engine, Progress(disable=True))
    return Report(f"{trained.name} ({trained.state})")


def _find_live(engine: Engine) -> Artifact | None:
    from classifier.artifacts.registry import live_artifact

    with make_reading_session(engine)() as session:
        return live_artifact(session)


def _count(scored: int, flagged: int) -> str:
    return f"scored {scored}, flagged {flagged}"

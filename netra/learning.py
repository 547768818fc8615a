"""The classifier's jobs, with progress: train and promote, score everything, find the artifact to classify with."""

import time
from pathlib import Path

from rich.progress import Progress
from sqlalchemy import Engine

from classifier.artifact import SUMS, load_artifact
from classifier.config import load_config
from classifier.corpus import load_corpus
from classifier.gate import promote_past_gate
from classifier.registry import ACTOR, register_artifact
from classifier.scorer import Scorer
from classifier.train import train
from models import Artifact
from models.database import make_session
from models.settings import Settings
from netra.console import err, progress_bar
from netra.scoring import ScoringRun, Stop, Tally

WAIT_SECONDS = 1.0


def train_and_promote(settings: Settings, engine: Engine, progress: Progress) -> Artifact:
    """Train from the corpus, register the artifact and make it the live one, unless the golden items speak against it."""
    folder = train_artifact(settings, progress)
    with make_session(engine).begin() as session:
        row = register_artifact(session, folder)
    return promote_past_gate(engine, settings.artifacts_dir, row.name, actor=ACTOR).artifact


def train_artifact(settings: Settings, progress: Progress) -> Path:
    """Train from the corpus and return the folder of the artifact."""
    task = progress.add_task("Training the classifier", total=None)

    def show(done: int, steps: int, _what: str) -> None:
        progress.update(task, completed=done, total=steps)

    return train(load_config(), load_corpus(), settings.artifacts_dir, on_progress=show).folder


def score_everything(settings: Settings, engine: Engine, progress: Progress) -> Tally:
    """Score every current text that the live artifact has not seen, then what its shadow has not."""
    run = ScoringRun(settings, engine)
    task = progress.add_task("Scoring", total=run.count_waiting())
    while (claimed := run.score_batch()) or run.count_waiting():
        progress.advance(task, claimed)
        if not claimed:
            progress.update(task, description="Waiting for another scoring run")  # Or for the claim of one that was killed.
            time.sleep(WAIT_SECONDS)
    if waiting := run.count_shadow_waiting():
        task = progress.add_task("Scoring as shadow", total=waiting)
        while scored := run.score_shadow():
            progress.advance(task, scored)
    return run.tally


def watch(settings: Settings, engine: Engine, progress: Progress, stop: Stop, *, every: float) -> Tally:
    """Score texts as they arrive, until somebody asks to stop; `every` is the pause in seconds where nothing waits."""
    run = ScoringRun(settings, engine)
    task = progress.add_task("Watching for texts", total=None)
    problem = ""
    while not stop.is_asked:
        if not run.step():
            stop.wait(every)
        progress.update(task, completed=run.tally.claimed)
        if run.tally.problem not in ("", problem):
            problem = run.tally.problem
            err.print(f"netra: {problem}", markup=False, soft_wrap=True)
    return run.tally


def open_scorer(settings: Settings, folder: str) -> Scorer:
    """The scorer of a folder, or of the newest artifact in NETRA_HOME; where there is none, one is trained first."""
    if folder:
        return load_artifact(Path(folder)).make_scorer()
    found = sorted(settings.artifacts_dir.glob(f"*/{SUMS}"), key=lambda path: path.stat().st_mtime)
    if found:
        return load_artifact(found[-1].parent).make_scorer()
    with progress_bar() as progress:
        return load_artifact(train_artifact(settings, progress)).make_scorer()

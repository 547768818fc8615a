"""The classifier's jobs, with progress: train and promote, score everything, find the artifact to classify with."""

import time
from pathlib import Path

from rich.progress import Progress
from sqlalchemy import Engine

from classifier.artifact import SUMS, load_artifact
from classifier.config import load_config
from classifier.corpus import load_corpus
from classifier.registry import live_artifact, promote, register_artifact
from classifier.score import BatchResult, count_waiting, score_all
from classifier.scorer import Scorer
from classifier.train import train
from models import Artifact
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import fail, progress_bar

WAIT_SECONDS = 1.0


def train_and_promote(settings: Settings, engine: Engine, progress: Progress) -> Artifact:
    """Train from the corpus, register the artifact and make it the live one."""
    folder = train_artifact(settings, progress)
    with make_session(engine).begin() as session:
        row = register_artifact(session, folder)
        promote(session, row)
    return row


def train_artifact(settings: Settings, progress: Progress) -> Path:
    """Train from the corpus and return the folder of the artifact."""
    task = progress.add_task("Training the classifier", total=None)

    def show(done: int, steps: int, _what: str) -> None:
        progress.update(task, completed=done, total=steps)

    return train(load_config(), load_corpus(), settings.artifacts_dir, on_progress=show).folder


def score_everything(settings: Settings, engine: Engine, progress: Progress) -> BatchResult:
    """Score every current text that the live artifact has not seen."""
    sessions = make_session(engine)
    with make_reading_session(engine)() as session:
        row = live_artifact(session)
        if row is None:
            fail("there is no live classifier.", "Train one: netra train")
        waiting = count_waiting(session, row)
    scorer = load_artifact(settings.artifacts_dir / row.name, expected_sha256=row.sha256).make_scorer()
    task = progress.add_task("Scoring", total=waiting)
    done = BatchResult()
    while True:
        done += score_all(sessions, scorer, row, on_progress=lambda batch: progress.advance(task, batch.claimed))
        with make_reading_session(engine)() as session:
            if not count_waiting(session, row):
                return done
        progress.update(task, description="Waiting for another scoring run")  # Or for the claim of one that was killed.
        time.sleep(WAIT_SECONDS)


def open_scorer(settings: Settings, folder: str) -> Scorer:
    """The scorer of a folder, or of the newest artifact in NETRA_HOME; where there is none, one is trained first."""
    if folder:
        return load_artifact(Path(folder)).make_scorer()
    found = sorted(settings.artifacts_dir.glob(f"*/{SUMS}"), key=lambda path: path.stat().st_mtime)
    if found:
        return load_artifact(found[-1].parent).make_scorer()
    with progress_bar() as progress:
        return load_artifact(train_artifact(settings, progress)).make_scorer()

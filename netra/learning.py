"""The classifier's jobs, with progress: train and promote, score everything, find the artifact to classify with.

What trains loads scikit-learn, which takes longer than scoring a thousand texts: it is imported where it is used.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import Progress
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from classifier.artifacts.artifact import SUMS, load_artifact
from classifier.artifacts.gate import promote_past_gate
from classifier.artifacts.registry import ACTOR, live_artifact, register_artifact
from classifier.config import load_config
from classifier.corpus import CorpusText, load_corpus
from classifier.labels import read_labels
from classifier.scoring.scorer import Scorer
from classifier.stories import join_events, words_of
from models import now
from models.database import make_reading_session, make_session
from models.figures.tallying import catch_up
from models.settings import Settings
from netra.console import err, progress_bar
from netra.scoring import ScoringRun, Tally
from netra.stopping import Stop

if TYPE_CHECKING:
    from classifier.evaluate import LabelledText

WAIT_SECONDS = 1.0


@dataclass(frozen=True)
class Trained:
    """A freshly trained artifact, and what it learned from."""

    name: str
    state: str
    texts: dict[str, int]
    metrics: dict[str, Any]


def train_candidate(
    settings: Settings,
    engine: Engine,
    progress: Progress,
    *,
    config: Path | None = None,
    corpus_only: bool = False,
    promote: bool = False,
) -> Trained:
    """Train, register, and promote where asked or where nothing is live yet."""
    corpus, read_at = load_corpus(), now()
    with make_reading_session(engine)() as session:
        written = {words_of(text.document) for text in corpus}
        labels = [] if corpus_only else [text for text in read_labels(session) if words_of(text.document) not in written]
        is_first = live_artifact(session) is None
    folder = train_artifact(settings, progress, join_events([*corpus, *labels]), config)
    with make_session(engine).begin() as session:
        row = register_artifact(session, folder, trained_at=read_at)
    if promote or is_first:
        row = promote_past_gate(engine, settings.artifacts_dir, row.name, actor=ACTOR).artifact
    imported = sum(text.id.startswith("impor-") for text in labels)
    texts = {"corpus texts": len(corpus), "assessments": len(labels) - imported, "imported labels": imported}
    return Trained(row.name, row.state.value, texts, row.metrics)


def train_artifact(settings: Settings, progress: Progress, texts: Sequence[CorpusText] = (), config: Path | None = None) -> Path:
    """Train and return the folder of the artifact; from the corpus where no texts are given."""
    from classifier.train import train

    task = progress.add_task("Training the classifier", total=None)

    def show(done: int, steps: int, _what: str) -> None:
        progress.update(task, completed=done, total=steps)

    chosen = load_config(config) if config else load_config()
    return train(chosen, texts or load_corpus(), settings.artifacts_dir, on_progress=show).folder


def prepare_test(progress: Progress) -> "tuple[Scorer, list[LabelledText]]":
    """A scorer that never saw the test part of the corpus, and that part."""
    from classifier.evaluate import from_corpus
    from classifier.train import fit_scorer, split_test

    task = progress.add_task("Training without the test part", total=None)
    rest, test = split_test(load_corpus())
    scorer = fit_scorer(load_config(), rest, lambda done, steps, _what: progress.update(task, completed=done, total=steps))
    return scorer, from_corpus(test)


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
    catch_up(make_session(engine))
    return run.tally


def watch(settings: Settings, engine: Engine, progress: Progress, stop: Stop, *, every: float) -> Tally:
    """Score texts as they arrive, until somebody asks to stop; `every` is the pause in seconds where nothing waits.

    A database that is away for a while, or has no space, ends nothing: what was claimed comes back by itself.
    """
    run = ScoringRun(settings, engine)
    task = progress.add_task("Watching for texts", total=None)
    said = ""
    while not stop.is_asked:
        try:
            has_worked, problem = run.step(), run.tally.problem
        except (InterfaceError, OperationalError) as error:
            has_worked, problem = False, f"the database does not answer, trying again: {str(error.orig).strip()}"
        if not has_worked:
            stop.wait(every)
        progress.update(task, completed=run.tally.claimed)
        if problem not in ("", said):
            err.print(f"netra: {problem}", markup=False, soft_wrap=True)
        said = problem
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

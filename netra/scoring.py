"""A scoring run that follows the registry: whoever is live at the moment scores, whoever is shadow comes after."""

import gc
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from classifier.artifacts.artifact import LoadedArtifact
from classifier.artifacts.registry import live_artifact, load_registered, shadow_artifact
from classifier.artifacts.shadow import ShadowRun
from classifier.errors import ArtifactError, ClassifierError
from classifier.reading.document import Document
from classifier.score import BatchResult, count_waiting, flag_missed, score_batch
from classifier.scoring.apart import ScorerApart
from classifier.scoring.scorer import Scored, Scorer
from models import Artifact, now
from models.database import make_reading_session, make_session
from models.figures.tallying import catch_up
from models.queue.refreshing import is_due, refresh_places
from models.settings import Settings
from netra.console import fail
from netra.hanging import ends_process_after

BATCH_SECONDS = 600.0
"""A batch has 200 texts, and the longest that a page may have takes less than one second."""
SHADOW_SECONDS = 1.0
"""How long the live artifact's work waits for its shadow, whose batches take half of that."""
MISSED_SECONDS = 60.0
"""How often a watching run looks for texts that changed while somebody read them."""


@dataclass(frozen=True)
class Tally(BatchResult):
    """What a whole run did."""

    shadowed: int = 0
    problem: str = ""
    """Why the shadow artifact scored nothing."""


class ImpatientScorer(Scorer):
    """Ends its process where a text hangs it: the claim runs out, and whoever comes next scores the batch apart."""

    def __init__(self, artifact: LoadedArtifact, seconds: float):
        super().__init__(artifact.parameters, artifact.name)
        self._seconds = seconds

    def score(self, documents: Sequence[Document], *, explain_all: bool = False) -> list[Scored]:
        with ends_process_after(self._seconds):
            return super().score(documents, explain_all=explain_all)


class ScoringRun:
    """Scores batch by batch, and asks before each which artifact is live: a promotion takes hold at once.

    A run that kept to its first artifact would score again, without end, what a newer run has scored.
    """

    def __init__(self, settings: Settings, engine: Engine, *, patience: float = BATCH_SECONDS):
        self._engine, self._artifacts_dir, self._patience = engine, settings.artifacts_dir, patience
        self._sessions, self._reading = make_session(engine), make_reading_session(engine)
        self._live: tuple[Artifact, Scorer] | None = None
        self._shadow: ShadowRun | None = None
        self._refused: tuple[int, int] | None = None
        self._missed_at = 0.0
        self._done, self._shadowed, self._problem = BatchResult(), 0, ""

    @property
    def tally(self) -> Tally:
        return Tally(self._done.claimed, self._done.flagged, self._shadowed, self._problem)

    def score_batch(self) -> int:
        """How many texts the live artifact took. None means that nothing waits that nobody else holds."""
        row, scorer = self._follow_live()
        batch = score_batch(self._sessions, scorer, row)
        self._done += batch
        return batch.claimed

    def score_shadow(self, *, seconds: float = math.inf) -> int:
        """How many texts the shadow artifact took, if there is one. None means that nothing waits.

        What it has not scored in so many seconds stays at hand for the next call.
        """
        run = self._follow_shadow()
        if run is None:
            return 0
        try:
            batch = run.score_batch(seconds=seconds)
        except ClassifierError as error:
            self._note_problem(error)
            return 0
        self._shadowed, self._problem = self._shadowed + batch.written, ""
        return batch.scored

    def step(self) -> bool:
        """Do the next batch, the live artifact's before its shadow's; False where there was nothing to do.

        What is due by the clock waits for neither: an archive keeps either of them busy for days.
        """
        has_worked = bool(self.score_batch() or self.score_shadow(seconds=SHADOW_SECONDS))
        if time.monotonic() - self._missed_at >= MISSED_SECONDS:
            self._flag_missed(self._follow_live()[0])
            self._refresh_queue()
        return has_worked

    def count_waiting(self) -> int:
        """How many texts the live artifact has not scored yet."""
        row, _scorer = self._follow_live()
        with self._reading() as session:
            return count_waiting(session, row)

    def count_shadow_waiting(self) -> int:
        run = self._follow_shadow()
        try:
            return run.count_waiting() if run else 0
        except ClassifierError as error:
            self._note_problem(error)
            return 0

    def _note_problem(self, error: ClassifierError) -> None:
        """What ails the shadow must not end the live artifact's work."""
        self._problem = f"the shadow artifact scores nothing: {error}"

    def _follow_live(self) -> tuple[Artifact, Scorer]:
        with self._reading() as session:
            row = live_artifact(session)
        if row is None:
            fail("there is no live classifier.", "Train one: netra train")
        if self._live is None or self._live[0].id != row.id:
            self._live = None  # Else both were held while the new one is read, the most memory that this process ever needs.
            gc.collect()  # The parts of a scorer know one another, so nothing else would end it for a long while.
            self._live = (row, self._load(row))
            self._flag_missed(row)
        return row, self._live[1]

    def _follow_shadow(self) -> ShadowRun | None:
        with self._reading() as session:
            shadow, live = shadow_artifact(session), live_artifact(session)
        if shadow is None or live is None or self._refused == (shadow.id, live.id):
            return None
        if self._shadow is None or (self._shadow.shadow.id, self._shadow.live.id) != (shadow.id, live.id):
            self._shadow = None
            gc.collect()
            self._shadow = self._start_shadow(shadow, live)
        return self._shadow

    def _start_shadow(self, shadow: Artifact, live: Artifact) -> ShadowRun | None:
        """A shadow that is lost or altered must not end the live artifact's work."""
        try:
            scorer = load_registered(self._artifacts_dir, shadow).make_scorer()
        except ArtifactError as error:
            self._problem = f"the shadow artifact scores nothing: {error}, or end it: netra artifacts shadow {shadow.name} --off"
            self._refused = (shadow.id, live.id)
            return None
        return ShadowRun(self._engine, ScorerApart(scorer), shadow, live)

    def _load(self, row: Artifact) -> Scorer:
        return ImpatientScorer(load_registered(self._artifacts_dir, row), self._patience)

    def _refresh_queue(self) -> None:
        """Days pass and clusters grow while nobody scores: once an hour the queue follows."""
        with self._reading() as session:
            due = is_due(session, now())
        if due:
            refresh_places(self._sessions)
        catch_up(self._sessions)

    def _flag_missed(self, row: Artifact) -> None:
        self._done += flag_missed(self._sessions, row)
        self._missed_at = time.monotonic()

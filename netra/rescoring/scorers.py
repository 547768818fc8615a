"""The artifact in each process: loaded once, and only if it is the very one that was meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from classifier.artifacts.artifact import LoadedArtifact, load_artifact
from classifier.errors import ArtifactError
from classifier.reading.document import Document
from classifier.scoring.apart import Failure
from classifier.scoring.scorer import Scored, Scorer
from netra.rescoring.errors import Misplaced

_lock = Lock()
_received = dict[str, Path]()


@dataclass(frozen=True)
class ArtifactPlace:
    """Which artifact, and where it lies if nobody sends it."""

    name: str
    sha256: str
    folder: str


def place_of(loaded: LoadedArtifact) -> ArtifactPlace:
    """Where a loaded artifact lies, in words that another process understands."""
    return ArtifactPlace(loaded.name, loaded.sha256, str(loaded.folder.absolute()))


def receive(place: ArtifactPlace, folder: Path) -> None:
    """Use the copy in `folder` from now on in this process, if it is whole."""
    with _lock:
        _open.cache_clear()  # What was loaded from elsewhere says nothing about this copy.
        _received[place.sha256] = folder
        try:
            _open(place)
        except Misplaced:
            del _received[place.sha256]
            raise


def score(place: ArtifactPlace, documents: Sequence[Document]) -> list[Scored | Failure]:
    """One answer a document, in order. A text on which the classifier breaks costs no other text its score."""
    with _lock:  # A scorer belongs to one thread at a time, and a Dask worker may have several.
        scorer = _open(place)
        try:
            return [*scorer.score(documents)]
        except Exception:  # Any text may be hostile: it must be found, not lose its neighbours their scores.
            return [_score_alone(scorer, document) for document in documents]


def _score_alone(scorer: Scorer, document: Document) -> Scored | Failure:
    try:
        return scorer.score([document])[0]
    except Exception as error:  # See above: this is the one.
        return Failure(f"{type(error).__name__}: {error}"[:300])


@lru_cache(maxsize=1)
def _open(place: ArtifactPlace) -> Scorer:
    folder = _received.get(place.sha256) or Path(place.folder)
    try:
        return load_artifact(folder, expected_sha256=place.sha256).make_scorer()
    except ArtifactError as error:
        raise Misplaced(f"this process cannot read the artifact {place.name}: {error}") from error

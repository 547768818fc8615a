"""The artifact in each process: loaded once, and only if it is the very one that was meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from classifier.artifacts.artifact import LoadedArtifact, load_artifact
from classifier.errors import ArtifactError
from classifier.reading.document import Document
from classifier.scoring.apart import Failure, ScorerApart, require_some
from classifier.scoring.scorer import Scored
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
    """One answer a document, in order. A text on which the classifier hangs, breaks or dies costs no other its score."""
    with _lock:  # A scorer belongs to one thread at a time, and a Dask worker may have several.
        found = _open(place).score(documents)
    require_some(found)
    return found


def count_cpu_seconds(place: ArtifactPlace) -> float:
    """What the texts of this process cost so far: they are scored in another one, whose time its own clock does not count."""
    with _lock:
        return _open(place).cpu_seconds


@lru_cache(maxsize=1)
def _open(place: ArtifactPlace) -> ScorerApart:
    folder = _received.get(place.sha256) or Path(place.folder)
    try:
        return ScorerApart(load_artifact(folder, expected_sha256=place.sha256).make_scorer())
    except ArtifactError as error:
        raise Misplaced(f"this process cannot read the artifact {place.name}: {error}") from error

"""How much there is and how long it will take, before anything is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from classifier.aside import find_aside
from classifier.labels import to_document
from classifier.reading.document import Document
from netra.rescoring.database import DatabaseWork
from netra.rescoring.parquet import ParquetWork, sample_documents
from netra.rescoring.parts import Part, is_finished
from netra.rescoring.ranges import IdRange, select_waiting
from netra.rescoring.scorers import ArtifactPlace, count_cpu_seconds, score

T = TypeVar("T")

SAMPLE = 400
PLACES = 20
"""From which a sample is taken, evenly over the whole: an archive is not the same everywhere."""


@dataclass(frozen=True)
class Estimate:
    """What a run would do, by the pace of a sample; reading and scoring are in it, writing is not."""

    texts: int
    seconds_a_text: float | None
    """Of CPU; None where there was nothing to measure."""

    @property
    def core_hours(self) -> float:
        return self.texts * (self.seconds_a_text or 0.0) / 3600


def estimate_database(
    session: Session, work: DatabaseWork, ranges: Sequence[IdRange], on_progress: Callable[[int], None]
) -> Estimate:
    """Counts exactly, range by range."""
    texts, aside = 0, find_aside(session, work.artifact_id)
    for ids in ranges:
        waiting = select_waiting(work.artifact_id, work.choice, ids, with_scored=work.raises_flags, aside=aside)
        texts += session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
        on_progress(ids.size)
    documents = list[Document]()
    for ids in _spread(ranges):
        query = select_waiting(work.artifact_id, work.choice, ids, aside=aside).limit(SAMPLE // PLACES)
        documents += [to_document(version, kind) for version, kind, _ in session.execute(query)]
    return Estimate(texts, measure_pace(work.place, documents))


def estimate_parquet(work: ParquetWork, parts: Sequence[Part], on_progress: Callable[[int], None]) -> Estimate:
    """Counts the rows of the parts that are not there yet."""
    todo = list[Part]()
    for part in parts:
        if not is_finished(part, work.place, work.columns):
            todo.append(part)
        on_progress(part.size)
    documents = [
        document
        for part in _spread(todo)
        for document in islice(sample_documents(part, work.columns), max(SAMPLE // PLACES, SAMPLE // max(len(todo), 1)))
    ]
    return Estimate(sum(part.size for part in todo), measure_pace(work.place, documents))


def measure_pace(place: ArtifactPlace, documents: Sequence[Document]) -> float | None:
    """Seconds of CPU for one text, by the second half; the first half meets words for the first time and does not count."""
    half = len(documents) // 2
    first, second = documents[:half], documents[half:]
    if not second:
        return None
    score(place, first)
    begun = count_cpu_seconds(place)
    score(place, second)
    return (count_cpu_seconds(place) - begun) / len(second)


def _spread(units: Sequence[T]) -> Sequence[T]:
    return units[:: max(1, len(units) // PLACES)][:PLACES]

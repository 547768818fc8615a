"""Lines of JSON in, lines of JSON out: no database, little memory, the order kept."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from classifier.errors import InputError
from classifier.reading.document import Document, Kind, guess_kind
from classifier.scoring.scorer import Scored, Scorer

CHUNK = 256
TEXT_FIELDS = ("title", "author_name", "author_bio")


@dataclass(frozen=True)
class _Line:
    """A line as read: its document, or what is wrong with it."""

    id: Any
    document: Document | None = None
    error: str = ""


class Refiner(Protocol):
    """Whoever reads some texts a second time."""

    @property
    def name(self) -> str: ...

    def apply(self, documents: Sequence[Document], scored: Sequence[Scored]) -> list[Scored]:
        """Scores in the same order; the same object for each text that was not read again."""
        ...


def classify_lines(lines: Iterable[str], scorer: Scorer, refine: Refiner | None = None) -> Iterator[dict[str, Any]]:
    """One object a line: the score, or `id`, `line` and `error` where the line cannot be read.

    Blank lines are skipped; every other line has its object, in its place. With `refine`, `encoder` names who read
    the text a second time, or nobody.
    """
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    while chunk := list(islice(numbered, CHUNK)):
        read = [_read_line(line) for _, line in chunk]
        scores = iter(_score([line.document for line in read if line.document], scorer, refine))
        for (number, _), line in zip(chunk, read, strict=True):
            if line.document is None:
                yield {"id": line.id, "line": number, "error": line.error}
            else:
                scored, second = next(scores)
                yield {"id": line.id, **describe(line.document, scored), "artifact": scorer.name, **second}


def _score(documents: list[Document], scorer: Scorer, refine: Refiner | None) -> list[tuple[Scored, dict[str, Any]]]:
    """Scores, each with the field that names its second reader."""
    scores = scorer.score(documents)
    if refine is None:
        return [(scored, {}) for scored in scores]
    refined = refine.apply(documents, scores)
    return [(new, {"encoder": None if new is old else refine.name}) for old, new in zip(scores, refined, strict=True)]


def describe(document: Document, scored: Scored) -> dict[str, Any]:
    """A score as the object that `netra classify` writes."""
    return {
        "probability": round(scored.probability, 6),
        "flagged": scored.flagged,
        "verdict": scored.verdict.value,
        "act": scored.act,
        "label": scored.label,
        "evidence": [
            {
                "start": found.start,
                "end": found.end,
                "text": document.text[found.start : found.end],
                "weight": found.weight,
                "words": list(found.words),
                "signs": list(found.signs),
            }
            for found in scored.evidence
        ],
        "title_weight": round(scored.title_weight, 4),
        "language": scored.language,
    }


def read_document_object(value: object) -> Document:
    """A document from a decoded object; raises InputError with the field that is wrong."""
    if not isinstance(value, dict):
        raise InputError("not an object")
    if not isinstance(value.get("text"), str):
        raise InputError("`text` is missing or not a string")
    fields = {name: value.get(name) or "" for name in TEXT_FIELDS}
    for name, text in fields.items():
        if not isinstance(text, str):
            raise InputError(f"`{name}` is not a string")
    return Document(text=value["text"], kind=_read_kind(value.get("kind"), value["text"]), **fields)


def _read_line(line: str) -> _Line:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _Line(None, error=f"not JSON: {error}")
    identity = value.get("id") if isinstance(value, dict) else None
    try:
        return _Line(identity, read_document_object(value))
    except InputError as error:
        return _Line(identity, error=str(error))


def _read_kind(kind: object, text: str) -> Kind:
    """Data sets use the field for classes of their own too; what is none of our three words is guessed from the text."""
    return Kind(kind) if kind in tuple(Kind) else guess_kind(text)

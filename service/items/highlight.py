"""Evidence in place: a text cut into paragraphs, and each paragraph into plain and marked pieces."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any


class Strength(StrEnum):
    """How much a passage weighs against the heaviest one of the same text."""

    STRONG = "kuat"
    MEDIUM = "sedang"
    WEAK = "lemah"


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    weight: float
    words: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    """Meanings that the classifier read in it. Rows of older artifacts have none."""


@dataclass(frozen=True)
class Piece:
    text: str
    strength: Strength | None = None


@dataclass(frozen=True)
class Reason:
    """One passage that weighed, for the list beside the text."""

    text: str
    strength: Strength
    words: tuple[str, ...]
    signs: tuple[str, ...]


def read_spans(evidence: Iterable[dict[str, Any]], length: int) -> list[Span]:
    """The spans that lie in the text. Rows of other programs are judged here: a bad one is left out, the page stays."""
    spans = [span for entry in evidence if (span := _read_span(entry, length))]
    return sorted(spans, key=lambda span: (span.start, span.end))


def highlight(text: str, spans: list[Span]) -> list[list[Piece]]:
    """Paragraphs of pieces. Where spans overlap, the heavier one is shown."""
    heaviest = max((span.weight for span in spans), default=0.0)
    cuts = sorted({0, len(text), *(span.start for span in spans), *(span.end for span in spans)})
    paragraphs: list[list[Piece]] = [[]]
    for start, end in pairwise(cuts):
        weight = max((span.weight for span in spans if span.start <= start and end <= span.end), default=None)
        strength = None if weight is None else strength_of(weight, heaviest)
        first, *others = text[start:end].split("\n")
        _append(paragraphs[-1], first, strength)
        for line in others:
            paragraphs.append([])
            _append(paragraphs[-1], line, strength)
    return [pieces for pieces in paragraphs if any(piece.text.strip() for piece in pieces)]


def list_reasons(text: str, spans: list[Span], most: int = 8) -> list[Reason]:
    """The passages by weight, heaviest first."""
    heaviest = max((span.weight for span in spans), default=0.0)
    by_weight = sorted(spans, key=lambda span: -span.weight)[:most]
    return [Reason(text[s.start : s.end].strip(), strength_of(s.weight, heaviest), s.words, s.signs) for s in by_weight]


def strength_of(weight: float, heaviest: float) -> Strength:
    share = weight / heaviest if heaviest > 0 else 0.0
    if share >= 2 / 3:
        return Strength.STRONG
    return Strength.MEDIUM if share >= 1 / 3 else Strength.WEAK


def _read_span(entry: dict[str, Any], length: int) -> Span | None:
    start, end, weight = entry.get("start"), entry.get("end"), entry.get("weight", 0.0)
    if not isinstance(start, int) or not isinstance(end, int) or not isinstance(weight, int | float):
        return None
    if not 0 <= start < end <= length or weight < 0:  # Predictions of before kept a sentence that speaks against an act.
        return None
    return Span(start, end, float(weight), _read_names(entry.get("words")), _read_names(entry.get("signs")))


def _read_names(value: object) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, list) else ()


def _append(pieces: list[Piece], text: str, strength: Strength | None) -> None:
    if text:
        pieces.append(Piece(text, strength))

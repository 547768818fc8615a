"""What the classifier reads: a text with its title or author, cut into sentences and windows."""

from dataclasses import dataclass
from enum import StrEnum

from classifier.text import Span, split_sentences

MAX_CHARACTERS = 200_000
"""Longer texts are read to here: no article is longer, and a hostile one must not hold a process."""


class Kind(StrEnum):
    NEWS = "news"
    HEADLINE = "headline"
    POST = "post"


@dataclass(frozen=True)
class Document:
    text: str
    title: str = ""
    kind: Kind = Kind.NEWS
    author_name: str = ""
    author_bio: str = ""


@dataclass(frozen=True)
class Window:
    """Neighbouring sentences, scored together; `first` and `last` number the sentences of the text, half open."""

    lines: tuple[str, ...]
    first: int
    last: int

    def __str__(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Reading:
    """A document as the classifier sees it.

    `context` are lines that belong to every window but lie outside of the text: title, author.
    """

    spans: list[Span]
    lines: list[str]
    context: list[str]


def read_document(document: Document) -> Reading:
    """Cut a document into lines: one sentence each, context before the text."""
    text = document.text[:MAX_CHARACTERS]
    spans = split_sentences(text)
    lines = [_one_line(text[span.start : span.end]) for span in spans]
    context = [_one_line(part) for part in (document.title, f"{document.author_name}. {document.author_bio}".strip(". ")) if part]
    return Reading(spans, lines, context)


def list_windows(reading: Reading, sizes: tuple[int, ...]) -> list[Window]:
    """Windows of each size over the text, each with the context before it; the whole text where it is shorter."""
    count, context = len(reading.lines), tuple(reading.context)
    lengths = sorted({min(size, count) for size in sizes})
    return [
        Window((*context, *reading.lines[first : first + length]), first, first + length)
        for length in lengths
        for first in range(count - length + 1)
    ]


def whole_window(reading: Reading) -> Window:
    """All sentences of a document as one window."""
    return Window((*reading.context, *reading.lines), 0, len(reading.lines))


def _one_line(text: str) -> str:
    return " ".join(text.split())

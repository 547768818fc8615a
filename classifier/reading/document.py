"""What the classifier reads: a text with its title or author, cut into sentences and windows."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from classifier.reading.text import Span, split_sentences

MAX_CHARACTERS = 200_000
"""Longer texts are read to here: no article is longer, and a hostile one must not hold a process."""
MAX_CONTEXT = 1000
MOST_HEADLINE_WORDS = 25

_POSTLIKE = re.compile(r"(?:^|\s)[@#]\w|https?://t\.co/")
_SENTENCE_END = re.compile(r"[.!?]\s+\S")


class Kind(StrEnum):
    NEWS = "news"
    HEADLINE = "headline"
    POST = "post"


def guess_kind(text: str) -> Kind:
    """What a text looks like whose kind nobody gave: handles and hashtags make a post, one short sentence a headline.

    >>> guess_kind("Camat Dilaporkan ke Bawaslu"), guess_kind("@USER camatnya gmn sih #netral")
    (<Kind.HEADLINE: 'headline'>, <Kind.POST: 'post'>)
    """
    if _POSTLIKE.search(text[:2000]):
        return Kind.POST
    is_short = len(text) < 400 and len(text.split()) <= MOST_HEADLINE_WORDS
    return Kind.HEADLINE if is_short and "\n" not in text.strip() and not _SENTENCE_END.search(text) else Kind.NEWS


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

    `context` are lines that belong to every window but lie outside of the text: title (unless the text begins with it), author.
    """

    text: str
    spans: list[Span]
    context: list[str]

    @property
    def sentences(self) -> list[str]:
        """The sentences as written; white space inside them may be anything."""
        return [self.text[start:end] for start, end in self.spans]

    @cached_property
    def lines(self) -> list[str]:
        """The sentences with one blank between words."""
        return [_one_line(sentence) for sentence in self.sentences]

    def count_sentences(self, end: int) -> int:
        """How many sentences lie before the character `end`."""
        return bisect_right(self.spans, end, key=_end_of)


def read_document(document: Document) -> Reading:
    """Cut a document into lines: one sentence each, context before the text."""
    text = document.text[:MAX_CHARACTERS]
    spans = split_sentences(text)
    first = [_one_line(text[start:end]) for start, end in spans[:1]]
    author = f"{document.author_name}. {document.author_bio}".strip(". ")
    context = [line for part in (document.title, author) if (line := _one_line(part[:MAX_CONTEXT])) and line not in first]
    return Reading(text, spans, context)


def list_windows(reading: Reading, size: int) -> list[Window]:
    """Windows of `size` sentences over the text, each with the context before it; the whole text where it is shorter."""
    count, context = len(reading.lines), tuple(reading.context)
    length = min(size, count)
    return [
        Window((*context, *reading.lines[first : first + length]), first, first + length) for first in range(count - length + 1)
    ]


def whole_window(reading: Reading) -> Window:
    """All sentences of a document as one window."""
    return Window((*reading.context, *reading.lines), 0, len(reading.lines))


def _end_of(span: Span) -> int:
    return span.end


def _one_line(text: str) -> str:
    return " ".join(text.split())

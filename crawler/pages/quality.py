"""How sure we are of a reading, from 0 to 1, and why not surer: what drifts when an outlet changes its pages."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from crawler.pages.boilerplate import SENTENCE_END
from crawler.pages.metadata import HeadData
from crawler.pages.words import count_words

SHORT, VERY_SHORT = 60, 25
MANY_LINKS = 0.3
WHOLE_BODY = 60
"""Words from which an `articleBody` is long enough to be held against the text."""
LONGEST_BODY = 20_000
OPENING = 5
"""Words of the page's own summary that are looked for in the text."""


@dataclass(frozen=True)
class Quality:
    score: float
    reasons: tuple[str, ...] = ()
    """Indonesian, for people; the gravest first."""


@dataclass(frozen=True)
class Reading:
    """The text of a page, and how it was come by."""

    paragraphs: list[str]
    method: str
    is_by_layout: bool = False
    coverage: float = 1.0
    """Share of the page's prose that the text holds."""
    link_share: float = 0.0

    @cached_property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @cached_property
    def words(self) -> int:
        return sum(map(count_words, self.paragraphs))


def judge(reading: Reading, head: HeadData, *, title: str, author: str, published_at: datetime | None) -> Quality:
    """The quality of a whole article: its text first, then what else an article has."""
    doubts = doubts_of(reading, head)
    doubts += [(0.2, "tanpa judul")] if not title else []
    doubts += [(0.15, "tanpa tanggal")] if published_at is None else []
    doubts += [(0.05, "tanpa nama penulis")] if not author else []
    doubts.sort(key=lambda doubt: -doubt[0])
    score = 1.0
    for weight, _ in doubts:
        score *= 1.0 - weight
    return Quality(round(score, 3), tuple(reason for _, reason in doubts))


def doubts_of(reading: Reading, head: HeadData) -> list[tuple[float, str]]:
    """What speaks against a text, each with its weight."""
    words, paragraphs = reading.words, reading.paragraphs
    doubts: list[tuple[float, str]] = []
    if not reading.is_by_layout:
        doubts.append((0.1, "tata letak situs tidak dikenal"))
        if reading.coverage < 0.7:
            doubts.append((0.25, "banyak teks lain di halaman yang sama"))
    if words < SHORT:
        doubts.append((0.4 if words < VERY_SHORT else 0.2, "teks sangat pendek"))
    if reading.link_share > MANY_LINKS:
        doubts.append((0.3, "banyak tautan dalam teks"))
    if paragraphs and not any(SENTENCE_END.search(paragraph) for paragraph in paragraphs):
        doubts.append((0.3, "tidak ada kalimat utuh"))
    if _misses_body(reading.text, head.body):
        doubts.append((0.3, "berbeda dari isi yang disebut halaman (articleBody)"))
    return doubts


def opens_like(text: str, summary: str) -> bool:
    """Whether the text holds the first words of the page's own summary of it."""
    words = summary.split()[:OPENING]
    return len(words) == OPENING and " ".join(words).lower() in " ".join(text.split()).lower()


def _misses_body(text: str, body: str) -> bool:
    """Whether a page's own `articleBody` says other things than the text: few of its words, in threes, are found there."""
    words = body[:LONGEST_BODY].lower().split()
    if len(words) < WHOLE_BODY or "<" in body:
        return False
    ours = text.lower().split()
    known = set(zip(ours, ours[1:], ours[2:], strict=False))
    threes = list(zip(words, words[1:], words[2:], strict=False))
    return sum(three in known for three in threes) < 0.5 * len(threes)

"""How well and how fast pages are read, beside the libraries that people would try first, on pages with known articles.

`python -m bench.crawler.extraction FILE [--each]`: FILE is JSON lines with `html`, `text` and, where known, `url`, `title` and
`published_at` (ISO 8601); `--each` adds a line a page. Rivals that are not installed are left out, and named.
"""

import importlib
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.reading import Row, read_rows

WORD = re.compile(r"\w+")
GRAM = 4
SOFT_HYPHENS = {0xAD: None}
"""Invisible within a word, where texts keep them; readers differ, and nobody sees it."""
FAILED = 0.5
"""F1 below which a page counts as not read."""
ROUNDS = 3
"""Each page is read so often; the fastest round counts, because other work on the machine only ever adds."""
NOTHING: dict[str, Any] = {"text": "", "title": "", "published_at": None}

Reader = Callable[[str, str], dict[str, Any]]


@dataclass(frozen=True)
class Score:
    """How much of a text was found, and how much of what was found is of it."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Outcome:
    """What one reader made of one page."""

    score: Score
    milliseconds: float
    is_right_title: bool | None
    is_right_day: bool | None
    is_right_minute: bool | None
    """None where the file does not say."""
    method: str = ""


def main(arguments: Sequence[str]) -> int:
    """Print one table; returns an exit code."""
    files = [Path(argument) for argument in arguments if argument != "--each"]
    if len(files) != 1 or not files[0].is_file():
        sys.stderr.write("usage: python -m bench.crawler.extraction FILE [--each], FILE being JSON lines with html and text\n")
        return 2
    rows = list(read_rows(files[0]))
    outcomes = measure_readers(rows)
    print(table_of(outcomes))
    if "--each" in arguments:
        print(pages_of(rows, outcomes["netra"]))
    return 0


def report_pages(file: Path) -> str:
    """The table of one file."""
    return table_of(measure_readers(list(read_rows(file))))


def measure_readers(rows: Sequence[Row]) -> dict[str, list[Outcome]]:
    """What ours and every rival made of each page."""
    readers = {"netra": read_with_netra, **find_rivals()}
    return {name: [measure(reader, row) for row in rows] for name, reader in readers.items()}


def score_text(expected: str, found: str) -> Score:
    """By the multisets of word 4-grams; a text of fewer words counts as one gram."""
    left, right = _grams(expected), _grams(found)
    common = (left & right).total()
    if not common:
        return Score(*[float(not left and not right)] * 3)
    return Score(common / right.total(), common / left.total(), 2 * common / (left.total() + right.total()))


def measure(reader: Reader, row: Row) -> Outcome:
    """Read one page a few times, by the clock of this process alone."""
    fastest, result = float("inf"), NOTHING
    for _ in range(ROUNDS):
        began = time.process_time()
        result = reader(row["html"], row.get("url") or "")
        fastest = min(fastest, time.process_time() - began)
    day, minute = _check_date(row.get("published_at"), result.get("published_at"))
    title = row.get("title") and WORD.findall(row["title"].lower()) == WORD.findall((result.get("title") or "").lower())
    return Outcome(score_text(row["text"], result["text"]), fastest * 1000, title, day, minute, result.get("method", ""))


def read_with_netra(html: str, url: str) -> dict[str, Any]:
    """The project's own way, as `netra extract` goes."""
    from crawler.errors import NotAnArticle
    from crawler.pages import extract

    try:
        article = extract(html, url)
    except NotAnArticle as refusal:
        return NOTHING | {"method": refusal.reason}
    return {name: getattr(article, name) for name in ("text", "title", "published_at", "method")}


def find_rivals() -> dict[str, Reader]:
    """The libraries that are installed here."""
    return {name: reader for name, (module, reader) in RIVALS.items() if _is_installed(module)}


def table_of(outcomes: dict[str, list[Outcome]]) -> str:
    """One row a reader, as Markdown."""
    columns = ("text F1", "precision", "recall", f"F1 under {FAILED}", "ms a page (CPU)", "title", "day", "minute")
    lines = [f"| reader | pages | {' | '.join(columns)} |", "|---" * (len(columns) + 2) + "|"]
    for name, found in outcomes.items():
        scores = [_mean([getattr(page.score, what) for page in found]) for what in ("f1", "precision", "recall")]
        failed, cost = sum(page.score.f1 < FAILED for page in found), _mean([page.milliseconds for page in found])
        shares = [_share([getattr(page, f"is_right_{what}") for page in found]) for what in ("title", "day", "minute")]
        numbers = " | ".join(f"{score:.3f}" for score in scores)
        lines.append(f"| {name} | {len(found)} | {numbers} | {failed} | {cost:.2f} | {' | '.join(shares)} |")
    missing = [name for name in RIVALS if name not in outcomes]
    return "\n".join([*lines, *(["", f"Not installed: {', '.join(missing)}."] if missing else [])])


def pages_of(rows: Sequence[Row], outcomes: Sequence[Outcome]) -> str:
    """One line a page, the worst first."""
    named = sorted(zip(rows, outcomes, strict=True), key=lambda pair: pair[1].score.f1)
    return "\n".join(
        f"{page.score.f1:.3f} {page.milliseconds:7.2f} ms  title {page.is_right_title!s:5} day {page.is_right_day!s:5}"
        f" minute {page.is_right_minute!s:5} {page.method:16.16} {row.get('id') or row.get('url')}"
        for row, page in named
    )


def _grams(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text.translate(SOFT_HYPHENS).lower())
    if len(words) < GRAM:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(*(words[start:] for start in range(GRAM)), strict=False))


def _check_date(expected: str | None, found: datetime | str | None) -> tuple[bool | None, bool | None]:
    """Right day and right minute, both in the zone that the file states."""
    if not expected:
        return None, None
    if not isinstance(found, datetime):
        return found == expected[:10], False
    at = datetime.fromisoformat(expected)
    local = found.astimezone(at.tzinfo) if found.tzinfo else found
    return local.date() == at.date(), (local.date(), local.hour, local.minute) == (at.date(), at.hour, at.minute)


def _read_with_trafilatura(html: str, **options: bool) -> dict[str, Any]:
    found = importlib.import_module("trafilatura").bare_extraction(html, include_comments=False, with_metadata=True, **options)
    return {"text": found.text or "", "title": found.title, "published_at": found.date} if found else NOTHING


def _read_with_readability(html: str) -> dict[str, Any]:
    lxml = importlib.import_module("lxml.html")
    document = importlib.import_module("readability").Document(html)
    words = lxml.fromstring(document.summary()).itertext()
    return {"text": " ".join(words), "title": document.short_title(), "published_at": None}


def _read_with_newspaper(html: str, url: str) -> dict[str, Any]:
    article = importlib.import_module("newspaper").Article(url or "http://example.org/", language="id")
    article.download(input_html=html)
    article.parse()
    return {"text": article.text, "title": article.title, "published_at": article.publish_date}


RIVALS: dict[str, tuple[str, Reader]] = {
    "trafilatura": ("trafilatura", lambda html, _: _read_with_trafilatura(html)),
    "trafilatura, precision": ("trafilatura", lambda html, _: _read_with_trafilatura(html, favor_precision=True)),
    "readability-lxml": ("readability", lambda html, _: _read_with_readability(html)),
    "newspaper4k": ("newspaper", _read_with_newspaper),
}
"""What people would try first: the module to import, and how it is asked."""


def _is_installed(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _share(answers: Iterable[bool | None]) -> str:
    known = [answer for answer in answers if answer is not None]
    return f"{sum(known)}/{len(known)}" if known else "–"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""GDELT DOC 2.0: where news of the last three months stands. It gives addresses and titles, no text.

https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/. One request in five seconds; errors come as plain words with 200.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from pydantic import ValidationError

from crawler.addresses import is_web_url
from crawler.connectors.cutting import cut_answer
from crawler.connectors.problems import Answer, ApiProblem, ProblemKind, explain_status
from crawler.connectors.queries import GdeltQuery
from crawler.connectors.shapes import Shape, Text

MAX_RECORDS = 250
FIRST_WINDOW = timedelta(days=1)
WINDOW_LIMIT = timedelta(days=85)
"""Older marks are brought to this: the index holds three months."""
STAMP = "%Y%m%d%H%M%S"
SEEN = re.compile(r"\d{8}T\d{6}Z")


class Article(Shape):
    url: str
    title: Text = ""
    seendate: Text = ""


@dataclass(frozen=True)
class FoundPage:
    """A news page that GDELT saw; `seen_at` is its own time, not the page's."""

    url: str
    title: str
    seen_at: datetime
    raw: bytes


@dataclass(frozen=True)
class Finding:
    pages: tuple[FoundPage, ...]
    unreadable: int
    is_full: bool
    """As many as one answer holds: there are more after the last."""


def articles_url(base: str, query: GdeltQuery, *, start: datetime, end: datetime) -> str:
    parameters = {"query": query.search, "mode": "artlist", "format": "json", "sort": "dateasc", "maxrecords": str(MAX_RECORDS)}
    parameters |= {"startdatetime": start.strftime(STAMP), "enddatetime": end.strftime(STAMP)}
    return f"{base}/api/v2/doc/doc?{urlencode(parameters)}"


def window_start(mark: str, moment: datetime) -> datetime:
    """Where the next reading begins: at the mark, a day ago without one, never beyond what the index holds."""
    try:
        start = datetime.strptime(mark, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return moment - FIRST_WINDOW
    return max(start, moment - WINDOW_LIMIT)


def read_articles(body: bytes) -> Finding:
    """The articles of an answer, oldest first. An empty object is an answer without any."""
    if body.strip() in (b"", b"{}"):
        return Finding((), 0, False)
    parts = cut_answer(body, "articles").parts
    pages = [_read_article(part.value, part.raw) for part in parts]
    good = tuple(page for page in pages if page is not None)
    return Finding(good, len(pages) - len(good), len(parts) >= MAX_RECORDS)


def explain_answer(answer: Answer) -> ApiProblem:
    return explain_status(answer)


def explain_words(body: bytes) -> ApiProblem | None:
    """What plain words instead of JSON mean; None for JSON."""
    if body.lstrip()[:1] in (b"", b"{"):
        return None
    words = body[:300].decode("utf-8", "replace").lower()
    if "limit requests" in words:
        return ApiProblem(ProblemKind.RATE, "GDELT membatasi laju: satu permintaan tiap lima detik", status=200)
    if "query" in words or "keyword" in words or "phrase" in words or "timespan" in words:
        return ApiProblem(
            ProblemKind.BAD_REQUEST, "GDELT menolak kueri: terlalu pendek, terlalu panjang atau salah tulis", status=200
        )
    return ApiProblem(ProblemKind.UNREADABLE, "jawaban GDELT bukan daftar artikel", status=200)


def _read_article(value: object, raw: bytes) -> FoundPage | None:
    try:
        article = Article.model_validate(value)
    except ValidationError:
        return None
    if not is_web_url(article.url) or not SEEN.fullmatch(article.seendate):
        return None
    try:
        seen_at = datetime.strptime(article.seendate, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return FoundPage(article.url, " ".join(article.title.split())[:500], seen_at, raw)

"""From one answer to its article, by what the source file says; and articles that are cut into pages."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.addresses import is_on_hosts
from crawler.catalogue import SourceFile
from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.pages import join_pages, next_page, read_page
from models import FetchCause
from models.evidence.store import Fetched
from models.reference import timezone_of

NEAR_LANGUAGES = {"id", "ms", "jv", "su", "min", "ban"}
"""The model takes one for another; all of them are what Indonesian outlets write."""
MAX_PARTS = 10
"""Pages of one article."""
WHOLE = re.compile(r"[?&](?:(?:page|show|view)=all|single=1|halaman=semua)\b", re.I)
OWN_NUMBER = rb"""/?(?:\?[^"'\s>]*\b(?:page|hal|halaman|p|pg|paged|show|single|view)=|/(?:page/)?\d)"""
BARE_NUMBER = re.compile(rb"(?:page|hal|halaman|p|pg|paged|show|single|view)=")

Part = tuple[FetchedArticle, Fetched]


def read_answer(file: SourceFile, fetched: Fetched) -> FetchedArticle:
    """The article of one answer; raises NotAnArticle."""
    kind = fetched.content_type.split(";")[0].strip().lower()
    if kind and "html" not in kind and not kind.startswith("text/"):
        raise NotAnArticle(f"bukan halaman HTML ({kind})", FetchCause.NOT_TEXT)
    article = read_page(
        file.reader,
        fetched.body,
        fetched.url,
        fetched.content_type,
        place=timezone_of(file.region),
        hosts=file.hosts,
        page=file.page,
        seen_at=fetched.fetched_at,
    )
    if article.language and article.language not in NEAR_LANGUAGES | {file.language}:
        raise NotAnArticle(f"bahasa lain ({article.language})", FetchCause.LANGUAGE)
    return article


def next_part(file: SourceFile, fetched: Fetched, read: Sequence[str]) -> str | None:
    """Where the article goes on, on the outlet's own hosts; None where it is whole, or has gone on for long enough."""
    if len(read) >= MAX_PARTS or any(map(WHOLE.search, read)) or not _may_go_on(fetched):
        return None
    url = next_page(fetched.body, fetched.url, fetched.content_type, reader=file.reader)
    return url if url and url not in read and is_on_hosts(url, file.hosts) else None


def join_parts(parts: Sequence[Part]) -> FetchedArticle:
    """One article of the parts that were read: the outlet's own whole, where it offers one."""
    if len(parts) == 1:
        return parts[0][0]
    whole = [article for article, fetched in parts if WHOLE.search(fetched.url)]
    return join_pages(whole or [article for article, _ in parts])


def _may_go_on(fetched: Fetched) -> bool:
    """Whether the page names its own address with a number: to look closer costs as much as to read it."""
    name = urlsplit(fetched.url).path.rstrip("/").rpartition("/")[2]
    # Looking for plain bytes first is many times faster than a pattern.
    if name and name.encode() in fetched.body and re.search(re.escape(name.encode()) + OWN_NUMBER, fetched.body):
        return True
    return b"?" in fetched.body and any(
        BARE_NUMBER.match(rest) for link in (b'"?', b"'?") for rest in fetched.body.split(link)[1:]
    )

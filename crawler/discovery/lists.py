"""A feed's answer as a list of pages, and what is wrong with it in words that tell how to mend. Pure functions."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.addresses import is_on_hosts
from crawler.catalogue import FeedFile, SourceFile
from crawler.discovery.visiting import Answer
from crawler.errors import FeedUnreadable
from crawler.finding.asking import Answer as CameBack
from crawler.finding.asking import first_lists, read_list, today_at
from crawler.finding.listing import Listing
from crawler.items import ListedPage
from crawler.pages.decoding import decode_page
from crawler.pages.markup import plain_title
from models import FeedKind
from models.reference import timezone_of

BLOCKING = {401, 403, 406, 429, 451}
GONE = {404, 410}
FOREVER = {301, 308}
STALE = timedelta(days=14)
STALE_WHERE_QUIET = timedelta(days=90)
"""For sources that promise nothing a day: offices write when something happens."""
TITLE = re.compile(r"<title[^>]*>(.{0,300}?)</title", re.I | re.S)
NOT_FOUND = re.compile(r"\b404\b|not found|tidak ditemukan|tidak tersedia", re.I)
WALL = re.compile(r"captcha|cf-chl|challenge-platform|just a moment|attention required|access denied|checking your browser", re.I)
LOOKED_AT = 100_000
"""Characters of a page in which signs of a wall are looked for."""


@dataclass(frozen=True)
class Finding:
    """What asking one feed showed."""

    code: str
    words: str
    is_sound: bool = False
    pages: tuple[ListedPage, ...] = ()

    @property
    def newest_at(self) -> datetime | None:
        return max((at for page in self.pages if (at := page.published_at or page.changed_at)), default=None)


def address_of(feed: FeedFile, source: SourceFile) -> str:
    """What a crawl asks first. Of an archive the page of yesterday: that of today may still be empty."""
    today = today_at(timezone_of(source.region), datetime.now(UTC))
    return first_lists(feed, [today - timedelta(days=1)])[-1]


def read_answer(feed: FeedFile, answer: Answer, source: SourceFile) -> Listing:
    """The list as a crawl would read it; raises FeedUnreadable."""
    pages = answer.headers.get("x-wp-totalpages", "")
    came = CameBack(answer.body, answer.url, answer.asked_url, answer.content_type, int(pages) if pages.isdecimal() else None)
    return read_list(feed, came, place=timezone_of(source.region))


def judge_answer(feed: FeedFile, answer: Answer, source: SourceFile) -> Finding:
    """The worst that is wrong with this answer, or that nothing is."""
    return _judge_status(answer) or _judge_place(feed, answer, source) or _judge_list(feed, answer, source)


def _judge_status(answer: Answer) -> Finding | None:
    status = answer.status
    if status in BLOCKING or (status == 503 and WALL.search(_text(answer))):
        return Finding("blocked", f"refuses us (HTTP {status}): ask the publisher, or disable the feed and say why")
    if status in GONE:
        return Finding("gone", f"is gone (HTTP {status}): look for its new address with `netra sources add HOME-PAGE`")
    if status >= 500:
        return Finding("server_error", f"fails at its own end (HTTP {status}): try again later")
    return None if status == 200 else Finding("odd_status", f"answers HTTP {status} instead of a list")


def _judge_place(feed: FeedFile, answer: Answer, source: SourceFile) -> Finding | None:
    """A crawl follows redirects within the source's hosts only."""
    if all(is_on_hosts(hop.url, source.hosts) for hop in answer.hops):
        return None
    host = urlsplit(answer.url).hostname
    return Finding(
        "moved_away", f"leads to {answer.url}: put {host} into `hosts` and this address into `feeds`, if it is the outlet's"
    )


def _judge_list(feed: FeedFile, answer: Answer, source: SourceFile) -> Finding:
    try:
        listing = read_answer(feed, answer, source)
    except FeedUnreadable as error:
        return _judge_markup(feed, answer, error.reason)
    pages = listing.pages
    if not pages and listing.more:
        return Finding("ok", f"an index of {len(listing.more)} sitemaps", is_sound=True)
    if not pages:
        return Finding("empty", "is a list without a single entry: look for another feed of the outlet")
    own = [page for page in pages if is_on_hosts(page.url, source.hosts)]
    if 2 * len(own) < len(pages):
        hosts = sorted({urlsplit(page.url).hostname or "" for page in pages} - set(source.hosts))
        return Finding(
            "foreign",
            f"lists {len(pages) - len(own)} of {len(pages)} pages on {', '.join(hosts[:3])}: add to `hosts`",
            pages=pages,
        )
    return _judge_age(feed, answer, source, pages)


def _judge_markup(feed: FeedFile, answer: Answer, reason: str) -> Finding:
    """Not the list that was asked for: a wall, an error page that says 200, or just another page."""
    text = _text(answer)
    is_page = "<html" in text[:2000].lower()
    if is_page and WALL.search(text):
        return Finding(
            "wall", "answers with a page for people (captcha or wall): ask the publisher, or disable the feed and say why"
        )
    if feed.kind in (FeedKind.INDEX, FeedKind.ARCHIVE):
        return Finding("no_links", f"has no links that match `link: {feed.link}`: the page was rebuilt, look at its markup")
    found = TITLE.search(text)
    title = plain_title(found[1]) if found else ""
    if is_page and (NOT_FOUND.search(title) or (answer.hops and urlsplit(answer.url).path in ("", "/"))):
        return Finding("soft_404", f"is gone, though it says HTTP 200 ({title or 'the home page'}): look for its new address")
    if is_page:
        return Finding("html", f"is an HTML page, not a list ({title}): try /feed, /rss or `netra sources add HOME-PAGE`")
    return Finding("unreadable", f"cannot be read as {feed.kind} ({reason}): look at it in a browser")


def _judge_age(feed: FeedFile, answer: Answer, source: SourceFile, pages: tuple[ListedPage, ...]) -> Finding:
    found = Finding("ok", f"{len(pages)} entries", is_sound=True, pages=pages)
    newest = found.newest_at
    if newest is not None:
        age = datetime.now(UTC) - newest
        if feed.use == "news" and age > (STALE if source.expected_min_per_day else STALE_WHERE_QUIET):
            return Finding(
                "stale", f"newest of {len(pages)} entries is {age.days} days old: the outlet may have left this feed", pages=pages
            )
        found = Finding("ok", f"{len(pages)} entries, newest {newest:%Y-%m-%d %H:%M} UTC", is_sound=True, pages=pages)
    if any(hop.status in FOREVER for hop in answer.hops):
        return Finding(
            "moved", f"{found.words}; moved for good to {answer.url}: write that into `feeds`", is_sound=True, pages=pages
        )
    return found


def _text(answer: Answer) -> str:
    return decode_page(answer.body[:LOOKED_AT], answer.content_type)

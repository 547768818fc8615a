"""Trying the feeds of a source as a crawl would ask for them."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.catalogue import FeedFile, SourceFile
from crawler.discovery.lists import Finding, address_of, judge_answer
from crawler.discovery.visiting import Visitor
from crawler.errors import Obstacle, Unreachable

logger = logging.getLogger(__name__)

MENDS = {
    Obstacle.ADDRESS: "correct it in the file",
    Obstacle.PRIVATE: "no crawl goes there; correct the file, or tell the outlet of its wrong DNS entry",
    Obstacle.DNS: "the outlet moved or ended; look for its new address, or disable the source and say so",
    Obstacle.DNS_SILENT: "is this machine on the internet? If so, try again later",
    Obstacle.REFUSED: "try again later",
    Obstacle.TIMEOUT: "try again later",
    Obstacle.TLS: "tell the outlet; we do not read behind a certificate that nobody vouches for",
    Obstacle.TOO_LARGE: "look for a smaller list, such as a news sitemap",
    Obstacle.REDIRECTS: "look at it in a browser",
    Obstacle.ROBOTS: "look for a feed that is allowed, or disable the source and say so",
    Obstacle.ROBOTS_UNREACHABLE: "try again later",
    Obstacle.BROKEN: "try again later",
}


@dataclass(frozen=True)
class FeedCheck:
    """What asking one feed of one source showed."""

    source: str
    feed: str
    finding: Finding


def check_feeds(visitor: Visitor, source: SourceFile) -> Iterator[FeedCheck]:
    """Ask each enabled feed once; whatever is wrong with one, the next is asked."""
    for feed in source.feeds:
        if feed.is_enabled:
            yield FeedCheck(source.slug, feed.url, try_feed(visitor, feed, source))


def try_feed(visitor: Visitor, feed: FeedFile, source: SourceFile) -> Finding:
    """Fetch and judge one feed."""
    try:
        answer = visitor.fetch(address_of(feed, source))
    except Unreachable as error:
        return Finding(str(error.obstacle), f"{error.words}: {MENDS[error.obstacle]}")
    try:
        return judge_answer(feed, answer, source)
    except Exception:  # Bytes that break a parser may cost their own feed, never the rest of the round.
        logger.exception("cannot judge %s", feed.url)
        return Finding("unreadable", "breaks our own reader: tell the developers, with this address")

"""What can go wrong between a list of pages and a stored item."""

from enum import StrEnum

from models import FetchCause


class CrawlerError(Exception):
    """The base of every error that this package raises."""


class SourceFileError(CrawlerError):
    """A source file says something that we do not understand; the message names the file and the key."""


class NotAnArticle(CrawlerError):
    """A page was read, but holds no article that we can keep. The reason is for people, in Indonesian; the cause is counted."""

    def __init__(self, reason: str, cause: FetchCause = FetchCause.NO_ARTICLE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


class FeedUnreadable(CrawlerError):
    """What came back from a feed's address is no list of pages. The reason is for people, in Indonesian; the cause is counted."""

    def __init__(self, reason: str, cause: FetchCause = FetchCause.FEED) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


class SourceBusy(CrawlerError):
    """Somebody else reads the same source just now, or another one of its host."""


class Obstacle(StrEnum):
    """What stood between us and an answer."""

    ADDRESS = "address"
    PRIVATE = "private_address"
    DNS = "dns"
    DNS_SILENT = "dns_silent"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TLS = "tls"
    TOO_LARGE = "too_large"
    REDIRECTS = "redirects"
    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    BROKEN = "broken"


class Unreachable(CrawlerError):
    """An address gave no answer that can be judged; `words` say what happened, for operators."""

    def __init__(self, obstacle: Obstacle, words: str) -> None:
        super().__init__(words)
        self.obstacle = obstacle
        self.words = words


class ClusterError(CrawlerError):
    """A decision on a cluster of near-duplicates that cannot be carried out as asked."""

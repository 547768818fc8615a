"""What can go wrong between a list of pages and a stored item."""


class CrawlerError(Exception):
    """The base of every error that this package raises."""


class SourceFileError(CrawlerError):
    """A source file says something that we do not understand; the message names the file and the key."""


class NotAnArticle(CrawlerError):
    """A page was read, but holds no article that we can keep. The reason is for people, in Indonesian."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FeedUnreadable(CrawlerError):
    """What came back from a feed's address is no list of pages. The reason is for people, in Indonesian."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SourceBusy(CrawlerError):
    """Another process on this machine crawls the same source."""

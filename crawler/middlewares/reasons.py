"""What a failed request means for its page, in words that an operator understands."""

from dataclasses import dataclass
from enum import Enum, auto

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.spidermiddlewares.httperror import HttpError

TOO_LARGE = "terlalu besar (lebih dari 8 MiB)"


class AddressRefused(IgnoreRequest):
    """Our own rules forbid the address: another host, a private network, another protocol."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be read, so nothing may be asked of this host now (RFC 9309, section 2.3.1.4)."""


class ComeBackLater(IgnoreRequest):
    """The outlet asks for a longer pause (Retry-After) than one run waits."""


class Trouble(Enum):
    FAILED = auto()
    """An attempt is counted."""
    REFUSED = auto()
    """Never to be kept."""
    BLOCKED = auto()
    """Not allowed."""
    POSTPONED = auto()
    """Not allowed now; the page goes on waiting."""


@dataclass(frozen=True)
class Explained:
    kind: Trouble
    reason: str
    status: int | None = None


def explain(error: BaseException | None) -> Explained:
    """Turn what Scrapy raised into what the frontier does about it."""
    match error:
        case HttpError():
            return Explained(Trouble.FAILED, f"HTTP {error.response.status}", error.response.status)
        case RobotsUnreachable() | ComeBackLater():
            return Explained(Trouble.POSTPONED, str(error))
        case AddressRefused():
            return Explained(Trouble.BLOCKED, str(error))
        case IgnoreRequest() if "robots.txt" in str(error):
            return Explained(Trouble.BLOCKED, "dilarang oleh robots.txt")
        case IgnoreRequest() if "exceeded DOWNLOAD_MAXSIZE" in str(error):
            return Explained(Trouble.REFUSED, TOO_LARGE)
        case IgnoreRequest():
            return Explained(Trouble.REFUSED, f"diabaikan: {error}")
        case DownloadCancelledError():
            return Explained(Trouble.REFUSED, TOO_LARGE)
        case DownloadTimeoutError():
            return Explained(Trouble.FAILED, "tidak menjawab pada waktunya")
        case CannotResolveHostError():
            return Explained(Trouble.FAILED, "nama situs tidak ditemukan (DNS)")
        case DownloadConnectionRefusedError():
            return Explained(Trouble.FAILED, "sambungan ditolak")
        case _:
            return Explained(Trouble.FAILED, f"{type(error).__name__}: {error}"[:300])

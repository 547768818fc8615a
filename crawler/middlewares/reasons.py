"""What a failed request means for its page: in classes that are counted, and in words that an operator understands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError
from twisted.web.client import ResponseFailed

from crawler.errors import NotAnArticle
from crawler.pages.refusals import is_robot_check
from models import FetchCause

TOO_LARGE = "terlalu besar (lebih dari 8 MiB)"
ROBOTS = "dilarang oleh robots.txt"
MOST_CAUSES = 20
"""Errors behind errors that are looked at."""
NETWORK = {FetchCause.DNS, FetchCause.CONNECTION, FetchCause.TLS, FetchCause.TIMEOUT, FetchCause.PROTOCOL}
"""Nothing came that HTTP could tell us anything about."""
OF_THE_OUTLET = NETWORK | {
    FetchCause.HTTP_CLIENT,
    FetchCause.HTTP_SERVER,
    FetchCause.RATE_LIMIT,
    FetchCause.ROBOTS_UNREACHABLE,
    FetchCause.CAPTCHA,
}
"""What may be the outlet's trouble, or its ban of us, and not the page's; what else goes wrong concerns one page."""


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
    cause: FetchCause
    status: int | None = None

    @property
    def is_blocked(self) -> bool:
        """Whether it was a rule that kept us away, and no failure of the network behind it."""
        return self.kind in (Trouble.BLOCKED, Trouble.POSTPONED) and self.cause not in NETWORK


class Withheld(IgnoreRequest):
    """One of our own rules ends a request; its message is the reason."""

    kind: ClassVar[Trouble]
    cause: FetchCause


class AddressRefused(Withheld):
    """Our own rules forbid the address: another host, a private network, another protocol."""

    kind, cause = Trouble.BLOCKED, FetchCause.ADDRESS


class RedirectRefused(AddressRefused):
    """A redirect leads to such an address."""


class RobotsUnreachable(Withheld):
    """robots.txt could not be read, so nothing may be asked of this host now (RFC 9309, section 2.3.1.4)."""

    kind = Trouble.POSTPONED

    def __init__(self, why: str, cause: FetchCause = FetchCause.ROBOTS_UNREACHABLE) -> None:
        super().__init__(f"robots.txt tidak dapat dibaca ({why}), jadi situs tidak diambil dulu"[:300])
        self.cause = cause


class ComeBackLater(Withheld):
    """The outlet asks for a longer pause (Retry-After) than one run waits."""

    kind, cause = Trouble.POSTPONED, FetchCause.RATE_LIMIT

    def __init__(self, why: str, seconds: float = 0) -> None:
        super().__init__(why)
        self.seconds = seconds


class RedirectsEndless(Withheld):
    """Redirects in a circle, or more of them than we follow."""

    kind, cause = Trouble.FAILED, FetchCause.REDIRECTS


class TooLarge(Withheld):
    """More bytes than we take, as they came or once unpacked."""

    kind, cause = Trouble.REFUSED, FetchCause.TOO_LARGE


class PackingBroken(Withheld):
    """What came cannot be unpacked to its end."""

    kind, cause = Trouble.FAILED, FetchCause.ENCODING


class HeadersEndless(Exception):
    """More headers than an answer may have."""


def explain(error: BaseException | None) -> Explained:
    """Turn what Scrapy or a reader raised into what the frontier does about it."""
    match error:
        case HttpError():
            return _explain_status(error.response)
        case NotAnArticle():
            return Explained(Trouble.FAILED if error.cause in OF_THE_OUTLET else Trouble.REFUSED, error.reason, error.cause)
        case Withheld():
            return Explained(error.kind, str(error), error.cause)
        case IgnoreRequest() if "robots.txt" in str(error):
            return Explained(Trouble.BLOCKED, ROBOTS, FetchCause.ROBOTS)
        case IgnoreRequest():
            return Explained(Trouble.REFUSED, f"diabaikan: {error}"[:300], FetchCause.OTHER)
        case DownloadCancelledError():
            return Explained(Trouble.REFUSED, TOO_LARGE, FetchCause.TOO_LARGE)
        case _:
            return _explain_network(error)


def _explain_status(response: Response) -> Explained:
    if is_robot_check(response.body):
        reason = f"HTTP {response.status}: halaman pemeriksaan robot (captcha)"
        return Explained(Trouble.FAILED, reason, FetchCause.CAPTCHA, response.status)
    cause = cause_of_status(response.status, asks_for_pause="Retry-After" in response.headers)
    reason = f"HTTP {response.status}" + (" tanpa tujuan" if cause is FetchCause.REDIRECTS else "")
    return Explained(Trouble.FAILED, reason, cause, response.status)


def cause_of_status(status: int, *, asks_for_pause: bool = False) -> FetchCause:
    """The class of an answer that is no success."""
    match status:
        case 404 | 410:
            return FetchCause.GONE
        case 429:
            return FetchCause.RATE_LIMIT
        case 503 if asks_for_pause:
            return FetchCause.RATE_LIMIT
        case _ if 300 <= status < 400:
            return FetchCause.REDIRECTS
        case _ if 400 <= status < 500:
            return FetchCause.HTTP_CLIENT
        case _ if status >= 500:
            return FetchCause.HTTP_SERVER
        case _:
            return FetchCause.PROTOCOL


def _explain_network(error: BaseException | None) -> Explained:
    reason, cause = f"{type(error).__name__}: {error}"[:300], FetchCause.OTHER
    for one in _causes_of(error):
        if said := _name_network(one):
            reason, cause = said
            break
    return Explained(Trouble.FAILED, reason, cause)


def _name_network(error: BaseException) -> tuple[str, FetchCause] | None:
    match error:
        case DownloadTimeoutError() | ConnectTimeout():
            return "tidak menjawab pada waktunya", FetchCause.TIMEOUT
        case CannotResolveHostError():
            return "nama situs tidak ditemukan (DNS)", FetchCause.DNS
        case DownloadConnectionRefusedError():
            return "sambungan ditolak", FetchCause.CONNECTION
        case TlsError() | VerificationError():
            return f"sambungan TLS tidak sah: {_words_of(error)}", FetchCause.TLS
        case HeadersEndless():
            return "kepala jawaban tidak ada habisnya", FetchCause.PROTOCOL
        case ParseError():
            return "jawaban bukan HTTP", FetchCause.PROTOCOL
        case ResponseDataLossError() | ConnectionClosed() | ConnectError():
            return "sambungan putus sebelum jawaban selesai", FetchCause.CONNECTION
        case _:
            return None


def _causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what lies behind it: Twisted hides the reason of a broken connection in a list inside another."""
    waiting, seen = [error], 0
    while waiting and seen < MOST_CAUSES:
        one, seen = waiting.pop(0), seen + 1
        if one is not None:
            yield one
            reasons: list[Failure] = one.reasons if isinstance(one, ResponseFailed) else []
            waiting += [*(failure.value for failure in reasons), one.__cause__]


def _words_of(error: BaseException) -> str:
    """OpenSSL's own words, without the names of its functions."""
    words = re.findall(r"[a-z][a-z ]{6,}[a-z]", str(error)) or [type(error).__name__]
    return words[-1]

"""What an API answers instead of posts, in classes that are counted and in words that an operator understands."""

import re
from dataclasses import dataclass
from enum import StrEnum

from crawler.errors import CrawlerError
from crawler.middlewares.reasons import Trouble, explain
from models import FetchCause

CODE = re.compile(r"[A-Za-z]{1,60}")
"""What is repeated of an answer: the name of its error. A whole message might hold what we sent."""


class ProblemKind(StrEnum):
    RATE = "batas_laju"
    """Too many requests: wait, or postpone."""
    QUOTA = "kuota"
    """The units of the day are used up."""
    SESSION = "sesi"
    """The session ran out; a new one may help."""
    CREDENTIALS = "kredensial"
    """A key, token or password is missing or refused: a person must act."""
    COMMENTS_OFF = "komentar_ditutup"
    NOT_FOUND = "tidak_ada"
    STALE_PAGE = "halaman_kedaluwarsa"
    """The token of the next page is no longer known: the walk begins anew."""
    BAD_REQUEST = "permintaan_ditolak"
    REDIRECTED = "dialihkan"
    UNREADABLE = "tak_terbaca"
    SERVER = "server"
    NETWORK = "jaringan"


RETRIED = {ProblemKind.SERVER, ProblemKind.NETWORK}
CAUSES = {
    ProblemKind.RATE: FetchCause.RATE_LIMIT,
    ProblemKind.QUOTA: FetchCause.RATE_LIMIT,
    ProblemKind.NOT_FOUND: FetchCause.GONE,
    ProblemKind.SERVER: FetchCause.HTTP_SERVER,
    ProblemKind.UNREADABLE: FetchCause.FEED,
}
"""Of kinds that outlets have too; all others are the platform's own."""


class ApiProblem(CrawlerError):
    """A request that gave no posts. `wait_seconds` is what the platform asks, where it asks."""

    def __init__(
        self,
        kind: ProblemKind,
        reason: str,
        *,
        cause: FetchCause | None = None,
        status: int | None = None,
        wait_seconds: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.cause = cause or CAUSES.get(kind, FetchCause.PLATFORM)
        self.status = status
        self.wait_seconds = wait_seconds


@dataclass(frozen=True)
class Answer:
    """A response without Scrapy: what the platforms' pure functions read."""

    status: int
    body: bytes
    retry_after: float = 0.0


def explain_status(answer: Answer, code: str = "") -> ApiProblem:
    """What a status means on every platform, where the platform itself has no better word."""
    named = f" ({code})" if code else ""
    match answer.status:
        case 429:
            wait = answer.retry_after or None
            return ApiProblem(ProblemKind.RATE, f"platform membatasi laju{named}", status=429, wait_seconds=wait)
        case 401 | 403:
            return ApiProblem(ProblemKind.CREDENTIALS, f"platform menolak kredensial{named}", status=answer.status)
        case 404 | 410:
            return ApiProblem(ProblemKind.NOT_FOUND, f"yang diminta tidak ada{named}", status=answer.status)
        case status if 300 <= status < 400:
            return ApiProblem(ProblemKind.REDIRECTED, f"API mengalihkan ke alamat lain (HTTP {status})", status=status)
        case status if status >= 500 or status == 206:
            wait = answer.retry_after or None
            return ApiProblem(ProblemKind.SERVER, f"platform terganggu (HTTP {status})", status=status, wait_seconds=wait)
        case status:
            return ApiProblem(ProblemKind.BAD_REQUEST, f"permintaan ditolak (HTTP {status}){named}", status=status)


def explain_failure(error: Exception) -> ApiProblem:
    """No response at all: the network, robots.txt, our own rules, or an answer too large to be read."""
    trouble = explain(error)
    match trouble.kind:
        case Trouble.BLOCKED:
            return ApiProblem(ProblemKind.REDIRECTED, trouble.reason, cause=trouble.cause)
        case Trouble.REFUSED:
            return ApiProblem(ProblemKind.UNREADABLE, "jawaban terlalu besar", cause=trouble.cause)
        case Trouble.POSTPONED | Trouble.FAILED:
            return ApiProblem(ProblemKind.NETWORK, trouble.reason, cause=trouble.cause, status=trouble.status)


def code_of(value: object) -> str:
    """The name of an error as an answer gives it; empty for anything that is not a plain word."""
    return value if isinstance(value, str) and CODE.fullmatch(value) else ""

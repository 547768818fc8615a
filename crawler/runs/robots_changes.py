"""What a host's robots.txt says for us, kept, and an event when it says something else than before."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from crawler.catalogue import SourceFile
from models import RobotsFile, now, record_event

ACTOR = "sistem:crawler"


@dataclass(frozen=True)
class Verdict:
    """What may be asked of one host, as far as it concerns one source."""

    is_readable: bool
    forbidden: tuple[str, ...] = ()
    crawl_delay: float | None = None


def own_addresses(file: SourceFile, netloc: str) -> list[str]:
    """What a source asks of this host: its home page and its lists."""
    addresses = dict.fromkeys([file.home_url, *(feed.url for feed in file.feeds if feed.is_enabled)])
    return [url for url in addresses if urlsplit(url).netloc == netloc]


def judge_robots(addresses: Iterable[str], may_ask: Callable[[str], bool] | None, crawl_delay: float | None) -> Verdict:
    """What it says of these addresses; `may_ask` is None where it could not be read, which forbids everything for now."""
    if may_ask is None:
        return Verdict(False)
    return Verdict(True, tuple(sorted(url for url in addresses if not may_ask(url))), crawl_delay)


def keep_verdict(
    session: Session, source_id: int, file: SourceFile, host: str, verdict: Verdict, *, body: bytes, status: int | None
) -> None:
    """Remember what was read; record a change of what it means for us. A new host is no change."""
    row = session.get(RobotsFile, (source_id, host))
    digest = hashlib.sha256(body).hexdigest() if status is not None else ""
    if row is None:
        row = RobotsFile(source_id=source_id, host=host[:260], changed_at=now())
        session.add(row)
        before = verdict
    else:
        before = Verdict(row.is_readable, tuple(row.forbidden), row.crawl_delay)
    row.sha256, row.status, row.checked_at = digest, status, now()
    row.is_readable, row.forbidden, row.crawl_delay = verdict.is_readable, list(verdict.forbidden), verdict.crawl_delay
    session.flush()
    if verdict != before:
        row.changed_at = now()
        detail: dict[str, Any] = {"sumber": file.slug, "situs": host, "sebelum": _say(before), "sesudah": _say(verdict)}
        record_event(session, "sumber.robots", actor=ACTOR, subject=("source", source_id), detail=detail)


def _say(verdict: Verdict) -> dict[str, Any]:
    names = {"is_readable": "terbaca", "forbidden": "dilarang", "crawl_delay": "jeda"}
    return {names[name]: value for name, value in asdict(verdict).items()}

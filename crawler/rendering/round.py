"""One round of one source: its waiting pages through a browser, one after the other, each stored before the next."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from crawler.catalogue import SourceFile
from crawler.rendering.choosing import Waiting, list_waiting
from crawler.rendering.job import RenderFailed, RenderJob
from crawler.rendering.keeping import count_attempt, keep_rendered
from crawler.rendering.process import render_apart
from crawler.schedule import HeldHost, hold_host
from models.database import make_reading_session, make_session
from models.evidence.store import EvidenceWriter
from models.settings import Settings

MOST_FAILURES = 5
"""In a row: whatever is wrong then is wrong with the browser or the outlet, not with a page."""


@dataclass
class RenderReport:
    """What became of the pages of one source."""

    slug: str
    counts: Counter[str] = field(default_factory=Counter[str])
    failures: list[str] = field(default_factory=list[str])
    is_busy: bool = False
    """Somebody else reads its host: it comes with the next round."""


def render_source(
    settings: Settings,
    engine: Engine,
    file: SourceFile,
    *,
    limit: int,
    on_page: Callable[[], None] = lambda: None,
    must_stop: Callable[[], bool] = lambda: False,
) -> RenderReport:
    """Show up to `limit` pages and keep what came; `must_stop` is asked before each. It may be killed, and run again.

    Raises SourceBusy while its host is read.
    """
    report = RenderReport(file.slug)
    if not _list(engine, file, 1):
        return report
    with hold_host(make_session(engine), settings.home, file) as host, EvidenceWriter(settings.evidence_dir) as writer:
        in_a_row = 0
        for number, page in enumerate(_list(engine, file, limit)):
            if number and not must_stop():
                _pause(host, file.delay_seconds)
            if must_stop():
                break
            in_a_row = 0 if _show(settings, engine, writer, file, page, report) else in_a_row + 1
            on_page()
            if in_a_row == MOST_FAILURES:
                break
    return report


def _list(engine: Engine, file: SourceFile, limit: int) -> list[Waiting]:
    with make_reading_session(engine)() as session:
        return list_waiting(session, file, limit)


def _pause(host: HeldHost, seconds: float) -> None:
    """Renewed before and after: a page takes almost a lease, and so may the pause."""
    host.renew()
    time.sleep(seconds)
    host.renew()


def job_of(file: SourceFile, url: str) -> RenderJob:
    """Scripts run only where the source file asks for pages that are empty without them."""
    return RenderJob(url, (*file.hosts, *file.render_hosts), file.hosts, runs_scripts=file.render == "page")


def _show(
    settings: Settings, engine: Engine, writer: EvidenceWriter, file: SourceFile, page: Waiting, report: RenderReport
) -> bool:
    sessions = make_session(engine)
    try:
        shown = render_apart(settings, job_of(file, page.url))
    except RenderFailed as failure:
        report.failures.append(str(failure))
        with sessions.begin() as session:
            count_attempt(session, page)
        return False
    with sessions.begin() as session:
        outcome = keep_rendered(session, writer, file, page, shown)
    report.counts[outcome] += 1
    return True

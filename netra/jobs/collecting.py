"""Jobs that read the web, and the one that watches how its sources are."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from models.settings import Settings
from netra.jobs.job import Report
from netra.stopping import Stop

if TYPE_CHECKING:
    from netra.crawls.state import EndedSource

SHOWN = 3
PAGES = 20
"""Pictures a round and source."""


def crawl(settings: Settings, engine: Engine, stop: Stop, *, names: Collection[str] = (), workers: int = 4) -> Report:
    """Read what is due now. The claims in rows say who reads which host; a source that failed waits by its own plan."""
    return _crawl(settings, engine, stop, names=names, workers=workers, once=True)


def stay_crawling(settings: Settings, engine: Engine, stop: Stop) -> Report:
    return _crawl(settings, engine, stop, names=(), workers=4, once=False)


def _crawl(settings: Settings, engine: Engine, stop: Stop, *, names: Collection[str], workers: int, once: bool) -> Report:
    from netra.crawls.endings import Limits
    from netra.crawls.scheduling import Scheduler

    read, failed = 0, list[str]()

    def count(ended: "EndedSource") -> None:
        nonlocal read
        read += 1
        if not ended.is_sound:
            failed.append(f"{ended.slug}: {ended.reason}")

    Scheduler(settings, engine, Limits(workers=workers), names=names, on_end=count, is_part=bool(names)).run(stop, once=once)
    return Report(f"read {read} sources" + _list(failed))


def watch(_settings: Settings, engine: Engine, _stop: Stop) -> Report:
    from models.database import make_session
    from models.health.watching import watch_sources

    changes = watch_sources(make_session(engine))
    opened = [f"{change.slug}: {change.alarm.message}" for change in changes if change.is_open]
    return Report(f"{len(opened)} alarms opened, {len(changes) - len(opened)} closed" + _list(opened))


def render(settings: Settings, engine: Engine, stop: Stop) -> Report:
    from crawler.catalogue import read_sound_files
    from netra.crawls.crawling import sync_catalogue
    from netra.rendering import asks_for_pictures, render_sources

    sound, _broken = read_sound_files(settings.sources_dir)
    asking = [file for file in sound.values() if asks_for_pictures(file)]
    if not asking:
        return Report("no enabled source asks for pictures")
    sync_catalogue(settings, engine)
    reports = list(render_sources(settings, engine, asking, limit=PAGES, must_stop=lambda: stop.is_asked))
    kept = sum(sum(report.counts.values()) for report in reports)
    failures = [f"{report.slug}: {failure}" for report in reports if not report.is_busy for failure in report.failures]
    busy = [f"{report.slug} waits: its host is read just now" for report in reports if report.is_busy]
    return Report(f"showed {kept} pages of {len(reports)} sources" + _list(busy), problem=_list(failures).lstrip("; "))


def _list(lines: list[str]) -> str:
    more = f"; and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return "".join(f"; {line}" for line in lines[:SHOWN]) + more

"""The stages of the demo in their order: with bars for who waits for the filled queue, and told to whoever serves meanwhile."""

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread

from sqlalchemy import Engine

from crawler.catalogue import read_source_files
from models.settings import Settings
from netra.console import err, fail, out, progress_bar
from netra.crawls.crawling import CrawlOutcome
from netra.demo import stages
from netra.demo.telling import OPEN, OVER, UNREAD, TellingProgress, tell
from service.preparing.preparation import Step

NICENESS = 10
"""Of all that prepares: where both want a core, a page gets nine tenths of it."""


def fill_demo(settings: Settings) -> int:
    """Do everything up to the filled queue, and say which outlets could not be read; how many flags wait."""
    with progress_bar() as progress:
        engine = stages.prepare_database(settings, progress)
        outcomes = stages.crawl_demo(settings, engine, _slugs(settings), progress)
        stages.make_artifact(settings, engine, progress)
        stages.score_demo(settings, engine, progress)
        stages.open_demo_cases(engine, progress)
    for outcome in _unsound(outcomes):
        out.print(_say(outcome), markup=False, soft_wrap=True)
    waiting = stages.count_open_flags(engine)
    engine.dispose()
    return waiting


def fill_demo_beside(settings: Settings) -> None:
    """The same for a process that serves meanwhile and hears what is told. The classifier learns while outlets are read."""
    if not (settings.demo and settings.crawl_proxy):
        fail("--prepare is what `netra demo` starts beside its pages.", "Run: netra demo")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    os.nice(NICENESS)
    with TellingProgress(Step.TABLES) as progress:
        engine = stages.prepare_database(settings, progress)
    tell(OPEN)
    if not stages.is_filled(engine):
        _fill(settings, engine)
    tell(OVER, flags=stages.count_open_flags(engine))


def _fill(settings: Settings, engine: Engine) -> None:
    training = _begin(lambda: _train(settings, engine))
    with TellingProgress(Step.READ) as progress:
        outcomes = stages.crawl_demo(settings, engine, _slugs(settings), progress)
    for outcome in _unsound(outcomes):
        err.print(_say(outcome), markup=False, soft_wrap=True)
        tell(UNREAD, outlet=outcome.slug)
    training.result()
    with TellingProgress(Step.SCORE) as progress:
        stages.score_demo(settings, engine, progress)
    with TellingProgress(Step.CASES) as progress:
        stages.open_demo_cases(engine, progress)


def _train(settings: Settings, engine: Engine) -> None:
    with TellingProgress(Step.TRAIN) as progress:
        stages.make_artifact(settings, engine, progress)


def _begin(work: Callable[[], None]) -> Future[None]:
    """In a thread that ends with the process: one of a pool would keep an interrupted process until its work is done."""
    result = Future[None]()

    def do() -> None:
        try:
            result.set_result(work())
        except Exception as error:  # Whoever asks for the result gets it.
            result.set_exception(error)

    Thread(target=do, daemon=True).start()
    return result


def _slugs(settings: Settings) -> list[str]:
    return list(read_source_files(settings.sources_dir))


def _unsound(outcomes: Sequence[CrawlOutcome]) -> list[CrawlOutcome]:
    return [outcome for outcome in outcomes if not outcome.is_sound]


def _say(outcome: CrawlOutcome) -> str:
    return f"{outcome.slug}: {outcome.reason}"

"""`scrapy crawl NAME`: as Scrapy's, one process a source, errors in one line, exit code 1 when the run failed."""

import argparse
import gc
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from crawler.errors import SourceBusy
from crawler.runs.lock import hold_source
from crawler.runs.parent import end_with_parent
from crawler.schedule import host_of
from models import RunState
from models.database import make_engine
from models.logs.setup import log_file, start_logging
from models.settings import Settings

LOG_BYTES = 1024 * 1024
"""Of one source's log; there are hundreds of sources."""


class Command(ScrapyCrawl):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one source; `scrapy list` shows them")
        end_with_parent()
        process = self.crawler_process
        assert process is not None, "Scrapy sets it before a command runs"
        spider: Any = process.spider_loader.load(args[0])  # Raises a UsageError for a name that no source has.
        settings: Settings = process.settings["NETRA"]
        start_logging(settings)
        _check_database(settings)
        _calm_collector()
        try:
            with hold_source(settings.home, args[0], host_of(spider.file)):
                # Whoever holds the source is the only one who writes its file.
                start_logging(settings, file=log_file(settings, f"crawl/{args[0]}", max_bytes=LOG_BYTES, old_files=1))
                crawler = self._create_crawler(args[0])
                process.crawl(crawler, **opts.spargs)
                process.start()
        except SourceBusy as error:
            raise UsageError(str(error), print_help=False) from error
        except OSError as error:
            raise UsageError(f"{settings.home} cannot be used: {error}", print_help=False) from error
        self.exitcode = 0 if getattr(crawler.spider, "outcome", None) is RunState.FINISHED else 1


def _calm_collector() -> None:
    """Look for garbage more seldom: what a page leaves behind is freed as it goes, and looking costs a sixth of a crawl."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _check_database(settings: Settings) -> None:
    engine = make_engine(settings.database_address)
    try:
        if not inspect(engine).has_table("sources"):
            raise UsageError("the database has no tables yet: run `netra db upgrade`")
    except SQLAlchemyError as error:
        raise UsageError(f"the database cannot be opened ({type(error).__name__}): run `netra db upgrade`") from error
    finally:
        engine.dispose()

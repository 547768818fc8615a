"""What the process has loaded that crawls are forked from: it does once what each of them would take seconds for.

It reads no settings, opens nothing and chooses no reactor: each crawl does that for itself. Only multiprocessing's fork server
imports this module.
"""

import gc
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

from scrapy.settings import default_settings
from scrapy.utils.misc import walk_modules_iter
from sqlalchemy.orm import configure_mappers

from crawler import loader, middlewares, pipelines
from crawler.duplicates.sketches import formula_hashes
from crawler.pages.layout import load_families
from crawler.regions import load_gazetteer

__all__ = ["loader", "pipelines"]

FOLDERS = ("scrapy.commands", "crawler.commands", middlewares.__name__)
"""Scrapy asks for their modules by name."""
EVENT_LOOPS = ("twisted.internet.asyncioreactor", "uvloop")
"""To import them is to choose none."""


def _list_components() -> Iterator[str]:
    """Modules of whatever Scrapy's own settings name, which it loads when a crawl begins."""
    for value in vars(default_settings).values():
        for name in [*value, *value.values()] if isinstance(value, dict) else [value]:
            if isinstance(name, str) and name.startswith("scrapy."):
                yield name.rpartition(".")[0]


def _load() -> None:
    for folder in FOLDERS:
        list(walk_modules_iter(folder))
    for name in (*_list_components(), *EVENT_LOOPS):
        with suppress(ImportError):  # It needs a package that is not here, and then no crawl asks for it.
            import_module(name)
    configure_mappers()
    for read in (load_gazetteer, load_families, formula_hashes):
        read()


_load()
gc.collect()
gc.freeze()  # A collector that looks at these objects in a crawl would copy all of their memory.

"""Spiders out of source files: `scrapy list` shows the sources, `scrapy crawl NAME` crawls one."""

import builtins
import difflib
from pathlib import Path
from typing import Any, Self, cast

from scrapy import Request, Spider
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from crawler.addresses import is_on_hosts
from crawler.catalogue import SourceFile, read_source_file, read_source_files
from crawler.errors import SourceFileError
from crawler.spiders.bluesky import BlueskySpider
from crawler.spiders.connector import ConnectorSpider
from crawler.spiders.gdelt import GdeltSpider
from crawler.spiders.mastodon import MastodonSpider
from crawler.spiders.source import SourceSpider
from crawler.spiders.youtube import YouTubeSpider

CONNECTORS: dict[str, type[ConnectorSpider]] = {
    "mastodon": MastodonSpider,
    "bluesky": BlueskySpider,
    "youtube": YouTubeSpider,
    "gdelt": GdeltSpider,
}


class UnknownSource(UsageError, KeyError):
    """Scrapy expects a KeyError, its commands print a UsageError as one line: this is both."""

    def __str__(self) -> str:
        return str(self.args[0])


class SourceLoader:
    """A SPIDER_LOADER_CLASS: one spider class a source file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(settings["NETRA"].sources_dir)

    def load(self, spider_name: str) -> type[Spider]:
        """Reads this one file, so that a mistake in another outlet's file stops only that outlet."""
        path = self.folder / f"{spider_name}.yml"
        if not path.is_file():
            names = sorted(path.stem for path in self.folder.glob("*.yml"))
            near = difflib.get_close_matches(spider_name, names, n=3, cutoff=0.4) or names[:5]
            raise UnknownSource(f"no source named {spider_name!r}; did you mean {', '.join(near)}?")
        try:
            file = read_source_file(path)
        except SourceFileError as error:
            raise UnknownSource(str(error)) from error
        if not file.is_enabled:
            raise UnknownSource(f"{spider_name} is disabled: {file.disabled_reason}")
        return spider_class(file)

    def list(self) -> builtins.list[str]:
        return [name for name, file in self._files().items() if file.is_enabled]

    def find_by_request(self, request: Request) -> builtins.list[str]:
        return [name for name, file in self._files().items() if is_on_hosts(request.url, file.hosts)]

    def _files(self) -> dict[str, SourceFile]:
        try:
            return read_source_files(self.folder)
        except SourceFileError as error:
            raise UsageError(str(error)) from error


def spider_class(file: SourceFile) -> type[SourceSpider]:
    """The spider of one source, with its own delay."""
    base: type[SourceSpider] = CONNECTORS[file.connector] if file.connector else SourceSpider
    settings = {"DOWNLOAD_DELAY": file.delay_seconds, "AUTOTHROTTLE_START_DELAY": file.delay_seconds}
    fields: dict[str, Any] = {"name": file.slug, "file": file, "custom_settings": {**(base.custom_settings or {}), **settings}}
    return cast(type[SourceSpider], type(f"{file.slug.title().replace('-', '')}Spider", (base,), fields))

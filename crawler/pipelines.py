"""Storing what pages gave: one transaction a page."""

from typing import Self

from scrapy.crawler import Crawler
from sqlalchemy.exc import SQLAlchemyError

from crawler.items import ReadPage


class StorePipeline:
    """Stores in the reactor's own thread: one process crawls one source, one request at a time, so nothing waits
    for the few milliseconds of a write, and the frontier is never ahead of the items."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: ReadPage) -> ReadPage:
        spider = self.crawler.spider
        try:
            spider.run.store(item)  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
        except (OSError, SQLAlchemyError) as error:
            spider.stop_storing(error)  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
        return item

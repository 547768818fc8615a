"""What ours is measured against: Scrapy as it comes, alone and with trafilatura and SQLite.

python -m bench.crawler.rivals bare http://127.0.0.1:1234/sitemap.xml out.sqlite3
"""

import re
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

import trafilatura
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

LOC = re.compile(r"<loc>([^<]+)</loc>")
SETTINGS = {"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False}


class Bare(Spider):
    """Downloads every page of a sitemap and looks at none."""

    name = "bare"

    def parse(self, response: Response) -> Iterator[Request]:
        for url in LOC.findall(response.text):
            yield Request(url, callback=self.read)

    def read(self, response: Response) -> Any:
        """Nothing: downloading is all."""


class Trafilatura(Bare):
    """As the manuals of the three show it: text and date by trafilatura, one row a page, one commit a row."""

    name = "trafilatura"

    def __init__(self, database: str, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.rows = sqlite3.connect(database)
        self.rows.execute("CREATE TABLE articles (url TEXT PRIMARY KEY, title TEXT, date TEXT, author TEXT, text TEXT)")

    def read(self, response: Response) -> Any:
        found: Any = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        if found is None:
            return
        row = (response.url, found.title, found.date, found.author, found.text)
        self.rows.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", row)
        self.rows.commit()


if __name__ == "__main__":
    kind, sitemap, path = sys.argv[1:]
    process = CrawlerProcess(SETTINGS)
    if kind == "bare":
        process.crawl(Bare, start_urls=[sitemap])
    else:
        process.crawl(Trafilatura, start_urls=[sitemap], database=path)
    process.start()

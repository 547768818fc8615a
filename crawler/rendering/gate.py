"""What a page may load: files of the hosts that its source names, by our own connections, within bounds."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.discovery.visiting import Answer, Visitor
from crawler.errors import Unreachable
from crawler.rendering.job import RenderFailed, RenderJob
from models.settings import Settings

MOST_FILES = 150
MOST_BYTES = 40 * 1024 * 1024
"""Of all files of one page."""
SECONDS = 40.0
"""From the first question on; after it nothing more is fetched."""
FILE_SECONDS = 12.0
ANSWER_SECONDS = 8.0
PAUSE = 0.1
"""Between two files of one page; robots.txt may ask for more. Pages have the source's own pause between them."""
KEPT_HEADERS = ("content-type", "access-control-allow-origin", "content-security-policy")
"""What a browser must know to show a file. No cookie gets in."""


@dataclass(frozen=True)
class Reply:
    """One file for the browser."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Gate:
    """Fetches or refuses each file of one page. Private networks are refused where the connection is made."""

    def __init__(self, settings: Settings, job: RenderJob) -> None:
        self.job = job
        self.loaded = 0
        self.refused = 0
        self._bytes = 0
        self._until = time.monotonic() + SECONDS
        self._visitor = self._visitor_of(settings, job.hosts)
        self._page_visitor = self._visitor_of(settings, job.page_hosts)
        self._page: Answer | None = None

    def fetch_page(self) -> str:
        """Fetch the page itself; returns where it stands after redirects. Raises RenderFailed."""
        try:
            answer = self._page_visitor.fetch(self.job.url)
        except Unreachable as error:
            raise RenderFailed(f"{self.job.url}: {error.words}") from error
        kind = answer.content_type.split(";")[0].strip().lower()
        if answer.status != 200 or kind not in ("text/html", "application/xhtml+xml"):
            raise RenderFailed(f"{self.job.url}: HTTP {answer.status}, {kind or 'no content type'}: no page to show")
        self._page = answer
        return answer.url

    def reply(self, url: str, method: str) -> Reply | None:
        """The file for the browser; None where it gets none."""
        if self._page is not None and url.partition("#")[0] == self._page.url.partition("#")[0]:
            return self._let_in(self._page)
        if method != "GET" or time.monotonic() > self._until or self.loaded + self.refused >= MOST_FILES:
            return self._refuse()
        try:
            answer = self._visitor.fetch(url)
        except Unreachable:
            return self._refuse()
        return self._let_in(answer) if self._bytes + len(answer.body) <= MOST_BYTES else self._refuse()

    def _let_in(self, answer: Answer) -> Reply:
        self.loaded += 1
        self._bytes += len(answer.body)
        headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
        return Reply(answer.status, headers, answer.body)

    def _refuse(self) -> None:
        self.refused += 1

    @staticmethod
    def _visitor_of(settings: Settings, hosts: tuple[str, ...]) -> Visitor:
        return Visitor(settings, pause=PAUSE, answer_seconds=ANSWER_SECONDS, whole_seconds=FILE_SECONDS, hosts=hosts)

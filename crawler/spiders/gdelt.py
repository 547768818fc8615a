"""The spider of GDELT: it fills the frontiers of outlets that we read anyway, and keeps the titles of others."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import cast

from crawler.catalogue import read_source_files
from crawler.connectors import gdelt
from crawler.connectors.cursors import Walk
from crawler.connectors.discovery import Outlets, store_finding
from crawler.connectors.posts import OVERLAP
from crawler.connectors.problems import Answer, ApiProblem
from crawler.connectors.queries import GdeltQuery, Query
from crawler.spiders.connector import ConnectorSpider
from models import now


class GdeltSpider(ConnectorSpider):
    """Walks a window of time from its oldest article to the newest, 250 at once."""

    async def walk_pages(self, query: Query, walk: Walk) -> None:
        asked = cast(GdeltQuery, query)
        end = now()
        for _ in range(asked.max_pages):
            start = gdelt.window_start(walk.next_page or walk.mark, end)
            received = await self.ask(gdelt.articles_url(self.base, asked, start=start, end=end))
            finding = gdelt.read_articles(received.body)
            mark = walk.pending_mark or (end - OVERLAP).strftime(gdelt.STAMP)
            next_page = _next_start(finding, start) if finding.is_full else ""
            walk = store_finding(self.reading, self._outlets, walk, finding, received, next_page=next_page, pending_mark=mark)
            if not next_page:
                return

    def explain(self, answer: Answer) -> ApiProblem:
        return gdelt.explain_answer(answer)

    def hidden_problem(self, answer: Answer) -> ApiProblem | None:
        return gdelt.explain_words(answer.body)

    @cached_property
    def _outlets(self) -> Outlets:
        return Outlets(read_source_files(self.settings_of_netra.sources_dir).values())


def _next_start(finding: gdelt.Finding, start: datetime) -> str:
    """The moment of the last article. Where a whole answer shares one moment we step over it, or it would never end."""
    last = finding.pages[-1].seen_at if finding.pages else start
    step = last if last > start else start + timedelta(seconds=1)
    return step.astimezone(UTC).strftime(gdelt.STAMP)

"""Platforms of posts: the walk from the newest post back to what was read before.

A platform's own spider says which address to ask and how to read the answer.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from crawler.connectors.cursors import Walk
from crawler.connectors.posts import Page, add_bios, keep_willing
from crawler.connectors.problems import ApiProblem
from crawler.connectors.queries import Query
from crawler.spiders.asking import Postponed
from crawler.spiders.connector import ConnectorSpider
from models import now
from models.evidence.store import Fetched

FOUND_FOR = timedelta(days=14)
"""How long a query that a page gave is followed."""


UrlOf = Callable[[str, Sequence[str]], str]


class PostSpider(ConnectorSpider):
    """Walks through the pages of each query, the newest post first."""

    @abstractmethod
    async def read_page(self, query: Query, walk: Walk) -> tuple[Page, Fetched]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One page of posts, where the walk stands, with the answer that it came in."""

    @abstractmethod
    def next_mark(self, walk: Walk, page: Page) -> str:
        """What the mark becomes when the walk that this page belongs to has come to its end."""

    async def walk_pages(self, query: Query, walk: Walk) -> None:
        """From the newest page, or where the last run was cut, to the mark; at most `max_pages` in one run."""
        is_first_reading = not walk.mark
        for number in range(1, query.max_pages + 1):
            page, received = await self.read_page(query, walk)
            # The first reading goes back as far as its pages reach; later ones leave the rest to the next run.
            is_last = not page.next_page or (is_first_reading and number == query.max_pages)
            mark = walk.pending_mark or self.next_mark(walk, page)
            until = now() + FOUND_FOR
            walk = self.reading.store_page(walk, page, received, pending_mark=mark, is_last=is_last, found_until=until)
            if is_last:
                return

    async def with_bios(self, page: Page, size: int, url_of: UrlOf, read: Callable[[bytes], Mapping[str, str]]) -> Page:
        """A page with what its authors say of themselves: the office of a first-person post often stands only there.

        `size` profiles are asked for at once. Where they cannot be had the posts are kept without.
        """
        bios = dict[str, str]()
        authors = sorted({post.author.id for post in page.posts})
        try:
            for start in range(0, len(authors), size):
                bios |= read((await self.ask(url_of(self.base, authors[start : start + size]))).body)
        except ApiProblem as problem:
            self.reading.note_problem(problem, self.base)
        except Postponed:
            """The page is kept first; the next request finds that there is no going on."""
        posts = keep_willing(add_bios(page.posts, bios), page.skipped)
        return Page(posts, page.next_page, page.skipped, page.found)

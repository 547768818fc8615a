"""The spider of a Mastodon instance."""

from functools import cached_property
from typing import cast
from urllib.parse import urlsplit

from crawler.connectors import mastodon
from crawler.connectors.concealment import token_of
from crawler.connectors.cursors import Walk
from crawler.connectors.posts import Page
from crawler.connectors.problems import Answer, ApiProblem, ProblemKind
from crawler.connectors.queries import MastodonQuery, Query
from crawler.spiders.posts import PostSpider
from models import now
from models.evidence.store import Fetched


class MastodonSpider(PostSpider):
    """Reads public timelines; a token is sent to the instance that gave it, and to no other."""

    async def read_page(self, query: Query, walk: Walk) -> tuple[Page, Fetched]:
        asked = cast(MastodonQuery, query)
        account_id = await self._account_id(asked.account) if asked.account else ""
        url = mastodon.timeline_url(self.base, asked, since=walk.mark, before=walk.next_page, account_id=account_id)
        received = await self.ask(url)
        link = next((value for name, value in received.headers if name.lower() == "link"), "")
        return mastodon.read_statuses(received.body, self.base, link), received

    def next_mark(self, walk: Walk, page: Page) -> str:
        return mastodon.held_back_mark(page, now())

    def explain(self, answer: Answer) -> ApiProblem:
        return mastodon.explain_answer(answer)

    def headers(self) -> dict[str, str]:
        token = token_of(self.settings_of_netra.mastodon_token, urlsplit(self.base).hostname or "")
        return {"Authorization": f"Bearer {token}"} if token else {}

    async def check_stored(self) -> None:
        ids = self.reading.due_for_check(mastodon.LOOKUP_SIZE, hours=self.file.recheck_hours)
        if not ids:
            return
        try:
            received = await self.ask(mastodon.statuses_url(self.base, ids))
        except ApiProblem as problem:
            if problem.kind is not ProblemKind.NOT_FOUND:  # Instances older than 4.3 do not know this question.
                self.reading.note_problem(problem, self.base)
            return
        self.reading.store_check(ids, mastodon.read_statuses(received.body, self.base), received)

    async def _account_id(self, account: str) -> str:
        known = self._account_ids.get(account)
        if known is None:
            received = await self.ask(mastodon.account_url(self.base, account))
            known = self._account_ids[account] = mastodon.read_account(received.body)
        return known

    @cached_property
    def _account_ids(self) -> dict[str, str]:
        return {}

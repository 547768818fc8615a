"""The spider of Bluesky, signed in by an app password of our own account."""

import json
from typing import cast

from crawler.connectors import bluesky
from crawler.connectors.concealment import write_secret
from crawler.connectors.cursors import Walk
from crawler.connectors.cutting import read_object
from crawler.connectors.posts import OVERLAP, Page
from crawler.connectors.problems import Answer, ApiProblem, ProblemKind
from crawler.connectors.queries import BlueskyQuery, Query
from crawler.spiders.posts import PostSpider
from models import now
from models.evidence.store import Fetched

JSON = {"Content-Type": "application/json"}


class BlueskySpider(PostSpider):
    """Signs in once and then renews: new sessions are what Bluesky limits most."""

    obeys_robots = False
    access: str = ""
    refresh: str = ""

    async def prepare(self) -> None:
        await super().prepare()
        self.refresh = self._kept_refresh()
        if not (self.refresh and await self._refresh_session()):
            await self._create_session()

    async def renew_session(self) -> bool:
        if not await self._refresh_session():
            await self._create_session()
        return True

    async def read_page(self, query: Query, walk: Walk) -> tuple[Page, Fetched]:
        asked = cast(BlueskyQuery, query)
        if asked.author:
            received = await self.ask(bluesky.author_url(self.base, asked, cursor=walk.next_page))
            page = bluesky.read_feed(received.body, walk.mark)
        else:
            received = await self.ask(bluesky.search_url(self.base, asked, since=walk.mark, cursor=walk.next_page))
            page = bluesky.read_posts(received.body)
        return await self._with_bios(page), received

    def next_mark(self, walk: Walk, page: Page) -> str:
        return bluesky.since_of(now() - OVERLAP)

    def explain(self, answer: Answer) -> ApiProblem:
        return bluesky.explain_answer(answer)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}

    async def check_stored(self) -> None:
        uris = self.reading.due_for_check(bluesky.LOOKUP_SIZE, hours=self.file.recheck_hours)
        if not uris:
            return
        try:
            received = await self.ask(bluesky.posts_url(self.base, uris))
            page = await self._with_bios(bluesky.read_posts(received.body))
        except ApiProblem as problem:
            self.reading.note_problem(problem, self.base)
            return
        self.reading.store_check(uris, page, received)

    async def _with_bios(self, page: Page) -> Page:
        return await self.with_bios(page, bluesky.LOOKUP_SIZE, bluesky.profiles_url, bluesky.read_bios)

    async def _create_session(self) -> None:
        settings = self.settings_of_netra
        login = {"identifier": settings.bluesky_handle, "password": settings.bluesky_app_password.get_secret_value()}
        url = f"{self.base}/xrpc/com.atproto.server.createSession"
        self._keep_session((await self.ask(url, method="POST", body=json.dumps(login), headers=JSON)).body)

    async def _refresh_session(self) -> bool:
        """False where the token that we kept opens nothing any more."""
        url = f"{self.base}/xrpc/com.atproto.server.refreshSession"
        try:
            received = await self.ask(url, method="POST", headers={"Authorization": f"Bearer {self.refresh}"})
        except ApiProblem as problem:
            if problem.kind in (ProblemKind.SESSION, ProblemKind.CREDENTIALS, ProblemKind.BAD_REQUEST):
                return False
            raise
        self._keep_session(received.body)
        return True

    def _keep_session(self, body: bytes) -> None:
        self.access, self.refresh = bluesky.read_session(body)
        kept = {"handle": self.settings_of_netra.bluesky_handle, "service": self.base, "refresh": self.refresh}
        write_secret(self.settings_of_netra.home / "secrets" / "bluesky-session.json", json.dumps(kept))

    def _kept_refresh(self) -> str:
        """The refresh token of an earlier run; of this very account and service, or none."""
        path = self.settings_of_netra.home / "secrets" / "bluesky-session.json"
        kept = read_object(path.read_bytes()) if path.is_file() else {}
        is_ours = (kept.get("handle"), kept.get("service")) == (self.settings_of_netra.bluesky_handle, self.base)
        return str(kept.get("refresh", "")) if is_ours else ""

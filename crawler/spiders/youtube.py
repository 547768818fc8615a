"""The spider of the YouTube Data API, within the units of its day."""

from typing import cast

from crawler.connectors import youtube
from crawler.connectors.cursors import Walk
from crawler.connectors.posts import OVERLAP, Page
from crawler.connectors.problems import Answer, ApiProblem, ProblemKind
from crawler.connectors.queries import Query, YouTubeQuery
from crawler.connectors.quota import mark_exhausted, spend_units
from crawler.spiders.asking import Postponed
from crawler.spiders.posts import PostSpider
from models import now
from models.database import make_session
from models.evidence.store import Fetched

PLATFORM = "youtube"


class YouTubeSpider(PostSpider):
    """Counts every call before it is made, and stops for the day when the units or Google say so."""

    obeys_robots = False

    async def read_page(self, query: Query, walk: Walk) -> tuple[Page, Fetched]:
        asked = cast(YouTubeQuery, query)
        received = await self.ask(youtube.list_url(self.base, asked, since=walk.mark, page=walk.next_page))
        if not asked.search:
            return await self._with_bios(youtube.read_threads(received.body, walk.mark)), received
        found = youtube.read_search(received.body)
        if not found.ids:
            return Page(next_page=found.next_page), received
        # A search cuts descriptions short; the same list that later checks look at gives them whole, for one unit.
        received = await self.ask(youtube.videos_url(self.base, found.ids))
        page = youtube.read_videos(received.body)
        follow = tuple(f"video:{known}" for known in found.ids) if asked.comments else ()
        return await self._with_bios(Page(page.posts, found.next_page, page.skipped, follow)), received

    def query_of(self, key: str) -> Query | None:
        kind, _, value = key.partition(":")
        return YouTubeQuery(video=value) if kind == "video" else None

    def next_mark(self, walk: Walk, page: Page) -> str:
        return youtube.since_of(now() - OVERLAP)

    def explain(self, answer: Answer) -> ApiProblem:
        problem = youtube.explain_answer(answer)
        if problem.kind is ProblemKind.QUOTA:
            with make_session(self.engine).begin() as session:
                limit = self.settings_of_netra.youtube_daily_units
                mark_exhausted(session, PLATFORM, youtube.quota_day(now()), limit=limit)
            raise self._out_of_quota(problem.reason)
        return problem

    def headers(self) -> dict[str, str]:
        return {"X-Goog-Api-Key": self.settings_of_netra.youtube_key.get_secret_value()}

    def spend(self, url: str) -> None:
        units, whole = youtube.cost_of(url), self.settings_of_netra.youtube_daily_units
        limit = whole if units == 1 else int(whole * youtube.SEARCH_SHARE)
        with make_session(self.engine).begin() as session:
            has_units = spend_units(session, PLATFORM, youtube.quota_day(now()), units, limit=limit)
        if not has_units and units > 1:
            raise ApiProblem(ProblemKind.QUOTA, "satuan untuk pencarian hari ini habis; komentar masih dibaca")
        if not has_units:
            raise self._out_of_quota("satuan YouTube hari ini habis")

    async def check_stored(self) -> None:
        ids = self.reading.due_for_check(youtube.LOOKUP_SIZE, hours=self.file.recheck_hours)
        comments = {known.rpartition("/")[2]: known.rpartition("/")[0] for known in ids if "/" in known}
        videos = [known for known in ids if "/" not in known]
        try:
            if videos:
                received = await self.ask(youtube.videos_url(self.base, videos))
                self.reading.store_check(videos, youtube.read_videos(received.body), received)
            if comments:
                received = await self.ask(youtube.comments_url(self.base, list(comments)))
                page = await self._with_bios(youtube.read_comments(received.body, comments))
                self.reading.store_check([known for known in ids if "/" in known], page, received)
        except ApiProblem as problem:
            self.reading.note_problem(problem, self.base)

    async def _with_bios(self, page: Page) -> Page:
        return await self.with_bios(page, youtube.LOOKUP_SIZE, youtube.channels_url, youtube.read_bios)

    def _out_of_quota(self, reason: str) -> Postponed:
        return Postponed(youtube.next_quota_day(now()), reason)

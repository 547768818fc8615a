"""The shape of a source file. Strict: an unknown key is an error."""

from datetime import date
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from crawler.addresses import is_on_hosts
from crawler.connectors.queries import Platform, read_queries
from crawler.finding.indexes import has_day
from crawler.pages.layout import Layout, load_families
from models import FeedKind, Rights, SourceKind

Confidence = Literal["A", "B", "C"]
"""A: seen working by someone else on a stated day; B: in public code, without a day; C: a pattern, or from memory."""

Render = Literal["screenshot", "page"]
"""What a browser is asked for: a picture of each stored page, without scripts; or with scripts, and then also the text of
pages that have none without them."""

PAGES_OF_LINKS = (FeedKind.INDEX, FeedKind.ARCHIVE)
REACHING_BACK = (FeedKind.SITEMAP, FeedKind.ARCHIVE, FeedKind.WORDPRESS)
"""RSS and index pages show the newest only."""
LONGEST_URL = 1000
"""Of a feed, as its column takes."""


class StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedFile(StrictModel):
    """One list of pages. An index page says by CSS which links are articles and where the next page is."""

    kind: FeedKind
    url: str = Field(max_length=LONGEST_URL)
    link: str = ""
    next: str = ""
    max_pages: int = Field(default=3, ge=1, le=50)
    use: Literal["news", "history"] = "news"
    """`history`: read by back-fills (`--since`) only, never polled for news."""
    disabled_reason: str = ""
    """Why this list is not asked: it is known to be dead, or waits as a replacement."""

    @model_validator(mode="after")
    def _check_selectors(self) -> Self:
        if (self.kind in PAGES_OF_LINKS) != bool(self.link):
            raise ValueError("`link` is what an index or an archive needs and no other feed understands")
        if self.kind is FeedKind.ARCHIVE and not has_day(self.url):
            raise ValueError("the address of an archive says year, month and day: `{yyyy}`, `{mm}`, `{dd}`")
        if self.use == "history" and self.kind not in REACHING_BACK:
            raise ValueError(f"`use: history` is for lists that reach back: {', '.join(REACHING_BACK)}")
        return self

    @property
    def is_enabled(self) -> bool:
        return not self.disabled_reason

    @property
    def is_polled(self) -> bool:
        """Whether runs for news ask it."""
        return self.is_enabled and self.use == "news"


class SourceFile(StrictModel):
    """Everything that we state about an outlet before its first page is fetched."""

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    """The name of the file, which need not repeat it."""
    name: str = Field(max_length=200)
    family: str = ""
    at: str = ""
    """The outlet's own part in the addresses of its family: `aceh` of aceh.antaranews.com."""
    kind: SourceKind
    home_url: str = Field(max_length=500)
    hosts: tuple[str, ...] = Field(min_length=1)
    """The first is the one under which addresses are kept. The host of `home_url` where none are named."""
    reader: str = "generic"
    page: dict[str, Any] = Field(default_factory=dict)
    """What differs from the layout of the reader; crawler/pages/layout.py has its shape."""
    region: str | None = Field(default=None, pattern=r"^\d\d(\.\d\d)?$")
    language: str = "id"
    publisher: str = Field(max_length=200)
    """The name of the outlet where nobody else is known to be behind it."""
    rights: Rights
    rights_note: str
    cadence_minutes: int = Field(ge=5)
    expected_min_per_day: int = Field(ge=0)
    expected_max_per_day: int | None = None
    last_worked_on: date | None = None
    """When somebody is known to have read one of the feeds; never a guess."""
    confidence: Confidence
    evidence: str = ""
    """What the addresses rest on, in a few words."""
    feeds: tuple[FeedFile, ...] = ()
    connector: Platform | None = None
    """Of a social source: the platform whose API is asked instead of feeds."""
    queries: tuple[dict[str, Any], ...] = ()
    """What the connector asks for; crawler/connectors/queries.py has the shape of each platform's."""
    render: Render | None = None
    render_hosts: tuple[str, ...] = ()
    """Further hosts from which a rendered page may load its style, scripts and pictures."""
    recheck_hours: float = Field(default=24, ge=0)
    """A page that is still listed is read again after so long."""
    delay_seconds: float = Field(default=1.0, gt=0)
    is_demo: bool = False
    """Invented, with invented pages: it shares no database with a real outlet."""
    is_enabled: bool = True
    disabled_reason: str = ""

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        derived = {"publisher": values.get("name"), "hosts": (_host_of(values.get("home_url")),)}
        return {**{key: value for key, value in derived.items() if value}, **values}

    @field_validator("page")
    @classmethod
    def _check_page(cls, page: dict[str, Any]) -> dict[str, Any]:
        try:
            Layout.model_validate(page)
        except ValidationError as error:
            first = error.errors()[0]
            raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        return page

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        for feed in self.feeds:
            if not is_on_hosts(feed.url, self.hosts):
                raise ValueError(f"the feed {feed.url} is not on the hosts {', '.join(self.hosts)}")
        if self.reader not in load_families():
            raise ValueError(f"reader {self.reader!r} is none of {', '.join(load_families())}")
        if self.is_enabled == bool(self.disabled_reason):
            raise ValueError("a disabled source says why in `disabled_reason`, an enabled one has none")
        if self.is_enabled and not self.connector and not any(feed.is_polled for feed in self.feeds):
            raise ValueError("an enabled source needs a feed that is enabled and read for news")
        return self

    @model_validator(mode="after")
    def _check_render(self) -> Self:
        if self.render and (self.connector or self.rights is Rights.METADATA_ONLY):
            raise ValueError("`render` shows pages, and the pages of this source are not fetched")
        if self.render_hosts and not self.render:
            raise ValueError("`render_hosts` belongs to `render`")
        return self

    @model_validator(mode="after")
    def _check_connector(self) -> Self:
        if bool(self.connector) != (self.kind is SourceKind.SOCIAL):
            raise ValueError(f"a source of kind {SourceKind.SOCIAL} names its `connector`, and no other kind has one")
        if self.connector:
            read_queries(self.connector, self.queries)
        if self.connector == "gdelt" and self.rights is not Rights.METADATA_ONLY:
            raise ValueError("gdelt gives titles of others' pages: its rights are metadata_only")
        if (self.feeds and self.connector) or (self.queries and not self.connector):
            raise ValueError("a connector asks `queries`, every other source reads `feeds`")
        return self


def _host_of(home_url: object) -> str:
    try:
        return urlsplit(str(home_url)).hostname or ""
    except ValueError:
        return ""

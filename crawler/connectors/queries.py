"""What a source of a platform asks for: the `queries` of its file, each platform with its own strict shape."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

Hashtag = Annotated[str, StringConstraints(pattern=r"^\w{1,100}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Platform = Literal["mastodon", "bluesky", "youtube", "gdelt"]


class Query(BaseModel):
    """One thing to ask for. `max_pages` bounds what one run reads of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    one_of: ClassVar[tuple[str, ...]]

    max_pages: int = Field(default=5, ge=1, le=50)

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if len([name for name in self.one_of if getattr(self, name)]) != 1:
            raise ValueError(f"a query names one of: {', '.join(self.one_of)}")
        return self

    @property
    def kind(self) -> str:
        return next(name for name in self.one_of if getattr(self, name))

    @property
    def value(self) -> str:
        return str(getattr(self, self.kind))

    @property
    def key(self) -> str:
        """Under which its cursor is kept."""
        return f"{self.kind}:{self.value.lower() if self.kind != 'video' else self.value}"


class MastodonQuery(Query):
    one_of = ("hashtag", "account", "public")

    hashtag: Hashtag = ""
    account: Annotated[str, StringConstraints(pattern=r"^@?[\w.-]+(@[\w.-]+)?$", max_length=200)] = ""
    public: Literal["local", "remote", "all"] | None = None


class BlueskyQuery(Query):
    one_of = ("search", "author")

    search: Words = ""
    author: Annotated[str, StringConstraints(pattern=r"^([\w-]+(\.[\w-]+)+|did:[a-z]+:[\w.:%-]+)$", max_length=253)] = ""
    """A handle or a DID, without @."""


class YouTubeQuery(Query):
    one_of = ("search", "video", "channel")

    search: Words = ""
    video: Annotated[str, StringConstraints(pattern=r"^[\w-]{5,20}$")] = ""
    channel: Annotated[str, StringConstraints(pattern=r"^UC[\w-]{10,40}$")] = ""
    """Comments under all videos of a channel."""
    comments: bool = True
    """Follow the comments of the videos that a search finds."""
    max_pages: int = Field(default=2, ge=1, le=20)
    """A page of a search costs 100 units, a page of comments one."""


class GdeltQuery(Query):
    one_of = ("search",)

    search: Words = ""


QUERIES: Mapping[str, type[Query]] = {
    "mastodon": MastodonQuery,
    "bluesky": BlueskyQuery,
    "youtube": YouTubeQuery,
    "gdelt": GdeltQuery,
}


def read_queries(platform: str, listed: Sequence[Mapping[str, Any]]) -> tuple[Query, ...]:
    """The queries of a source file. Raises ValueError that names the query and the key that is wrong."""
    if not listed:
        raise ValueError(f"a source of {platform} needs `queries`")
    found = dict[str, Query]()
    for number, values in enumerate(listed, 1):
        try:
            query = QUERIES[platform].model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise ValueError(f"query {number}: {f'{key}: ' if key else ''}{first['msg']}") from None
        if query.key in found:
            raise ValueError(f"query {number}: {query.key} is asked twice")
        found[query.key] = query
    return tuple(found.values())

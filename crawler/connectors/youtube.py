"""The YouTube Data API v3: videos found by words (search.list) and what is said under them (commentThreads.list).

https://developers.google.com/youtube/v3/docs. The key travels in the X-Goog-Api-Key header, never in an address.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field

from crawler.connectors.cutting import Cut, Part, cut_answer, read_object
from crawler.connectors.posts import Author, Page, Post, Skip, language_code, read_moment
from crawler.connectors.problems import Answer, ApiProblem, ProblemKind, code_of, explain_status
from crawler.connectors.queries import YouTubeQuery
from crawler.connectors.shapes import PlainId, Shape, Text, as_dict, read_parts

PATH = "/youtube/v3"
LOOKUP_SIZE = 50
COSTS = {"search": 100}
"""Units of a call; every other list costs one."""
SEARCH_SHARE = 0.8
"""Of a day's units, so much may go into searches: the rest keeps comments and checks alive until midnight."""
VIDEO_ID = re.compile(r"[\w-]{5,20}")
PACIFIC = ZoneInfo("America/Los_Angeles")


class VideoSnippet(Shape):
    title: Text = ""
    description: Text = ""
    channel_id: PlainId = Field(alias="channelId")
    channel_title: Text = Field(default="", alias="channelTitle")
    published_at: Text = Field(default="", alias="publishedAt")
    audio_language: Text = Field(default="", alias="defaultAudioLanguage")
    language: Text = Field(default="", alias="defaultLanguage")


class Video(Shape):
    id: PlainId
    snippet: VideoSnippet


@dataclass(frozen=True)
class Found:
    """What a search gives that is worth keeping: which videos, and where it goes on."""

    ids: tuple[str, ...]
    next_page: str


class CommentSnippet(Shape):
    text: Text = Field(default="", alias="textDisplay")
    author_name: Text = Field(default="", alias="authorDisplayName")
    author_channel: dict[str, Any] | None = Field(default=None, alias="authorChannelId")
    published_at: Text = Field(default="", alias="publishedAt")
    parent_id: Text = Field(default="", alias="parentId")


class Comment(Shape):
    id: PlainId
    snippet: CommentSnippet


def list_url(base: str, query: YouTubeQuery, *, since: str, page: str) -> str:
    """One page of a query; a search is narrowed to what is newer than `since`, comments know no such thing."""
    if query.kind == "search":
        parameters = {"part": "snippet", "type": "video", "order": "date", "q": query.search, "maxResults": "50"}
        parameters |= {"regionCode": "ID", "publishedAfter": since}
        return _url(base, "search", parameters | {"pageToken": page})
    parameters = {"part": "snippet,replies", "order": "time", "textFormat": "plainText", "maxResults": "100"}
    named = {"videoId": query.video} if query.video else {"allThreadsRelatedToChannelId": query.channel}
    return _url(base, "commentThreads", parameters | named | {"pageToken": page})


def comments_url(base: str, ids: Sequence[str]) -> str:
    return _url(base, "comments", {"part": "snippet", "textFormat": "plainText", "id": ",".join(ids)})


def videos_url(base: str, ids: Sequence[str]) -> str:
    return _url(base, "videos", {"part": "snippet", "id": ",".join(ids)})


def channels_url(base: str, ids: Sequence[str]) -> str:
    return _url(base, "channels", {"part": "snippet", "id": ",".join(ids), "maxResults": "50"})


def cost_of(url: str) -> int:
    return COSTS.get(urlsplit(url).path.rsplit("/", 1)[-1], 1)


def since_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def quota_day(moment: datetime) -> date:
    """The day to which Google counts a call: it turns at midnight in California, summer time and all."""
    return moment.astimezone(PACIFIC).date()


def next_quota_day(moment: datetime) -> datetime:
    tomorrow = quota_day(moment) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=PACIFIC)


def read_search(body: bytes) -> Found:
    cut = cut_answer(body, "items")
    named = (as_dict(as_dict(part.value).get("id")).get("videoId") for part in cut.parts)
    ids = dict.fromkeys(known for known in named if isinstance(known, str) and VIDEO_ID.fullmatch(known))
    return Found(tuple(ids)[:LOOKUP_SIZE], _next(cut))


def read_threads(body: bytes, since: str) -> Page:
    """Comments with the replies that came along. Newest threads first: the walk ends at a thread older than `since`."""
    cut = cut_answer(body, "items")
    skipped = Counter[str]()
    comments = tuple(comment for part in cut.parts for comment in _comments_of(part))
    posts = read_parts(comments, lambda part: _read_comment(part, _video_of(part)), skipped)
    ends_here = bool(since and cut.parts and (oldest := _started_at(cut.parts[-1])) and since_of(oldest) <= since)
    return Page(posts, "" if ends_here else _next(cut), skipped)


def read_comments(body: bytes, videos: Mapping[str, str]) -> Page:
    """An answer of comments.list, which does not name the video: `videos` says it of each comment's id."""
    skipped = Counter[str]()
    parts = cut_answer(body, "items").parts
    posts = read_parts(parts, lambda part: _read_comment(part, videos.get(str(as_dict(part.value).get("id")), "")), skipped)
    return Page(posts, "", skipped)


def read_videos(body: bytes) -> Page:
    """Videos with title and description."""
    skipped = Counter[str]()
    return Page(read_parts(cut_answer(body, "items").parts, _read_video, skipped), "", skipped)


def read_bios(body: bytes) -> dict[str, str]:
    """Channel id → description. An answer without entries has no `items` at all."""
    items = read_object(body).get("items")
    channels = [as_dict(item) for item in items] if isinstance(items, list) else []
    found = ((channel.get("id"), as_dict(channel.get("snippet")).get("description")) for channel in channels)
    return {key: bio for key, bio in found if isinstance(key, str) and isinstance(bio, str)}


def explain_answer(answer: Answer) -> ApiProblem:
    """`{"error": {"code": 403, "errors": [{"reason": …}]}}`; one status has many meanings."""
    error = as_dict(read_object(answer.body).get("error"))
    errors = error.get("errors")
    code = code_of(as_dict(errors[0]).get("reason")) if isinstance(errors, list) and errors else ""
    match code:
        case "quotaExceeded" | "dailyLimitExceeded":
            return ApiProblem(ProblemKind.QUOTA, f"kuota harian YouTube habis ({code})", status=answer.status)
        case "rateLimitExceeded" | "userRateLimitExceeded":
            return ApiProblem(ProblemKind.RATE, f"YouTube membatasi laju ({code})", status=answer.status)
        case "commentsDisabled":
            return ApiProblem(ProblemKind.COMMENTS_OFF, "komentar video ini ditutup (commentsDisabled)", status=answer.status)
        case "videoNotFound" | "channelNotFound" | "commentNotFound":
            return ApiProblem(ProblemKind.NOT_FOUND, f"yang diminta tidak ada ({code})", status=answer.status)
        case "invalidPageToken":
            return ApiProblem(ProblemKind.STALE_PAGE, f"penunjuk halaman tidak dikenal lagi ({code})", status=answer.status)
        case "keyInvalid" | "badRequest" if code == "keyInvalid" or _names_key(error):
            return ApiProblem(ProblemKind.CREDENTIALS, "YouTube menolak kunci: periksa NETRA_YOUTUBE_KEY", status=answer.status)
    return explain_status(answer, code)


def _names_key(error: Mapping[str, Any]) -> bool:
    return isinstance(message := error.get("message"), str) and "API key" in message


def _url(base: str, method: str, parameters: Mapping[str, str]) -> str:
    return f"{base}{PATH}/{method}?{urlencode({name: value for name, value in parameters.items() if value})}"


def _next(cut: Cut) -> str:
    token = cut.rest.get("nextPageToken")
    return token if isinstance(token, str) and len(token) < 2000 else ""


def _read_video(part: Part) -> Post:
    video = Video.model_validate(part.value)
    snippet = video.snippet
    return Post(
        remote_id=video.id,
        url=f"https://www.youtube.com/watch?{urlencode({'v': video.id})}",
        text=f"{snippet.title}\n\n{snippet.description}".strip(),
        raw=part.raw,
        author=Author(snippet.channel_id, name=snippet.channel_title),
        published_at=read_moment(snippet.published_at),
        title=snippet.title,
        language=language_code(snippet.audio_language) or language_code(snippet.language),
    )


def _comments_of(thread: Part) -> list[Part]:
    """The first comment of a thread, then its replies. The evidence of each is the whole thread that it stands in."""
    snippet = as_dict(as_dict(thread.value).get("snippet"))
    replies = as_dict(as_dict(thread.value).get("replies")).get("comments")
    values = [snippet.get("topLevelComment"), *(replies if isinstance(replies, list) else [])]
    video = snippet.get("videoId")
    return [Part({**as_dict(value), "videoId": video}, thread.raw) for value in values]


def _video_of(part: Part) -> str:
    video = as_dict(part.value).get("videoId")
    return video if isinstance(video, str) else ""


def _started_at(thread: Part) -> datetime | None:
    top = as_dict(as_dict(as_dict(thread.value).get("snippet")).get("topLevelComment"))
    return read_moment(as_dict(top.get("snippet")).get("publishedAt"))


def _read_comment(part: Part, video: str) -> Post | str:
    comment = Comment.model_validate(part.value)
    channel = as_dict(comment.snippet.author_channel).get("value")
    if not video or not isinstance(channel, str):
        return Skip.UNREADABLE
    name = comment.snippet.author_name
    return Post(
        remote_id=f"{video}/{comment.id}",
        url=f"https://www.youtube.com/watch?{urlencode({'lc': comment.id, 'v': video})}",
        text=comment.snippet.text,
        raw=part.raw,
        author=Author(channel, handle=name if name.startswith("@") else "", name=name),
        published_at=read_moment(comment.snippet.published_at),
        refers_to=comment.snippet.parent_id or video,
    )

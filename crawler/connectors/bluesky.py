"""Bluesky's XRPC API with an app password: searchPosts, getAuthorFeed, getPosts, getProfiles, paged by cursor.

https://docs.bsky.app/docs/api/app-bsky-feed-search-posts
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import Field

from crawler.connectors.cutting import Cut, Part, cut_answer, read_object
from crawler.connectors.posts import Author, Page, Post, Skip, language_code, read_moment
from crawler.connectors.problems import Answer, ApiProblem, ProblemKind, code_of, explain_status
from crawler.connectors.queries import BlueskyQuery
from crawler.connectors.shapes import Count, RemoteId, Shape, Text, as_dict, read_parts

PAGE_SIZE = 50
LOOKUP_SIZE = 25
NOT_FOR_STRANGERS = "!no-unauthenticated"
"""The label by which people ask that their posts are shown to signed-in users only."""


class AuthorView(Shape):
    did: RemoteId
    handle: Text = ""
    display_name: Text = Field(default="", alias="displayName")
    labels: tuple[dict[str, Any], ...] | None = None


class Record(Shape):
    text: Text
    created_at: Text = Field(default="", alias="createdAt")
    langs: tuple[str, ...] | None = None
    reply: dict[str, Any] | None = None
    embed: dict[str, Any] | None = None


class PostView(Shape):
    uri: RemoteId
    author: AuthorView
    record: Record
    indexed_at: Text = Field(default="", alias="indexedAt")
    repost_count: Count = Field(default=0, alias="repostCount")


def search_url(base: str, query: BlueskyQuery, *, since: str, cursor: str) -> str:
    parameters = {"q": query.search, "sort": "latest", "limit": str(PAGE_SIZE), "since": since, "cursor": cursor}
    return _xrpc(base, "app.bsky.feed.searchPosts", parameters)


def author_url(base: str, query: BlueskyQuery, *, cursor: str) -> str:
    parameters = {"actor": query.author, "filter": "posts_with_replies", "limit": str(PAGE_SIZE), "cursor": cursor}
    return _xrpc(base, "app.bsky.feed.getAuthorFeed", parameters)


def posts_url(base: str, uris: Sequence[str]) -> str:
    return f"{base}/xrpc/app.bsky.feed.getPosts?{urlencode([('uris', uri) for uri in uris])}"


def profiles_url(base: str, dids: Sequence[str]) -> str:
    return f"{base}/xrpc/app.bsky.actor.getProfiles?{urlencode([('actors', did) for did in dids])}"


def read_posts(body: bytes) -> Page:
    """An answer of searchPosts or getPosts."""
    cut = cut_answer(body, "posts")
    skipped = Counter[str]()
    return Page(read_parts(cut.parts, _read_post, skipped), _cursor(cut), skipped)


def read_feed(body: bytes, since: str) -> Page:
    """An answer of getAuthorFeed, which knows no `since`: the walk ends at a page whose last own post is older."""
    cut = cut_answer(body, "feed")
    skipped = Counter[str]()
    posts = read_parts(cut.parts, _read_entry, skipped)
    ends_here = bool(since and posts and (oldest := posts[-1].published_at) and oldest.isoformat() <= since)
    return Page(posts, "" if ends_here else _cursor(cut), skipped)


def read_bios(body: bytes) -> dict[str, str]:
    """DID → description, of those that have one."""
    profiles = (as_dict(part.value) for part in cut_answer(body, "profiles").parts)
    found = ((profile.get("did"), profile.get("description")) for profile in profiles)
    return {did: bio for did, bio in found if isinstance(did, str) and isinstance(bio, str)}


def since_of(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def read_session(body: bytes) -> tuple[str, str]:
    """The access and the refresh token of createSession or refreshSession; raises ApiProblem where they are missing."""
    answer = read_object(body)
    access, refresh = answer.get("accessJwt"), answer.get("refreshJwt")
    if not isinstance(access, str) or not isinstance(refresh, str) or not (access and refresh).isascii():
        raise ApiProblem(ProblemKind.UNREADABLE, "jawaban sesi Bluesky tidak memuat token")
    return access, refresh


def explain_answer(answer: Answer) -> ApiProblem:
    """https://atproto.com/specs/xrpc: `{"error": NAME, "message": …}` with 400, 401, 403, 429 and 5xx."""
    code = code_of(read_object(answer.body).get("error"))
    match code:
        case "ExpiredToken" | "InvalidToken":
            return ApiProblem(ProblemKind.SESSION, f"sesi Bluesky berakhir ({code})", status=answer.status)
        case "AuthenticationRequired" | "AuthMissing" | "AccountTakedown" | "AuthFactorTokenRequired":
            words = f"Bluesky menolak akun kita ({code}): periksa NETRA_BLUESKY_HANDLE dan kata sandi aplikasinya"
            return ApiProblem(ProblemKind.CREDENTIALS, words, status=answer.status)
        case "InvalidCursor":
            return ApiProblem(ProblemKind.STALE_PAGE, f"penunjuk halaman tidak dikenal lagi ({code})", status=answer.status)
        case "ActorNotFound" | "BlockedActor" | "BlockedByActor" | "NotFound" | "AccountDeactivated":
            return ApiProblem(ProblemKind.NOT_FOUND, f"akun yang diminta tidak ada ({code})", status=answer.status)
    return explain_status(answer, code)


def _xrpc(base: str, method: str, parameters: Mapping[str, str]) -> str:
    return f"{base}/xrpc/{method}?{urlencode({name: value for name, value in parameters.items() if value})}"


def _cursor(cut: Cut) -> str:
    cursor = cut.rest.get("cursor")
    return cursor if isinstance(cursor, str) and len(cursor) < 2000 else ""


def _read_entry(part: Part) -> Post | str:
    entry = as_dict(part.value)
    if as_dict(entry.get("reason")).get("$type") == "app.bsky.feed.defs#reasonRepost":
        return Skip.REPOST
    return _read_post(Part(entry.get("post"), part.raw))


def _read_post(part: Part) -> Post | str:
    view = PostView.model_validate(part.value)
    if any(label.get("val") == NOT_FOR_STRANGERS for label in view.author.labels or ()):
        return Skip.OPTED_OUT
    scheme, _, rest = view.uri.partition("at://")
    did, _, record_key = rest.partition("/app.bsky.feed.post/")
    if scheme or did != view.author.did or not record_key or "/" in record_key:
        return Skip.UNREADABLE
    return Post(
        remote_id=view.uri,
        url=f"https://bsky.app/profile/{quote(did, safe=':')}/post/{quote(record_key, safe='')}",
        text=view.record.text,
        raw=part.raw,
        author=Author(did, f"@{view.author.handle}" if view.author.handle else "", view.author.display_name),
        # The author's own clock says createdAt; the earlier of both is what the network shows.
        published_at=_earlier(read_moment(view.record.created_at), read_moment(view.indexed_at)),
        language=language_code((view.record.langs or ("",))[0]),
        reposts=view.repost_count,
        refers_to=_refers_to(view.record),
    )


def _earlier(said: datetime | None, seen: datetime | None) -> datetime | None:
    return min(said, seen) if said and seen else said or seen


def _refers_to(record: Record) -> str:
    """The post that this one answers, or else quotes."""
    answered = as_dict(as_dict(record.reply).get("parent")).get("uri")
    embedded = as_dict(as_dict(record.embed).get("record"))
    quoted = embedded.get("uri") or as_dict(embedded.get("record")).get("uri")
    uri = answered or quoted
    return uri[:500] if isinstance(uri, str) else ""

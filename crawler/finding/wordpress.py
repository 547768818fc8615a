"""WordPress' own list of posts (`/wp-json/wp/v2/posts`): addresses, titles and exact times, a hundred an answer."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.dates.moments import Moment, is_believable, parse_date
from crawler.errors import FeedUnreadable
from crawler.finding.listing import Listing, ListLink, join_url, named
from crawler.items import ListedPage
from crawler.pages.markup import plain_title

PATH = "/wp-json/wp/v2/posts"
FIELDS = "link,date,date_gmt,modified_gmt,title,excerpt"
PER_PAGE = 20
PER_PAGE_OF_HISTORY = 100
"""As many as WordPress gives."""


def posts_url(url: str, *, since: date | None = None, until: date | None = None) -> str:
    """The first page of the newest posts, or of those of a range, the oldest first: new posts then shift no page.

    `url` is the site, or the whole address of its posts, which may hold further conditions.
    """
    wanted: dict[str, str | int] = {"per_page": PER_PAGE, "page": 1, "_fields": FIELDS}
    if since and until:
        # WordPress compares with the outlet's own clock, and leaves out the very moment of both.
        after = datetime.combine(since, datetime.min.time()) - timedelta(seconds=1)
        before = f"{until + timedelta(1)}T00:00:00"
        wanted |= {"per_page": PER_PAGE_OF_HISTORY, "after": after.isoformat(), "before": before, "order": "asc"}
    return _with_query(_endpoint(url), wanted)


def read_wordpress(body: bytes, url: str, *, place: str = "Asia/Jakarta", total_pages: int | None = None) -> Listing:
    """The posts of one answer; `total_pages` is the header X-WP-TotalPages."""
    try:
        posts = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FeedUnreadable("bukan jawaban WordPress (JSON rusak)") from error
    if not isinstance(posts, list):
        code = posts.get("code", "") if isinstance(posts, dict) else type(posts).__name__
        raise FeedUnreadable(f"bukan daftar pos WordPress ({str(code)[:80]})")
    pages = named(_page_of(post, url, place) for post in posts if isinstance(post, dict))
    query = dict(parse_qsl(urlsplit(url).query))
    number, size = _number(query.get("page")), _number(query.get("per_page"))
    is_last = number >= total_pages if total_pages is not None else len(posts) < size
    return Listing(pages, () if is_last or not posts else (ListLink(_with_query(url, {"page": number + 1})),))


def _page_of(post: dict[str, Any], url: str, place: str) -> ListedPage:
    published = _moment(post, "date_gmt") or parse_date(_text(post.get("date")), place)
    changed = _moment(post, "modified_gmt")
    return ListedPage(
        url=join_url(url, _text(post.get("link"))),
        title=plain_title(_rendered(post.get("title"))),
        summary=plain_title(_rendered(post.get("excerpt")), longest=20_000),
        published_at=published.at if published else None,
        published_zone=_zone(post, published),
        changed_at=changed.at if changed else (published.at if published else None),
    )


def _zone(post: dict[str, Any], published: Moment | None) -> str:
    """The outlet's offset: WordPress gives each time by the outlet's clock and by Greenwich's."""
    try:
        shift = datetime.fromisoformat(_text(post.get("date"))) - datetime.fromisoformat(_text(post.get("date_gmt")))
    except (ValueError, TypeError):
        return published.zone if published else ""
    minutes = round(shift.total_seconds() / 60)
    if abs(minutes) > 14 * 60:
        return published.zone if published else ""
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _moment(post: dict[str, Any], name: str) -> Moment | None:
    moment = parse_date(f"{_text(post.get(name))}Z") if post.get(name) else None
    return moment if moment and is_believable(moment.at) else None


def _endpoint(url: str) -> str:
    parts = urlsplit(url)
    if "wp-json" in parts.path or "rest_route" in parts.query:
        return url
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + PATH, parts.query, ""))


def _with_query(url: str, wanted: dict[str, str | int]) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | {name: str(value) for name, value in wanted.items()}
    return urlunsplit(parts._replace(query=urlencode(query, safe=",:/")))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 1


def _rendered(value: object) -> str:
    return _text(value.get("rendered")) if isinstance(value, dict) else _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

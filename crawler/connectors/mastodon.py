"""Mastodon's REST API (v1): hashtag, account and public timelines, newest first, paged by the Link header.

https://docs.joinmastodon.org/methods/timelines/
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from pydantic import Field

from crawler.addresses import is_web_url
from crawler.connectors.cutting import Part, cut_answer, read_object
from crawler.connectors.markup import text_of_html
from crawler.connectors.posts import OVERLAP, Author, Page, Post, Skip, keep_willing, language_code, opts_out, read_moment
from crawler.connectors.problems import Answer, ApiProblem, ProblemKind, explain_status
from crawler.connectors.queries import MastodonQuery
from crawler.connectors.shapes import Count, PlainId, Shape, Text, read_parts

PAGE_SIZE = 40
LOOKUP_SIZE = 20
NEXT_LINK = re.compile(r'<([^<>]{1,2000})>\s*;[^,]*\brel="?next"?')
ACCOUNT = re.compile(r"[\w.-]+(@[\w.:-]+)?")


class ProfileLine(Shape):
    value: Text = ""


class Account(Shape):
    id: PlainId
    acct: str = Field(max_length=300)
    display_name: Text = ""
    note: Text = ""
    noindex: bool | None = None
    fields: tuple[ProfileLine, ...] = ()


class Status(Shape):
    id: PlainId
    created_at: Text = ""
    visibility: Text = ""
    language: Text = ""
    spoiler_text: Text = ""
    content: Text
    reblogs_count: Count = 0
    in_reply_to_id: Text = ""
    reblog: dict[str, Any] | None = None
    account: Account


def timeline_url(base: str, query: MastodonQuery, *, since: str, before: str, account_id: str = "") -> str:
    """The address of one page: what is newer than `since` and older than `before`, where they are given."""
    parameters = {"limit": str(PAGE_SIZE)}
    match query.kind:
        case "hashtag":
            path = f"/api/v1/timelines/tag/{quote(query.hashtag, safe='')}"
        case "account":
            path = f"/api/v1/accounts/{quote(account_id, safe='')}/statuses"
            parameters["exclude_reblogs"] = "true"
        case _:
            path = "/api/v1/timelines/public"
            parameters |= {} if query.public == "all" else {str(query.public): "true"}
    parameters |= {name: value for name, value in (("since_id", since), ("max_id", before)) if value}
    return f"{base}{path}?{urlencode(parameters)}"


def account_url(base: str, account: str) -> str:
    return f"{base}/api/v1/accounts/lookup?{urlencode({'acct': account.removeprefix('@')})}"


def statuses_url(base: str, ids: Sequence[str]) -> str:
    """Several statuses at once (since 4.3); those that are gone are left out of the answer."""
    return f"{base}/api/v1/statuses?{urlencode([('id[]', known) for known in ids])}"


def read_account(body: bytes) -> str:
    """The id of an account; raises ApiProblem where there is none."""
    account_id = read_object(body).get("id")
    if not isinstance(account_id, str) or not re.fullmatch(r"\w{1,100}", account_id):
        raise ApiProblem(ProblemKind.UNREADABLE, "jawaban pencarian akun tidak memuat id")
    return account_id


def read_statuses(body: bytes, base: str, link: str = "") -> Page:
    """The public posts of one answer. Boosts, posts not meant for everyone, and those of people who opted out are counted."""
    skipped = Counter[str]()
    posts = read_parts(cut_answer(body).parts, lambda part: _read_status(part, base), skipped)
    return Page(keep_willing(posts, skipped), read_next(link), skipped)


def read_next(link: str) -> str:
    """`max_id` of the next page, out of a Link header. The address itself is never followed: it may lead anywhere."""
    found = NEXT_LINK.search(link)
    try:
        values = parse_qs(urlsplit(found[1]).query).get("max_id") if found else None
    except ValueError:
        return ""
    return values[0] if values and re.fullmatch(r"\w{1,100}", values[0]) else ""


def held_back_mark(page: Page, moment: datetime) -> str:
    """The newest id that is old enough to be the end of the next walk; empty when all are younger."""
    settled = (post.remote_id for post in page.posts if post.published_at and post.published_at <= moment - OVERLAP)
    return next(settled, "")


def explain_answer(answer: Answer) -> ApiProblem:
    if answer.status in (401, 403, 422):
        words = "instans ini meminta token untuk lini masa publik (NETRA_MASTODON_TOKEN=instans=token)"
        return ApiProblem(ProblemKind.CREDENTIALS, words, status=answer.status)
    return explain_status(answer)


def _read_status(part: Part, base: str) -> Post | str:
    status = Status.model_validate(part.value)
    if status.reblog is not None:
        return Skip.REPOST
    if status.visibility != "public":
        return Skip.NOT_PUBLIC
    author = _read_author(status.account, base)
    if status.account.noindex or any(opts_out(text_of_html(line.value)) for line in status.account.fields):
        return Skip.OPTED_OUT
    # The instance's own page of the post: what a far server calls the post's address may be anybody's.
    url = f"{base}/{quote(author.handle, safe='@.')}/{quote(status.id, safe='')}"
    if not ACCOUNT.fullmatch(status.account.acct) or not is_web_url(url):
        return Skip.UNREADABLE
    return Post(
        remote_id=status.id,
        url=url,
        text=f"{status.spoiler_text}\n\n{text_of_html(status.content)}".strip(),
        raw=part.raw,
        author=author,
        published_at=read_moment(status.created_at),
        language=language_code(status.language),
        reposts=status.reblogs_count,
        refers_to=status.in_reply_to_id[:300],
    )


def _read_author(account: Account, base: str) -> Author:
    local = account.acct if "@" in account.acct else f"{account.acct}@{urlsplit(base).hostname}"
    return Author(local, f"@{account.acct}", account.display_name, text_of_html(account.note))

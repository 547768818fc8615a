"""What every platform's answer becomes: posts as plain values, and what was left out."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from crawler.items import FetchedArticle
from crawler.pages.language import language_of
from models import ItemKind, now

OVERLAP = timedelta(hours=2)
"""Each walk reads again so far back: posts reach an instance late, and most edits are made within the hour."""
OPT_OUT = re.compile(r"#no(?:bots?|index|archive)\b", re.IGNORECASE)
"""What people write into their profile to be left alone by programs."""
LONGEST_TEXT, LONGEST_BIO, LONGEST_NAME = 20_000, 2_000, 200


class Skip:
    """Why an entry of an answer is not stored; each is counted in the run."""

    REPOST = "ulangan"
    OPTED_OUT = "menolak_bot"
    NOT_PUBLIC = "bukan_publik"
    UNREADABLE = "tak_terbaca"
    EMPTY = "kosong"


@dataclass(frozen=True)
class Author:
    id: str
    handle: str = ""
    """As people write it, with `@`; screens mask it."""
    name: str = ""
    bio: str = ""


@dataclass(frozen=True)
class Post:
    """One post as the platform gave it. Plain text only."""

    remote_id: str
    url: str
    text: str
    raw: bytes
    author: Author
    published_at: datetime | None = None
    title: str = ""
    language: str = ""
    reposts: int = 0
    refers_to: str = ""


@dataclass(frozen=True)
class Page:
    """One answer: its posts from the newest to the oldest, the token of what follows, and what was left out."""

    posts: tuple[Post, ...] = ()
    next_page: str = ""
    """Empty at the end of the walk."""
    skipped: Counter[str] = field(default_factory=Counter[str])
    found: tuple[str, ...] = ()
    """Queries that this page gives reason to ask as well."""


def opts_out(bio: str) -> bool:
    return OPT_OUT.search(bio) is not None


def keep_willing(posts: Iterable[Post], skipped: Counter[str]) -> tuple[Post, ...]:
    """The posts of those who do not ask to be left alone; the others are counted."""
    kept = list[Post]()
    for post in posts:
        if opts_out(post.author.bio):
            skipped[Skip.OPTED_OUT] += 1
        else:
            kept.append(post)
    return tuple(kept)


def add_bios(posts: Iterable[Post], bios: Mapping[str, str]) -> list[Post]:
    """The posts with what their authors say of themselves, by the authors' ids."""
    return [replace(post, author=replace(post.author, bio=bios.get(post.author.id, ""))) for post in posts]


def article_of(post: Post, platform: str) -> FetchedArticle:
    """The post as the store takes it."""
    text = post.text[:LONGEST_TEXT]
    return FetchedArticle(
        url=post.url,
        title=_line(post.title, 500),
        text=text,
        author=_line(post.author.handle, LONGEST_NAME),
        author_name=_line(post.author.name, LONGEST_NAME),
        author_bio=post.author.bio[:LONGEST_BIO].strip(),
        published_at=post.published_at,
        published_zone="UTC" if post.published_at else "",
        language=post.language or language_of(text),
        method=platform,
        kind=ItemKind.POST,
    )


def read_moment(value: object) -> datetime | None:
    """An ISO 8601 time with a zone; None for what is none, or lies in the future."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment <= now() + timedelta(days=1) else None


def language_code(value: object) -> str:
    """`id` of `id`, `id-ID` or `ID`; empty for what is no code."""
    code = value.split("-")[0].lower() if isinstance(value, str) else ""
    return code if re.fullmatch(r"[a-z]{2,3}", code) else ""


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]

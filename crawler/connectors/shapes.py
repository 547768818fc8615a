"""How the entries of an answer are checked: the fields that we read, of the type that the platform documents."""

from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from crawler.connectors.cutting import Part
from crawler.connectors.posts import Post, Skip


class Shape(BaseModel):
    """A part of an answer. Keys that we do not read may hold anything; those that we read must be what they should."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


def _as_text(value: object) -> object:
    return "" if value is None else value


def _as_count(value: object) -> int:
    """A number that is none, negative or absurd counts as zero: it is a figure beside the post, not the post."""
    return value if isinstance(value, int) and 0 <= value < 2**53 else 0


Text = Annotated[str, BeforeValidator(_as_text)]
"""A text that the platform may leave null."""
Count = Annotated[int, BeforeValidator(_as_count)]
PlainId = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w-]+(\.[\w-]+)*$")]
"""An id that can neither climb nor branch in an address."""
RemoteId = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[\w:/.%~-]+$")]
"""An id as it may stand in an address and in a column."""


def read_parts(parts: tuple[Part, ...], read: Callable[[Part], Post | str], skipped: Counter[str]) -> tuple[Post, ...]:
    """The posts of an answer; `read` says by a word why an entry is none. One broken entry costs itself alone."""
    posts = list[Post]()
    for part in parts:
        try:
            post = read(part)
        except (ValidationError, ValueError):
            post = Skip.UNREADABLE
        if isinstance(post, Post) and not post.text.strip():
            post = Skip.EMPTY
        if isinstance(post, Post):
            posts.append(post)
        else:
            skipped[post] += 1
    return tuple(posts)


def as_dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

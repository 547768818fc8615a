"""Every page that a person reaches from the menu, found by following links: a new room is found by itself."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborHTMLParser

PUBLIC = (
    "/masuk",
    "/lapor",
    "/lapor?provinsi=33",
    "/lapor/status",
    "/koreksi",
    "/koreksi/status",
    "/api/v1/docs",
    "/api/v1/problems",
    "/tidak-ada",
)
NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True)
class Seen:
    path: str
    html: str


def walk(read: Callable[[str], str], starts: Sequence[str] = ("/antrean",), *, each: int = 2) -> Iterator[Seen]:
    """The starts, then pages by their links. Of addresses that differ in numbers and values only, `each` are read.

    `read` gives the HTML of a path, following redirects, or nothing for what is no page.
    """
    waiting, known, shapes = deque(starts), set(starts), Counter[str]()
    while waiting:
        path = waiting.popleft()
        shapes[shape_of(path)] += 1
        if shapes[shape_of(path)] > each and path not in starts:
            continue
        html = read(path)
        if not html:
            continue
        yield Seen(path, html)
        for link in links_of(html):
            if link not in known:
                known.add(link)
                waiting.append(link)


def links_of(html: str) -> list[str]:
    """Addresses of our own that a page links to, without their fragments."""
    found = (node.attributes.get("href") or "" for node in LexborHTMLParser(html).css("a[href]"))
    own = (link.partition("#")[0] for link in found if link.startswith("/") and not link.startswith("//"))
    return [link for link in own if link]


def shape_of(path: str) -> str:
    """What an address has in common with others of its kind: its path without numbers, and the names of its query."""
    parts = urlsplit(path)
    names = ",".join(sorted({name for name, _ in parse_qsl(parts.query)}))
    return f"{NUMBERS.sub('#', parts.path)}?{names}"

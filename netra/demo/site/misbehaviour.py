"""How pages of the real web go wrong, one kind each; the crawler must survive all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

HUGE = 5 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What the server sends."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def cut_in_half(answer: Answer) -> Answer:
    """The page ends in the middle of a tag, as when a server dies while it writes."""
    text = answer.body.decode()
    last = text.rindex("</p>", 0, text.rindex("</p>"))
    return replace(answer, body=text[: last + 3].encode())


def speak_windows_1252(answer: Answer) -> Answer:
    """Another charset than the header's silence suggests; only the page's meta tag says so."""
    body = answer.body.decode().replace('charset="utf-8"', 'charset="windows-1252"').encode("cp1252", "xmlcharrefreplace")
    return replace(answer, body=body, content_type="text/html")


def grow_huge(answer: Answer) -> Answer:
    """An article followed by megabytes of comments and empty markup."""
    filler = b"<!-- modul komentar --><div class='komentar-item'><span></span></div>\n"
    end = answer.body.rindex(b"</body>")
    return replace(answer, body=answer.body[:end] + filler * (HUGE // len(filler)) + answer.body[end:])


def vanish(_answer: Answer) -> Answer:
    return Answer(b"<html><body><h1>404</h1><p>Halaman tidak ditemukan.</p></body></html>", status=404)


def fail_once(_answer: Answer) -> Answer:
    return Answer(b"<html><body><h1>500</h1><p>Galat server.</p></body></html>", status=500)


TRANSFORMATIONS: dict[str, Callable[[Answer], Answer]] = {
    "broken": cut_in_half,
    "windows-1252": speak_windows_1252,
    "huge": grow_huge,
    "missing": vanish,
}

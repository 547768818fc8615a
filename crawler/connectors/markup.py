"""The HTML of a post as plain text. Linear in its length, whatever it nests; emoji and line breaks stay."""

import re
from html.parser import HTMLParser

LONGEST = 100_000
SILENT = {"script", "style"}
LINES = re.compile(r"[ \t]*\n[ \t]*")


def text_of_html(markup: str) -> str:
    """The words of a post.

    >>> text_of_html('<p>Rapat <a href="#">#<span>ASN</span></a></p><p>Pukul 9<br>di aula</p>')
    'Rapat #ASN\\n\\nPukul 9\\ndi aula'
    """
    reader = _Reader(convert_charrefs=True)
    reader.feed(markup[:LONGEST])
    reader.close()
    lines = LINES.sub("\n", "".join(reader.pieces))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


class _Reader(HTMLParser):
    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.pieces: list[str] = []
        self.is_silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_silent = self.is_silent or tag in SILENT
        if tag in {"br", "li"}:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.is_silent = self.is_silent and tag not in SILENT
        if tag in {"p", "blockquote", "ul", "ol"}:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.is_silent:
            self.pieces.append(data)

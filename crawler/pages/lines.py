"""A page as the lines that a reader sees, and the blocks of markup that hold them: one walk, without recursion."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.junk import is_junk_name
from crawler.pages.words import count_words

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "amp-img",
    ]
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "button",
        "select",
        "svg",
        "video",
        "audio",
        "canvas",
        "nav",
        "aside",
        "figure",
        "head",
        "title",
        "textarea",
        "input",
        "option",
        "map",
        "datalist",
        "amp-ad",
        "amp-sidebar",
        "amp-social-share",
        "ins",
    ]
)
TEXT, COMMENT, LAST_KNOWN = 2, 4, 1_000
"""Numbers that lexbor gives to nodes that are no elements; those of tags that it does not know are higher than the last."""
INVISIBLE = {ord(letter): None for letter in "\u200b\u00ad\ufeff"}


@dataclass(slots=True)
class Line:
    """A paragraph, an item of a list, a heading, or what stands between two line breaks."""

    text: str
    words: int
    link_words: int
    tag: str
    """The block in which it stands."""
    is_junk: bool = False
    """Its markup says that it is around an article, not of one."""

    @property
    def link_share(self) -> float:
        return self.link_words / self.words


@dataclass(slots=True)
class Block:
    """Lines `first` to `last` (without it) stand in this element."""

    node: LexborNode
    first: int
    last: int
    depth: int
    is_junk: bool


@dataclass(slots=True)
class Outline:
    """Lines of a page in their order, and the blocks around them, inner ones before outer ones."""

    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


class _Walk:
    """The state of one walk. Kinds of tags are compared by number: asking a node for its name costs five times as much."""

    __slots__ = ("link_words", "open_links", "outline", "pieces", "stack")

    def __init__(self) -> None:
        self.outline = Outline()
        self.pieces: list[str] = []
        self.link_words = self.open_links = 0
        self.stack: list[tuple[LexborNode, int, int, bool]] = []
        """Open elements: the node, its kind, the number of lines before it, whether it is junk."""

    def enter(self, node: LexborNode) -> bool:
        """Take in a node; says whether it was opened and must be left."""
        tag = node.tag_id
        if tag == TEXT:
            self.add_text(node.text_content or "")
            return False
        if tag in BREAKING_IDS and self.pieces:
            self.end_line()
        if tag in CLOSED_IDS or (tag > LAST_KNOWN and (node.tag or "").startswith("amp-")):
            return False
        if tag == LINK:
            self.open_links += 1
        self.stack.append((node, tag, len(self.outline.lines), tag in NAMED_IDS and _is_named_junk(node, tag)))
        return True

    def leave(self) -> LexborNode:
        node, tag, first, is_junk = self.stack[-1]
        if tag in BLOCK_IDS or is_junk:
            if self.pieces:
                self.end_line()
            if (last := len(self.outline.lines)) > first:
                self.outline.blocks.append(Block(node, first, last, len(self.stack), is_junk))
        elif tag == LINK:
            self.open_links -= 1
        self.stack.pop()
        return node

    def add_text(self, text: str) -> None:
        if not self.pieces and text.isspace():
            return
        self.pieces.append(text)
        if self.open_links:
            self.link_words += count_words(text)

    def end_line(self) -> None:
        text = "".join(self.pieces)
        is_plain = text.isascii()
        words = (text if is_plain else text.translate(INVISIBLE)).split()
        if words and words != ["|"]:
            tag = next((BLOCK_IDS[frame[1]] for frame in reversed(self.stack) if frame[1] in BLOCK_IDS), "")
            text = " ".join(words)
            count = len(words) if is_plain else count_words(text)
            self.outline.lines.append(Line(text, count, min(self.link_words, count), tag))
        self.pieces.clear()
        self.link_words = 0


def read_lines(root: LexborNode) -> Outline:
    """Walk the tree below `root`, and `root` itself."""
    walk, node = _Walk(), root
    while True:
        is_open = walk.enter(node)
        child = node.child if is_open else None
        if child is not None:
            node = child
            continue
        if is_open:
            walk.leave()
        following = _follow(walk, node)
        if following is None:
            walk.end_line()
            return walk.outline
        node = following


def _follow(walk: _Walk, node: LexborNode) -> LexborNode | None:
    """The node behind this one, after leaving all elements that end here; None at the end of the walk."""
    while walk.stack:
        if (following := node.next) is not None:
            return following
        node = walk.leave()
    return None


def _ids_of(names: Iterable[str]) -> dict[int, str]:
    parser = LexborHTMLParser("<p>")
    return {parser.create_node(name).tag_id: name for name in names}


BLOCK_IDS = _ids_of(BLOCKS)
CLOSED_IDS = {*_ids_of(SILENT), *_ids_of(["br"]), COMMENT}
BREAKING_IDS = {*BLOCK_IDS, *_ids_of(["br"])}
NAMED_IDS = {
    *_ids_of(
        [
            "div",
            "section",
            "ul",
            "ol",
            "p",
            "span",
            "dl",
            "table",
            "td",
            "article",
            "footer",
            "form",
            "main",
            "header",
            "center",
            "strong",
        ]
    )
}
LINK, FOOTER = _ids_of(["a", "footer"])


def _is_named_junk(node: LexborNode, tag: int) -> bool:
    if tag == FOOTER:
        return True
    attributes = node.attributes
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}" if attributes else " "
    return len(name) > 1 and is_junk_name(name)

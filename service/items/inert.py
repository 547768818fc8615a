"""The stored copy made harmless: parsed, and rebuilt from the few elements that only carry text."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from html import escape
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

LARGEST_BYTES = 1_000_000
LONGEST_TEXT = 300_000
MOST_ELEMENTS = 12_000  # The parser's time grows with the square of the depth: 60,000 open elements hold it for seconds.

# Elements that carry text. Others are unwrapped, and what can act or load is dropped with all that it holds.
KEPT = frozenset(
    {"h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "table", "caption"}
    | {"thead", "tbody", "tfoot", "tr", "th", "td", "b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "code"}
    | {"figure", "figcaption", "article", "section", "main", "header", "footer", "nav", "aside", "address", "div"}
)
DROPPED = frozenset(
    {"script", "style", "noscript", "template", "iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math"}
    | {"canvas", "audio", "video", "head", "link", "meta", "base", "form", "input", "button", "select", "textarea", "option"}
)
OPENING_TAG = re.compile(r"<[a-zA-Z]")
META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True)
class InertCopy:
    body: str
    """Safe HTML, without any attribute."""
    is_truncated: bool


def make_inert(content: bytes, content_type: str, clean: Callable[[str], str] = str) -> InertCopy:
    """Text-bearing HTML of any bytes. `clean` sees every piece of text (it masks handles)."""
    media_type, charset = _read_content_type(content_type)
    if media_type.startswith(("image/", "audio/", "video/")):
        return InertCopy("<p>Salinan ini gambar atau rekaman; halaman ini hanya menampilkan teks.</p>", is_truncated=False)
    text = _decode(content[:LARGEST_BYTES], charset, looks_inside="html" in media_type)
    is_html = "html" in media_type
    shown = _first_elements(text[:LONGEST_TEXT]) if is_html else text[:LONGEST_TEXT]
    body = _rebuild(shown, clean) if is_html else f"<pre>{escape(clean(shown))}</pre>"
    return InertCopy(body, is_truncated=len(content) > LARGEST_BYTES or len(shown) < len(text))


def _first_elements(markup: str) -> str:
    excess = next(islice(OPENING_TAG.finditer(markup), MOST_ELEMENTS, None), None)
    return markup[: excess.start()] if excess else markup


def _read_content_type(content_type: str) -> tuple[str, str]:
    header = Message()
    header["Content-Type"] = re.sub(r"[\r\n]", " ", content_type) or "text/plain"
    return header.get_content_type(), str(header.get_param("charset") or "")


def _decode(content: bytes, charset: str, *, looks_inside: bool) -> str:
    """By the header, else by the page's own meta tag, else UTF-8, else the old Windows set that never fails here."""
    declared = META_CHARSET.search(content[:4096]) if looks_inside and not charset else None
    for name in (charset, declared[1].decode("ascii") if declared else "", "utf-8-sig"):
        try:
            # Some of Python's codecs yield lone surrogates, which no answer can carry.
            return content.decode(name).encode(errors="replace").decode()
        except (LookupError, ValueError):
            continue  # Servers name charsets that do not exist, and send bytes that are not what they say.
    return content.decode("windows-1252", errors="replace")


def _rebuild(markup: str, clean: Callable[[str], str]) -> str:
    """Walk the tree without recursion: a page may nest deeper than Python's stack."""
    root = LexborHTMLParser(markup).body
    out: list[str] = []
    waiting: list[LexborNode | str] = [root] if root else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            out.append(node)
        else:
            out.append(_opening(node, clean))
            waiting.extend(reversed(_inside(node)))
    return "".join(out)


def _opening(node: LexborNode, clean: Callable[[str], str]) -> str:
    tag = node.tag or ""
    if tag == "-text":
        return escape(clean(node.text_content or ""))
    if tag == "br":
        return "<br>"
    if tag == "img":
        return f"<small>[gambar: {escape(clean(node.attributes.get('alt') or ''))}]</small>"
    return f"<{tag}>" if tag in KEPT else ""


def _inside(node: LexborNode) -> list[LexborNode | str]:
    """The children, then what closes the element. The address of a link follows it as text."""
    tag = node.tag or ""
    if tag in DROPPED or tag.startswith("-"):
        return []
    inside: list[LexborNode | str] = []
    child = node.child
    while child is not None:
        inside.append(child)
        child = child.next
    if tag == "a" and (address := node.attributes.get("href")):
        inside.append(f" <small>[{escape(address[:200])}]</small> ")
    if tag in KEPT:
        inside.append(f"</{tag}>")
    return inside

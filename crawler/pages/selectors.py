"""CSS as data: checked when a layout is loaded, asked without raising when a page is read."""

from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

SPEAKING = ("content", "datetime", "data-time", "data-timestamp", "data-date", "title")
"""Attributes that say what the element shows, more exactly."""


def check_selector(selector: str) -> None:
    """Raises ValueError for CSS that the parser does not take."""
    try:
        LexborHTMLParser("<p>").css(selector)
    except (SelectolaxError, ValueError) as error:
        raise ValueError(f"{selector!r} is no CSS selector") from error


def find_all(tree: LexborHTMLParser | LexborNode, selectors: Iterable[str]) -> Iterator[LexborNode]:
    """Every element that the selectors name, in the order of the selectors."""
    for selector in selectors:
        yield from tree.css(selector)


def stamp_of(node: LexborNode) -> str:
    """What an element says to machines of a time, in an attribute; empty where it speaks to people only."""
    attributes = node.attributes
    return next((value for name in SPEAKING if (value := attributes.get(name)) and value[:1].isdigit()), "")

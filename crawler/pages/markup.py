"""From markup to plain words, and the refusal of markup that no parser should be given."""

import html
import re
from collections import Counter

from selectolax.lexbor import LexborHTMLParser

TAG = re.compile(r"<[a-zA-Z/!][^>]*>?")
VALUE = r"=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+)"
WHOLE_TAG = re.compile(rf"<(/?)([a-zA-Z][\w-]{{0,20}})((?:{VALUE}|[^>])*+)")
ATTRIBUTES = re.compile(rf"<[a-zA-Z]((?:[^>=]++|{VALUE}|=)*+)")
SCRIPT, SCRIPT_END = re.compile(r"<script\b[^<>]{0,300}>", re.I), re.compile(r"</script", re.I)
FEW_TAGS = 10_000
"""Tags of a page that cannot be too deep, nor hide more attributes than a parser reads at once."""
MAX_TAG = 2_000
"""Characters of one tag without the values of its attributes."""
MAX_DEPTH = 10_000
MAX_TITLE = 1_000
LONGEST_TITLE = 50_000
"""Characters of markup in which a title, a name or a summary is looked for."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}


def is_tangled(markup: str) -> bool:
    """Whether a parser would need hours: its time grows with the square of a tag's attributes, and of the depth of tags."""
    tags = ATTRIBUTES.findall(markup)
    if max(map(len, tags), default=0) > MAX_TAG and any(len(tag) > MAX_TAG and _bare(tag) > MAX_TAG for tag in tags):
        return True
    return markup.count("<") > FEW_TAGS and _is_deep(markup)


def untangle(markup: str) -> str | None:
    """Markup that a parser can be given; None where there is none.

    In scripts `a<b` looks like a tag without end, so these are taken out where it matters. What is checked is what is
    parsed, so that it does not matter whether a parser would have seen scripts in the same places.
    """
    if not is_tangled(markup):
        return markup
    bare = _drop_scripts(markup)
    return None if is_tangled(bare) else bare


def _drop_scripts(markup: str) -> str:
    """All scripts empty, but for JSON, which may say what the page is."""
    *pieces, rest = SCRIPT_END.split(markup)
    starts = [SCRIPT.search(piece) for piece in pieces]
    bare = [
        piece[: start.end()] if start and "json" not in start[0] else piece for piece, start in zip(pieces, starts, strict=True)
    ]
    return "</script".join([*bare, rest])


def _bare(attributes: str) -> int:
    return len(re.sub(VALUE, "", attributes))


def _is_deep(markup: str) -> bool:
    depths = Counter[str]()
    depth = 0
    for closing, name, _ in WHOLE_TAG.findall(markup):
        name = name.lower()
        step = -1 if closing and depths[name] else 0 if closing or name in VOID else 1
        depths[name] += step
        depth += step
        if depth > MAX_DEPTH:
            return True
    return False


def plain_title(text: str, *, longest: int = MAX_TITLE) -> str:
    """One line of plain text, whatever a hostile outlet wrote into its headline."""
    text = html.unescape(text[:LONGEST_TITLE]).replace("\0", "")
    if TAG.search(text):
        fragment = LexborHTMLParser(f"<body>{text}</body>")
        fragment.strip_tags(["script", "style", "noscript", "iframe", "svg", "template"], recursive=True)
        text = TAG.sub(" ", fragment.body.text() if fragment.body else "")
    return " ".join(text.split())[:longest]

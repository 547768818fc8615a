"""From markup to plain paragraphs, without what every page carries around its article."""

import html
import re
from collections import Counter
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

BLOCKS = "p,div,br,li,ul,ol,h1,h2,h3,h4,h5,h6,blockquote,tr,table,section,article,header,footer,figcaption,dd,dt,pre,hr"
SILENT = "script,style,noscript,template,iframe,object,embed,form,button,select,svg,video,audio,canvas,nav,aside,figure"
TAG = re.compile(r"<[a-zA-Z/!][^>]*>?")
VALUE = r"=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+)"
WHOLE_TAG = re.compile(rf"<(/?)([a-zA-Z][\w-]{{0,20}})((?:{VALUE}|[^>])*+)")
MAX_TAG = 2_000
"""Characters of one tag without the values of its attributes."""
MAX_DEPTH = 10_000
MAX_TITLE = 1_000
LONGEST_TITLE = 50_000
"""Characters of markup in which a title, a name or a summary is looked for."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}

BOILERPLATE = re.compile(
    r"""^(?:
      (?:baca|simak|lihat|tonton|dengarkan)\s+(?:juga|selengkapnya|pula)\b.*
    | (?:artikel|berita)\s+(?:ini\s+telah|terkait|lainnya|pilihan|terbaru)\b.*
    | (?:pewarta|editor|penulis|reporter|kontributor|penyunting|redaktur|uploader|sumber\s+foto|fotografer)\s*:.*
    | (?:tags?|topik|kategori|share|bagikan|advertisement|iklan|scroll\s+to\s+continue.*|komentar)\s*:?
    | (?:copyright|hak\s+cipta|©).*
    | (?:ikuti|follow|dapatkan|download|unduh|gabung)\b.{0,80}
      \b(?:google\s*news|whatsapp|channel|kanal|telegram|aplikasi|update)\b.*
    | dilarang\s+keras\s+mengambil\s+konten.*
    | (?:halaman|page)\s+(?:selanjutnya|berikutnya|\d+).*
    )$""",
    re.I | re.X,
)


def is_tangled(markup: str) -> bool:
    """Whether a parser would need hours: its time grows with the square of a tag's attributes, and of the depth of tags."""
    depths = Counter[str]()
    depth = 0
    for closing, name, attributes in WHOLE_TAG.findall(markup):
        if len(attributes) > MAX_TAG and len(re.sub(VALUE, "", attributes)) > MAX_TAG:
            return True
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


def paragraphs_of(node: LexborNode, drop: Iterable[str] = ()) -> list[str]:
    """The paragraphs below a node, in their order; the node loses what is not text of the article."""
    for selector in (SILENT, *drop):
        for unwanted in node.css(selector):
            unwanted.decompose()
    for block in node.css(BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    return clean_paragraphs(node.text())


def clean_paragraphs(text: str) -> list[str]:
    """Lines with even spacing, without boilerplate and without the same line twice running."""
    kept: list[str] = []
    for line in text.replace("\u00a0", " ").replace("\u200b", "").replace("\u00ad", "").splitlines():
        line = " ".join(line.split())
        if line and line != "|" and BOILERPLATE.match(line) is None and line not in kept[-1:]:
            kept.append(line)
    return kept

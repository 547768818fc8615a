"""The text of a page: by its layout, by our own reader, by trafilatura where that is unsure, by JSON-LD where all fail."""

from collections.abc import Sequence
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.boilerplate import clean_lines
from crawler.pages.language import ENOUGH, indonesian_share
from crawler.pages.layout import Layout
from crawler.pages.lines import Line, Outline, read_lines
from crawler.pages.metadata import HeadData
from crawler.pages.quality import MANY_LINKS, Reading, doubts_of, opens_like
from crawler.pages.reader import choose_lines, mark_junk
from crawler.pages.refusals import FEW_WORDS, Refusal, is_list, refuse_signed, refuse_text
from crawler.pages.words import count_words

MIN_WORDS = 20
MIN_WORDS_KNOWN = 10
"""Where a layout names the place of the text: a photo's caption is the whole article."""
MAX_TREE = 100_000
"""Elements of a page of which nothing is known; more of them cost minutes."""
MUCH_MORE = 3
"""Times as many words as a layout found make our own reader right: the outlet has changed its pages."""
SURE = 0.62
SURE_OF_OPENING = 0.4
"""Where the text begins as the page's own summary says."""
SURE_OF_FOREIGN = 0.85
"""Coverage from which a text is kept whose small words we do not know."""
LONG = 150
SAME = 60
"""Letters at the head of a paragraph by which it is known again."""
MOSTLY = 0.9
"""Share of trafilatura's words that ours must have too, so that both are held to have found the same article."""


def read_body(
    tree: LexborHTMLParser,
    markup: str,
    head: HeadData,
    layout: Layout,
    bodies: Sequence[LexborNode],
    *,
    title: str,
    url: str,
    method: str,
) -> Reading:
    """The paragraphs of the article; raises NotAnArticle where there are none."""
    known = _by_layout(bodies, layout, title, method) if bodies else None
    if known and (known.words >= FEW_WORDS or opens_like(known.text, head.description)) and known.link_share <= MANY_LINKS:
        return known
    is_known = known is not None and known.words >= MIN_WORDS_KNOWN
    if tree.body is None or (markup.count("<") > 2 * MAX_TREE and not is_known):
        raise (Refusal.TANGLED if tree.body else Refusal.EMPTY).error()
    if known and markup.count("<") > 2 * MAX_TREE:
        return known
    outline = read_lines(tree.body)
    reading = _by_reader(outline, title)
    if known and is_known and (known.words * MUCH_MORE > reading.words or _is_unsure(reading, head)):
        return _checked(known, title, head)
    return _find_elsewhere(reading, outline, markup, head, title=title, url=url)


def _checked(known: Reading, title: str, head: HeadData) -> Reading:
    """A short text of a layout, unless it speaks of the page itself."""
    if refusal := refuse_text(known.text, known.words) or refuse_signed(title, head, known.words, known.words):
        raise refusal.error()
    return known


def _find_elsewhere(reading: Reading, outline: Outline, markup: str, head: HeadData, *, title: str, url: str) -> Reading:
    """Our own reading of a page without a layout, or what is better."""
    _refuse(reading, outline, head, title, url)
    if _is_unsure(reading, head):
        reading = _better(reading, _by_trafilatura(markup, title), head)
    enough = MIN_WORDS_KNOWN if opens_like(reading.text, head.description) else MIN_WORDS
    return reading if reading.words >= enough else _by_json_ld(head)


def _by_layout(bodies: Sequence[LexborNode], layout: Layout, title: str, method: str) -> Reading:
    outline = Outline()
    for body in bodies:
        for selector in layout.drop:
            for unwanted in body.css(selector):
                unwanted.decompose()
        part = read_lines(body)
        mark_junk(part)
        outline.lines += part.lines
    return Reading(clean_lines(outline.lines, title), method, is_by_layout=True, link_share=_link_share(outline.lines))


def _by_reader(outline: Outline, title: str) -> Reading:
    choice = choose_lines(outline)
    paragraphs = clean_lines(choice.lines, title)
    return Reading(paragraphs, "netra", coverage=choice.coverage, link_share=_link_share(choice.lines))


def _by_trafilatura(markup: str, title: str) -> Reading:
    import trafilatura  # A fifth of a second to load, and few pages need it.

    found = trafilatura.bare_extraction(markup, favor_precision=True, include_comments=False, include_tables=False)
    text = getattr(found, "text", None) or ""
    lines = _plain_lines(text)
    return Reading(clean_lines(lines, title), "trafilatura")


def _by_json_ld(head: HeadData) -> Reading:
    """What the page repeats for machines, where it shows people nothing without a script."""
    fragment = LexborHTMLParser(f"<body>{head.body}</body>") if "<" in head.body else None
    body = fragment.body if fragment is not None else None
    lines = read_lines(body).lines if body is not None else _plain_lines(head.body)
    reading = Reading(clean_lines(lines), "json-ld", coverage=0.5)
    if reading.words < MIN_WORDS:
        raise Refusal.NO_TEXT.error(f"kurang dari {MIN_WORDS} kata")
    return reading


def _plain_lines(text: str) -> list[Line]:
    return [Line(plain, count_words(plain), 0, "p") for line in text.splitlines() if (plain := " ".join(line.split()))]


def _refuse(reading: Reading, outline: Outline, head: HeadData, title: str, url: str) -> None:
    """Say which kind of page this is, where it is no article."""
    page_words = sum(line.words for line in outline.lines)
    refusal = refuse_signed(title, head, reading.words, page_words)
    if refusal is None and reading.words < FEW_WORDS:
        whole = " ".join(line.text for line in outline.lines) if page_words < 2 * LONG else reading.text
        refusal = refuse_text(whole, min(reading.words, FEW_WORDS - 1))
    if refusal is None and is_list(outline.lines, reading.paragraphs, title, head, url):
        refusal = Refusal.LIST
    if refusal is not None:
        raise refusal.error()


def _is_unsure(reading: Reading, head: HeadData) -> bool:
    sure = 1.0
    for weight, _ in doubts_of(reading, head):
        sure *= 1.0 - weight
    opens = opens_like(reading.text, head.description)
    if indonesian_share(reading.text) < ENOUGH:
        return not (opens and reading.words >= LONG and reading.coverage >= SURE_OF_FOREIGN and sure >= SURE)
    return sure < (SURE_OF_OPENING if opens else SURE)


def _better(ours: Reading, theirs: Reading, head: HeadData) -> Reading:
    """The one that begins as the page's summary does; else theirs, since ours is unsure."""
    if min(ours.words, theirs.words) < MIN_WORDS:
        return max(ours, theirs, key=lambda reading: reading.words)
    opens = [opens_like(reading.text, head.description) for reading in (ours, theirs)]
    if opens == [True, False]:
        return ours
    return (_between(ours, theirs) if indonesian_share(ours.text) < ENOUGH else None) or theirs


def _between(ours: Reading, theirs: Reading) -> Reading | None:
    """Ours from the first paragraph that both have to the last, since theirs leaves out lists and headings between these."""
    known = " ".join(theirs.text.split())
    shared = [place for place, text in enumerate(ours.paragraphs) if " ".join(text.split())[:SAME] in known]
    if sum(count_words(ours.paragraphs[place]) for place in shared) < MOSTLY * theirs.words:
        return None
    return replace(ours, paragraphs=ours.paragraphs[shared[0] : shared[-1] + 1])


def _link_share(lines: Sequence[Line]) -> float:
    kept = [line for line in lines if not line.is_junk]
    return sum(line.link_words for line in kept) / max(1, sum(line.words for line in kept))

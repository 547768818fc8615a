"""Finding the article on a page of which nothing is known: the block that holds its prose, then the run of lines in it."""

from dataclasses import dataclass
from itertools import accumulate

from crawler.pages.boilerplate import END, SENTENCE_END, SIGNATURE, STAMP, is_boilerplate, is_prose
from crawler.pages.lines import HEADINGS, Block, Line, Outline

SHORT = 4
"""Words; a line of fewer says nothing about where it stands."""
HEADLINE = 14
"""Words; a line of fewer without a full stop may be a headline, a caption or a menu."""
DOMINANT = 0.62
"""Share of a block's prose that one block inside it must hold, so that the rest is taken for surroundings."""
LARGEST_JUNK = 0.4
"""Share of all prose of a page in one block named as junk: more, and the name is wrong (a theme's, a category's)."""
STAMP_REACH = 60
"""Characters at the head of a line in which date and clock make it the entry of a list."""
TEASER = 1.0
GAP = -6.0
"""What a heading like `Berita terkait` costs a run of lines that goes across it."""


@dataclass(frozen=True)
class Choice:
    """The lines of an article, with what share of the page's prose they hold."""

    lines: list[Line]
    coverage: float


def choose_lines(outline: Outline) -> Choice:
    """Pick the article's lines of a whole page."""
    lines = outline.lines
    worth = _weigh(lines)
    mark_junk(outline, worth)
    sums = [0.0, *accumulate(max(0.0, value) if not line.is_junk else 0.0 for line, value in zip(lines, worth, strict=True))]
    first, last = _descend(outline, sums)
    first, last = _best_run(lines, worth, first, last)
    total = sums[-1]
    return Choice(lines[first:last], (sums[last] - sums[first]) / total if total else 0.0)


def _worth(line: Line) -> float:
    """How much a line speaks for an article where it stands; below nothing, against one."""
    if line.words < SHORT:
        return 0.0
    if line.link_share > 0.5:
        return -2.0 - 0.3 * line.link_words
    own = line.words - 2.0 * line.link_words
    if line.tag in HEADINGS or STAMP.search(line.text, 0, STAMP_REACH):
        return min(own, 2.0)
    if line.words >= HEADLINE or SENTENCE_END.search(line.text):
        return 0.0 if is_boilerplate(line.text) else own
    return 0.3 * own


def _weigh(lines: list[Line]) -> list[float]:
    """Worth of each line; what stands between two linked headlines, or is cut off below one, is a teaser."""
    worth = [_worth(line) for line in lines]
    is_link = [line.words >= SHORT and line.link_share > 0.9 for line in lines]
    for place in range(1, len(lines)):
        if worth[place] <= 0 or not any(is_link[max(0, place - 2) : place]):
            continue
        is_between = is_link[place - 1] and any(is_link[place + 1 : place + 2])
        if is_between or lines[place].text.endswith(("...", "…")):
            worth[place] = min(worth[place], TEASER)
    return worth


def mark_junk(outline: Outline, worth: list[float] | None = None) -> None:
    """Lines in blocks named as surroundings are junk, unless the page has its prose there."""
    if not any(block.is_junk for block in outline.blocks):
        return
    worth = worth or _weigh(outline.lines)
    sums = [0.0, *accumulate(max(0.0, value) for value in worth)]
    for block in outline.blocks:
        if block.is_junk and sums[block.last] - sums[block.first] <= LARGEST_JUNK * sums[-1]:
            for line in outline.lines[block.first : block.last]:
                line.is_junk = True


def _descend(outline: Outline, sums: list[float]) -> tuple[int, int]:
    """From the whole page to the smallest block that still holds nearly all of the prose of the one around it."""
    first, last = 0, len(outline.lines)
    for block in reversed(outline.blocks):  # Outer blocks come last, so that each step looks at the inside of the one before.
        is_inside = first <= block.first and block.last <= last
        whole, part = sums[last] - sums[first], sums[block.last] - sums[block.first]
        if is_inside and part >= DOMINANT * whole and not _leaves_prose(outline.lines, sums, (first, last), block):
            first, last = block.first, block.last
    return first, last


def _leaves_prose(lines: list[Line], sums: list[float], outer: tuple[int, int], block: Block) -> bool:
    """Whether prose of the same kind stands right outside of the block: half of an article cut in two by a banner."""
    before, after = lines[max(outer[0], block.first - 3) : block.first], lines[block.last : min(outer[1], block.last + 3)]
    return any(is_prose(line) for line in (*before, *after))


def _best_run(lines: list[Line], worth: list[float], first: int, last: int) -> tuple[int, int]:
    """The run of lines between `first` and `last` that is worth most."""
    best, best_run = 0.0, (first, last)
    here, start = 0.0, first
    for place in range(first, last):
        line = lines[place]
        value = -1.0 if line.is_junk else GAP - 0.2 * here if END.match(line.text) else worth[place]
        if here <= 0:
            here, start = 0.0, place
        here += value
        if here > best:
            best, best_run = here, (start, place + 1)
    return best_run[0], _with_signature(lines, best_run[1], last)


def _with_signature(lines: list[Line], end: int, last: int) -> int:
    """The end of a run, moved behind the initials that close the text."""
    return next((place + 1 for place in range(end, min(last, end + 3)) if SIGNATURE.match(lines[place].text)), end)

"""What is wrong with a corpus: marks, near-duplicates, balance. Nothing is changed; each finding says how to mend it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.corpus import CorpusText
from classifier.reading.document import Kind
from classifier.reading.text import Span, split_sentences
from classifier.tally import (
    ANY,
    BANDED,
    NUMBERS,
    TABLES,
    Count,
    choose_band,
    count_all,
    count_by,
    list_parties,
    list_regions,
    read_all,
    read_provinces,
)

SLACK = 3
"""Characters by which a mark may miss the end of a sentence."""
SHINGLE, MOST_SHARED = 3, 0.4
"""Words of a run, and the share of the smaller text's runs that another text may have too."""
LONGEST_RUN = 10
OPENING, MOST_OPENINGS = 4, 3
"""Words of an opening, and how many texts may begin with it."""
FEWEST_TEXTS, FEWEST_OF_LABEL, FEWEST_OF_PROVINCE = 2500, 40, 15
LOWEST_SHARE, HIGHEST_SHARE = 0.4, 0.5

_WORD = re.compile(r"\w+")
_QUOTED = 90

Words = tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """One thing to mend."""

    rule: str
    ids: tuple[str, ...]
    """Texts to look at; none where texts are missing."""
    say: str


def lint_corpus(texts: Sequence[CorpusText]) -> list[Finding]:
    """Everything that there is to mend, in the order of `CHECKS`."""
    return [finding for check in CHECKS.values() for finding in check(texts)]


def check_labels(texts: Sequence[CorpusText]) -> Iterator[Finding]:
    """A partisan text shows its act, a look-alike shows none."""
    for text in texts:
        if text.is_partisan and not text.evidence:
            yield Finding("partisan-without-mark", (text.id,), f"{text.label} shows an act: put ⟦ ⟧ around its sentence.")
        if text.evidence and not text.is_partisan:
            yield Finding("look-alike-with-mark", (text.id,), f"{text.label} shows no act: take ⟦ ⟧ away, or change the label.")


def check_format(texts: Sequence[CorpusText]) -> Iterator[Finding]:
    """What the loader lets pass."""
    for text in texts:
        if set("⟦⟧") & set(read_all(text)):
            yield Finding("stray-mark", (text.id,), "⟦ or ⟧ stands outside of the body: take it away.")
        if text.region is not None and text.region not in read_provinces():
            yield Finding("unknown-region", (text.id,), f"{text.region} is no province: give the two digits of one, or -.")


def check_marks(texts: Sequence[CorpusText]) -> Iterator[Finding]:
    """A mark covers whole sentences or lies inside one."""
    for text in texts:
        sentences = split_sentences(text.document.text)
        for mark in text.evidence:
            if not _fits(mark, sentences):
                marked = _quote(text.document.text[mark.start : mark.end])
                say = f"the mark {marked} cuts a sentence: widen it to whole sentences, or keep it inside one."
                yield Finding("mark-cuts-sentence", (text.id,), say)


def check_duplicates(texts: Sequence[CorpusText]) -> Iterator[Finding]:
    """Two texts say the same only where they tell of one event."""
    shingles = [_shingles(text) for text in texts]
    for (one, two), shared in _pair(texts, shingles).items():
        smaller = min(len(shingles[one]), len(shingles[two]))
        if len(shared) > MOST_SHARED * smaller:
            say = f"{len(shared)} of {smaller} runs of {SHINGLE} words are the same: rewrite one, or give both one event."
            yield Finding("near-duplicate", (texts[one].id, texts[two].id), say)
    for (one, two), shared in _pair(texts, [_runs(_words(text), LONGEST_RUN) for text in texts]).items():
        say = f"both say {_quote(' '.join(shared[0]))}: say it otherwise in one, or give both one event."
        yield Finding("shared-run", (texts[one].id, texts[two].id), say)


def check_openings(texts: Sequence[CorpusText]) -> Iterator[Finding]:
    """Few titles and bodies begin alike."""
    owners = defaultdict[Words, list[str]](list)
    for text in texts:
        for opening in {_open(text.document.title), _open(text.document.text)}:
            owners[opening].append(text.id)
    for opening, ids in owners.items():
        if len(opening) == OPENING and len(ids) > MOST_OPENINGS:
            say = f"{len(ids)} texts open with {_quote(' '.join(opening))}, {MOST_OPENINGS} may: begin some otherwise."
            yield Finding("opening", tuple(ids), say)


def check_sizes(texts: Sequence[CorpusText]) -> Iterator[Finding]:
    """There are enough texts, of each label and province, on both sides of each kind."""
    whole = count_all(texts)
    if whole.total < FEWEST_TEXTS:
        yield Finding("few-texts", (), f"{whole.total} texts of at least {FEWEST_TEXTS}: write more.")
    if not LOWEST_SHARE <= whole.share <= HIGHEST_SHARE:
        side = "partisan texts" if whole.share < LOWEST_SHARE else "look-alikes"
        say = f"{whole.share:.1%} are partisan, {LOWEST_SHARE:.0%} to {HIGHEST_SHARE:.0%} may be: write more {side}."
        yield Finding("share", (), say)
    yield from _list_rare(_count(texts, "label", ACTS + LOOK_ALIKES), FEWEST_OF_LABEL, "few-of-label")
    yield from _list_rare(_count(texts, "region", list_regions()), FEWEST_OF_PROVINCE, "few-of-province")
    for count in _count(texts, "kind", Kind):
        if not count.partisan or not count.look_alike:
            say = f"{count.name}: {count.partisan} partisan and {count.look_alike} others: write the missing side."
            yield Finding("one-sided-kind", (), say)


def check_sides(texts: Sequence[CorpusText]) -> Iterator[Finding]:
    """No party and no ballot number tells the side: see `choose_band`."""
    for table, names in zip(BANDED, (list_parties(), NUMBERS), strict=True):
        (whole,) = _count(texts, table, [ANY])
        for count in _count(texts, table, names):
            band = choose_band(count, whole)
            if count.partisan and count.look_alike and band.holds(count):
                continue
            is_over = count.partisan > band.highest or not count.look_alike
            ids = [text.id for text in texts if text.is_partisan is is_over and count.name in TABLES[table](text)]
            yield Finding(table.replace(" ", "-"), tuple(ids), _say_side(f"{table} {count.name}", count, whole, is_over))


CHECKS: dict[str, Callable[[Sequence[CorpusText]], Iterator[Finding]]] = {
    "labels": check_labels,
    "format": check_format,
    "marks": check_marks,
    "near-duplicates": check_duplicates,
    "openings": check_openings,
    "sizes": check_sizes,
    "parties and ballot numbers": check_sides,
}
"""Each check by what a person reads while it runs."""


def _fits(mark: Span, sentences: Sequence[Span]) -> bool:
    if any(sentence.start - SLACK <= mark.start and mark.end <= sentence.end + SLACK for sentence in sentences):
        return True
    begins = any(abs(sentence.start - mark.start) <= SLACK for sentence in sentences)
    return begins and any(abs(sentence.end - mark.end) <= SLACK for sentence in sentences)


def _pair(texts: Sequence[CorpusText], runs: Sequence[set[Words]]) -> dict[tuple[int, int], list[Words]]:
    """Runs that two texts of different events share, by the places of the texts."""
    owners = defaultdict[Words, list[int]](list)
    for row, own in enumerate(runs):
        for run in own:
            owners[run].append(row)
    shared = defaultdict[tuple[int, int], list[Words]](list)
    for run, rows in owners.items():
        for one, two in combinations(rows, 2):
            if texts[one].event != texts[two].event:
                shared[one, two].append(run)
    return shared


def _words(text: CorpusText) -> Words:
    return tuple(_WORD.findall(f"{text.document.title} {text.document.text}".lower()))


def _runs(words: Words, length: int) -> set[Words]:
    return {words[at : at + length] for at in range(len(words) - length + 1)}


def _shingles(text: CorpusText) -> set[Words]:
    """A text of one or two words is one run."""
    words = _words(text)
    return _runs(words, SHINGLE) or {words}


def _open(text: str) -> Words:
    return tuple(_WORD.findall(text.lower())[:OPENING])


def _count(texts: Sequence[CorpusText], table: str, names: Iterable[str]) -> list[Count]:
    """Counts of these names, also of those that no text has."""
    counts = {count.name: count for count in count_by(texts, TABLES[table])}
    return [counts.get(name, Count(name, 0, 0)) for name in names]


def _list_rare(counts: Iterable[Count], fewest: int, rule: str) -> Iterator[Finding]:
    for count in counts:
        if count.total < fewest:
            yield Finding(rule, (), f"{count.name}: {count.total} texts of at least {fewest}: write {fewest - count.total} more.")


def _say_side(name: str, count: Count, whole: Count, is_over: bool) -> str:
    band, here, there = choose_band(count, whole), "partisan texts", "look-alikes"
    if not is_over:
        here, there = there, here
    fact = f"{name}: {count.partisan} of {count.total} texts are partisan, {band.lowest} to {band.highest} may be"
    return f"{fact}: name another one in some of these {here}, or write it into {there}."


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= _QUOTED else f'"{line[:_QUOTED]}…"'

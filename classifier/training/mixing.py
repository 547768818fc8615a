"""A text hidden among the sentences of others: how long articles look, where one sentence in thirty shows the act."""

import random
from collections.abc import Sequence
from dataclasses import replace

from classifier.corpus import CorpusText
from classifier.reading.document import Kind
from classifier.reading.text import Span, split_sentences


def hide(text: CorpusText, others: Sequence[CorpusText], count: int, chance: random.Random) -> CorpusText:
    """`text` as one block among `count` sentences of look-alike texts; its marks move with it, its title goes.

    Without the title: it would give away what the test asks to be found.
    """
    before, after = _draw_sentences(others, count, chance)
    head = " ".join(before)
    start = len(head) + 1 if head else 0
    body = " ".join(part for part in (head, text.document.text, " ".join(after)) if part)
    evidence = tuple(Span(span.start + start, span.end + start) for span in text.evidence)
    return replace(text, document=replace(text.document, text=body, title="", kind=Kind.NEWS), evidence=evidence)


def hide_all(texts: Sequence[CorpusText], counts: Sequence[int], seed: int) -> list[CorpusText]:
    """Every news text hidden among the sentences of look-alike news of the same list; none where there are too few."""
    chance = random.Random(seed)  # noqa: S311 - a shuffle, no secret
    others = [text for text in texts if not text.is_partisan and text.document.kind is Kind.NEWS]
    news = [text for text in texts if text.document.kind is Kind.NEWS]
    return [hide(text, others, chance.choice(counts), chance) for text in news] if len(others) > 1 else []


def _draw_sentences(others: Sequence[CorpusText], count: int, chance: random.Random) -> tuple[list[str], list[str]]:
    """Sentences of whole texts in their order, as a page with several stories has them, split at a random place."""
    drawn = list[str]()
    while len(drawn) < count:
        text = chance.choice(others).document.text
        drawn += [text[span.start : span.end] for span in split_sentences(text)]
    cut = chance.randint(0, count)
    return drawn[:cut], drawn[cut:count]

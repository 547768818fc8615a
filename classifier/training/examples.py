"""Labelled texts as training reads them: windows with answers, all features counted once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.reading.document import Reading, Window, list_windows, read_document, whole_window
from classifier.training.counts import Counts, count_features, group_lines
from classifier.training.lines import LineReader, ReadLines
from classifier.training.pool import open_pool

MARK_SHARE = 0.5
"""A window shows the act when it holds at least this share of one marked sentence."""
LEAST_WINDOWS = 2
"""Of each text at least so many are read, however many texts there are."""


@dataclass(frozen=True)
class Example:
    """One window of a text, and whether it shows the act."""

    window: Window
    shows_act: bool


@dataclass(frozen=True)
class Prepared:
    """Texts with all that may become a feature counted once. Fits take some of the rows, and learn from those alone."""

    config: Config
    texts: Sequence[CorpusText]
    lines: ReadLines
    counts: Counts
    documents: csr_matrix
    """One row a text, as `counts` counts."""
    windows: csr_matrix
    owners: np.ndarray
    """The text of each window, by its row in `documents`."""
    answers: np.ndarray
    """Whether a window shows the act."""
    weights: np.ndarray
    """A window of n counts 1/sqrt(n), so that a long text does not outvote ten short ones."""


def prepare(config: Config, texts: Sequence[CorpusText], judged: Sequence[CorpusText] = ()) -> Prepared:
    """Read every text, list its windows, count its features. Texts that will only be `judged` are read and not counted."""
    readings = [read_document(text.document) for text in texts]
    documents = [whole_window(reading).lines for reading in readings]
    pages = (whole_window(read_document(text.document)).lines for text in judged)
    lines = LineReader().read(line for own in (*documents, *pages) for line in own)
    most = min(config.window.most, max(config.window.in_all // max(len(texts), 1), LEAST_WINDOWS))
    examples = [list_examples(config, text, reading, most) for text, reading in zip(texts, readings, strict=True)]
    wholes = group_lines(lines, [lines.find_rows(own) for own in documents])
    windows = group_lines(lines, [lines.find_rows(example.window.lines) for own in examples for example in own])
    with open_pool() as pool:
        counts = count_features(config, lines, wholes, pool)
        in_wholes, in_windows = pool.map(counts.count, (wholes, windows))
    return Prepared(
        config=config,
        texts=texts,
        lines=lines,
        counts=counts,
        documents=in_wholes,
        windows=in_windows,
        owners=np.repeat(np.arange(len(texts)), [len(own) for own in examples]),
        answers=np.array([example.shows_act for own in examples for example in own]),
        weights=np.array([len(own) ** -0.5 for own in examples for _ in own]),
    )


def list_examples(config: Config, text: CorpusText, reading: Reading, most: int) -> list[Example]:
    """Windows of a text with what its marks say of them: those that show the act, and others evenly from the whole text.

    None of a long act in which nobody marked a sentence: any of its windows may be the one that shows it.
    """
    if text.is_partisan and not text.evidence and len(reading.lines) > config.window.size:
        return []
    examples = [Example(window, _shows_act(text, reading, window)) for window in list_windows(reading, config.window.size)]
    shown = [example for example in examples if example.shows_act]
    others = [example for example in examples if not example.shows_act]
    room = max(most - len(shown), 1)
    if len(others) > room:
        others = [others[at] for at in np.linspace(0, len(others) - 1, room).astype(int)]
    return shown + others


def _shows_act(text: CorpusText, reading: Reading, window: Window) -> bool:
    if not text.is_partisan:
        return False
    spans = reading.spans[window.first : window.last]
    if not text.evidence:  # Nobody marked a sentence of a short text: the whole of it shows the act.
        return True
    shares = (sum(mark.overlap(span) for span in spans) / (mark.end - mark.start) for mark in text.evidence)
    return any(share >= MARK_SHARE for share in shares)

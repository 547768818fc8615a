"""Why a text is flagged: which sentences, which of their words, which signs. All of it is the model's own arithmetic."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classifier.reading.cues import drop_unshown, name_sentence
from classifier.reading.document import Reading
from classifier.reading.lexicon import load_lexicon
from classifier.reading.lines import read_line
from classifier.reading.words import MASKS, find_words
from classifier.scoring.compact import WINDOW, CompactWeights

MOST_WORDS = 4
MOST_SIGNS = 3
LEAST_SHARE = 0.1
"""A sentence is a reason when it weighs more than this share of the heaviest one."""


@dataclass(frozen=True)
class Evidence:
    """One sentence of the text that speaks for the act."""

    start: int
    end: int
    weight: float
    """How far the log-odds of its window, read without the title, fall when the sentence is taken out."""
    words: tuple[str, ...]
    """Its words that weigh most, as written."""
    signs: tuple[str, ...]
    """Its meanings that weigh most, alone or in their order: "jabatan ASN → dukungan"."""


class Explainer:
    """Finds the telling sentences of a document and says what speaks in them."""

    def __init__(self, weights: CompactWeights):
        self._weights = weights
        self._labels = {cue.name: cue.label for cue in load_lexicon().cues}

    def explain(
        self, reading: Reading, lines: np.ndarray, context: np.ndarray, size: int, *, always: bool = False
    ) -> tuple[tuple[Evidence, ...], float]:
        """The telling window's sentences that speak for an act, the heaviest first, and the weight of title and author.

        The telling window is the best one read without its title: a strong title lifts all windows and tells none apart.
        Where the title alone tells of an act there is no such sentence; with `always` the heaviest is given even so.
        `lines` are the sums of the text's lines, one row each, `context` those of title and author together.
        """
        if not len(lines):
            return (), 0.0
        windows = sliding_window_view(lines, min(size, len(lines)), axis=0)
        bare = self._weights.weigh(windows.sum(axis=-1))[:, WINDOW]
        best = int(bare.argmax())
        window = windows[best].T
        losses = bare[best] - self._weights.weigh(window.sum(axis=0) - window)[:, WINDOW]
        ranked = np.argsort(-losses, kind="stable")
        least = max(losses[ranked[0]] * LEAST_SHARE, 0.0)
        kept = [number for rank, number in enumerate(ranked.tolist()) if losses[number] > least or (always and rank == 0)]
        titled = self._weights.weigh((window.sum(axis=0) + context)[None])[0, WINDOW]
        evidence = tuple(self._describe(reading, best + number, float(losses[number])) for number in kept)
        return evidence, float(titled - bare[best])

    def _describe(self, reading: Reading, number: int, loss: float) -> Evidence:
        span, line = reading.spans[number], reading.lines[number]
        return Evidence(span.start, span.end, round(loss, 4), self._pick_words(line), self._pick_signs(line))

    def _pick_words(self, line: str) -> tuple[str, ...]:
        """The heaviest words as written; a word that tells a reader nothing is passed over."""
        tokens = dict[str, tuple[float, str]]()
        plain = load_lexicon().plain
        for (word, token), (_, weight) in zip(find_words(line), self._weights.weigh_terms(line), strict=True):
            if weight > 0 and word not in MASKS and word not in plain:
                tokens[token.lower()] = max(tokens.get(token.lower(), (0.0, token)), (weight, token))
        heaviest = sorted(tokens.values(), key=lambda pair: -pair[0])
        return tuple(token for _, token in heaviest[:MOST_WORDS])

    def _pick_signs(self, line: str) -> tuple[str, ...]:
        """The heaviest signs that are true of their words; what a word only weighs as is passed over."""
        read = read_line(line)
        shown = name_sentence(drop_unshown(read.words, read.mentions))
        found = sorted((weight, name) for name, weight in self._weights.weigh_cues(line) if weight > 0 and name in shown)
        signs = dict[str, None]()
        for _, name in reversed(found):
            signs.setdefault(" → ".join(self._labels[part] for part in name.replace(">>", ">").split(">")))
        return tuple(signs)[:MOST_SIGNS]

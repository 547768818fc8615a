"""Why a text is flagged: which sentences, which of their words, which signs. All of it is the model's own arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.compact import CompactWeights
from classifier.document import Reading, Window
from classifier.lexicon import load_lexicon
from classifier.words import MASKS, find_words

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

    def explain(self, text: str, reading: Reading, windows: Sequence[Window]) -> tuple[tuple[Evidence, ...], float]:
        """The telling window's sentences by weight, the heaviest first, and the weight of title and author.

        The telling window is the best one read without its title: a strong title lifts all windows and tells none apart.
        """
        if not reading.lines:
            return (), 0.0
        lines = [self._weights.weigh_line(line) for line in reading.lines]
        context = [self._weights.weigh_line(line) for line in reading.context]
        bare = [self._weights.weigh_window(lines[window.first : window.last]) for window in windows]
        best = max(range(len(windows)), key=bare.__getitem__)
        window = windows[best]
        numbers = range(window.first, window.last)
        losses = [
            (bare[best] - self._weights.weigh_window([lines[other] for other in numbers if other != number]), number)
            for number in numbers
        ]
        ranked = sorted(losses, key=lambda pair: (-pair[0], pair[1]))
        least = max(ranked[0][0] * LEAST_SHARE, 0.0)
        kept = [pair for rank, pair in enumerate(ranked) if rank == 0 or pair[0] > least]
        title_weight = self._weights.weigh_window([*context, *(lines[number] for number in numbers)]) - bare[best]
        return tuple(self._describe(text, reading, number, loss) for loss, number in kept), title_weight

    def _describe(self, text: str, reading: Reading, number: int, loss: float) -> Evidence:
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
        found = sorted((weight, name) for name, weight in self._weights.weigh_cues(line) if weight > 0)
        signs = dict[str, None]()
        for _, name in reversed(found):
            signs.setdefault(" → ".join(self._labels[part] for part in name.replace(">>", ">").split(">")))
        return tuple(signs)[:MOST_SIGNS]

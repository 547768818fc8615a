"""The learned numbers folded into one weight a term, so that scoring a window is a sum: no matrix, no scikit-learn."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from classifier.cues import name_sentence, name_window
from classifier.features import CHAR_SCALE, list_char_ngrams, read_line
from classifier.parameters import Parameters, Vocabulary

LINE_MEMO = 20_000
TOKEN_MEMO = 200_000


class Weights(NamedTuple):
    """One number for the window model, one for the document model."""

    window: float
    document: float


class WeighedLine(NamedTuple):
    """One sentence, weighed once: what it adds to any window that holds it."""

    words: int
    scaled: Weights
    """Before it is divided by the square root of the window's words."""
    plain: Weights
    bits: int
    term_ids: tuple[int, ...]
    cue_ids: tuple[int, ...]


class CompactWeights:
    """Weighs lines and windows exactly as the trained pipelines do (differential test: to 1e-6)."""

    def __init__(self, parameters: Parameters):
        config, vocabulary = parameters.config, parameters.vocabulary
        both = np.stack([parameters.window_coef, parameters.document_coef], axis=1)
        words, chars, cues = _split_rows(both, vocabulary)
        self._terms = words * (parameters.words_idf * config.words.weight)[:, None]
        self._chars = _by_name(vocabulary.chars, chars * (parameters.chars_idf * config.chars.weight * CHAR_SCALE)[:, None])
        cue_weights = cues * config.cues.weight
        self._cue_ids = {name: number for number, name in enumerate(vocabulary.cues)}
        self._cues = [Weights(*row) for row in cue_weights.tolist()]
        self._term_weights = [Weights(*row) for row in self._terms.tolist()]
        self._ngrams = _index_ngrams(vocabulary.words)
        self._char_ngrams = config.chars.ngrams
        self._longest = config.words.ngrams[1]
        self._across = config.cues.across
        self._intercepts = Weights(parameters.window_intercept, parameters.document_intercept)
        self._class_terms = _fold_classes(parameters, slice(0, len(words)), parameters.words_idf * config.words.weight)
        self._class_cues = _fold_classes(parameters, slice(len(words), None), np.full(len(cues), config.cues.weight))
        self._class_intercept = parameters.class_intercept
        self.weigh_line: Callable[[str], WeighedLine] = lru_cache(LINE_MEMO)(self._weigh_line)
        self._weigh_chars: Callable[[str], Weights] = lru_cache(TOKEN_MEMO)(self._add_chars)
        self._weigh_across: Callable[[int], Weights] = lru_cache(LINE_MEMO)(self._add_across)

    def weigh_window(self, lines: Iterable[WeighedLine]) -> float:
        """Log-odds of a window, as the window pipeline's decision function gives them."""
        words, scaled, plain, bits = 0, 0.0, 0.0, 0
        for line in lines:
            words += line.words
            scaled += line.scaled[0]
            plain += line.plain[0]
            bits |= line.bits
        return scaled / max(words, 1) ** 0.5 + plain + self._weigh_across(bits)[0] + self._intercepts[0]

    def weigh_document(self, lines: Iterable[WeighedLine]) -> float:
        """Log-odds of a whole document, as the document pipeline's decision function gives them."""
        words, scaled, plain, bits = 0, 0.0, 0.0, 0
        for line in lines:
            words += line.words
            scaled += line.scaled[1]
            plain += line.plain[1]
            bits |= line.bits
        return scaled / max(words, 1) ** 0.5 + plain + self._weigh_across(bits)[1] + self._intercepts[1]

    def weigh_classes(self, lines: Sequence[WeighedLine]) -> np.ndarray:
        """Log-odds by class of a window or document, as the class pipeline's decision function gives them."""
        bits = 0
        for line in lines:
            bits |= line.bits
        terms = [number for line in lines for number in line.term_ids]
        cues = [number for line in lines for number in line.cue_ids]
        cues += [self._cue_ids[name] for name in self._name_across(bits) if name in self._cue_ids]
        length = max(sum(line.words for line in lines), 1) ** 0.5
        return self._class_terms[terms].sum(axis=0) / length + self._class_cues[cues].sum(axis=0) + self._class_intercept

    def weigh_terms(self, text: str) -> list[tuple[int, float]]:
        """What each word of a sentence adds to the window model: word n-grams in equal shares, and its characters.

        Pairs of the word's place among the sentence's words and its weight, before the division by the window's length.
        """
        line = read_line(text)
        added = [0.0 if word in line.words[:at] else self._weigh_chars(word)[0] for at, word in enumerate(line.words)]
        starts = [*line.starts, len(line.words)]
        known = {number: (at, size) for at, size, number in reversed(self._find_ngrams(line.terms))}
        for number, (at, size) in known.items():
            share = self._term_weights[number][0] / size
            for term in range(at, at + size):
                covered = range(starts[term], starts[term + 1])
                for place in covered:
                    added[place] += share / len(covered)
        return list(enumerate(added))

    def weigh_cues(self, text: str) -> list[tuple[str, float]]:
        """What each cue of a sentence, and each two in their order, adds to the window model."""
        names = name_sentence(read_line(text).mentions)
        return [(name, self._cues[self._cue_ids[name]][0]) for name in sorted(names) if name in self._cue_ids]

    def _weigh_line(self, text: str) -> WeighedLine:
        line = read_line(text)
        window = document = 0.0
        for word in dict.fromkeys(line.words):
            one, other = self._weigh_chars(word)
            window += one
            document += other
        term_ids = tuple(dict.fromkeys(number for _, _, number in self._find_ngrams(line.terms)))
        for number in term_ids:
            one, other = self._term_weights[number]
            window += one
            document += other
        cue_ids = tuple(sorted(self._cue_ids[name] for name in name_sentence(line.mentions) if name in self._cue_ids))
        plain = Weights(sum(self._cues[number][0] for number in cue_ids), sum(self._cues[number][1] for number in cue_ids))
        return WeighedLine(len(line.words), Weights(window, document), plain, line.bits, term_ids, cue_ids)

    def _find_ngrams(self, terms: Sequence[str]) -> list[tuple[int, int, int]]:
        """Known n-grams of a sentence: where each begins, how long it is, its number."""
        found, first = list[tuple[int, int, int]](), self._ngrams
        known = [first.get(term) for term in terms]
        for at, node in enumerate(known):
            size = 1
            while node is not None:
                if node.number >= 0:
                    found.append((at, size, node.number))
                if size == self._longest or at + size >= len(terms):
                    break
                node = node.longer.get(terms[at + size])
                size += 1
        return found

    def _add_chars(self, word: str) -> Weights:
        found = [self._chars[gram] for gram in list_char_ngrams(word, *self._char_ngrams) if gram in self._chars]
        return Weights(sum(one for one, _ in found), sum(other for _, other in found))

    def _add_across(self, bits: int) -> Weights:
        numbers = [self._cue_ids[name] for name in self._name_across(bits) if name in self._cue_ids]
        return Weights(sum(self._cues[number][0] for number in numbers), sum(self._cues[number][1] for number in numbers))

    def _name_across(self, bits: int) -> tuple[str, ...]:
        return name_window(bits) if self._across else ()


class _Node:
    """An n-gram in the tree of known n-grams; `number` is -1 where only longer ones are known."""

    __slots__ = ("longer", "number")

    def __init__(self) -> None:
        self.number = -1
        self.longer: dict[str, _Node] = {}


def _index_ngrams(ngrams: Sequence[str]) -> dict[str, _Node]:
    root = _Node()
    for number, ngram in enumerate(ngrams):
        node = root
        for term in ngram.split(" "):
            node = node.longer.setdefault(term, _Node())
        node.number = number
    return root.longer


def _split_rows(rows: np.ndarray, vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    words, chars = len(vocabulary.words), len(vocabulary.chars)
    return rows[:words], rows[words : words + chars], rows[words + chars :]


def _by_name(names: Sequence[str], rows: np.ndarray) -> dict[str, Weights]:
    return {name: Weights(*row) for name, row in zip(names, rows.tolist(), strict=True)}


def _fold_classes(parameters: Parameters, columns: slice, factors: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray((parameters.class_coef[:, columns] * factors).T.astype(np.float32))

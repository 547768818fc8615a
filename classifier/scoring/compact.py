"""The learned numbers folded into one weight a unit, so that scoring is sums over lines: no matrix of texts, no scikit-learn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from classifier.reading.cues import index_cues, name_sentence
from classifier.reading.lines import CHAR_SCALE, read_line
from classifier.scoring.parameters import Parameters
from classifier.scoring.units import UnitReader

GRAIN = 2.0**-38
"""Weights are rounded to multiples of this: then sums of up to 30,000 are exact, in whatever order they are added.

So neither the batch of a text nor what was read before it moves its score by a bit.
"""
WINDOW, DOCUMENT = 0, 1
WORDS, VOTES, SCALED, PLAIN, MARKS = 0, 1, 3, 5, 7
"""Where the columns of sums over lines begin: how many words they have; how many of them are Indonesian, of how many that can
be told; what they add to windows and to documents before the division by the root of the words; what they add to both
after it; how many lines bear each cue, and how many any of the cues without which something is absent."""
_SIGNS = np.array([-1.0, 1.0, -1.0, 1.0])
"""Of running sums at the ends of ranges: the last less the first."""


@dataclass(frozen=True)
class WeighedLines:
    """Lines, each weighed once: what they add to any window or document that holds them."""

    running: np.ndarray
    """Row `n` has the sums over the first `n` lines; (lines + 1, MARKS + marks)."""
    units: np.ndarray
    """The different n-grams and cues of each line, line by line."""
    unit_ends: np.ndarray
    """How many units the first `n` lines have; (lines + 1)."""

    def sum(self, ranges: np.ndarray) -> np.ndarray:
        """Sums over groups of lines, one row a group. `ranges` are half open, one or two a group: (groups, ranges, 2)."""
        edges = ranges.reshape(len(ranges), -1)
        return _SIGNS[: edges.shape[1]] @ self.running.take(edges, axis=0)

    def list_units(self, ranges: np.ndarray) -> Iterator[list[np.ndarray]]:
        """The units of each group of lines, in one array a range."""
        for group in self.unit_ends[ranges].tolist():
            yield [self.units[first:last] for first, last in group]


class CompactWeights:
    """Weighs lines, windows and documents exactly as the trained pipelines do (differential test: to 1e-6)."""

    def __init__(self, parameters: Parameters):
        config, vocabulary = parameters.config, parameters.vocabulary
        words, chars, cues = _weigh_features(parameters)
        self.units = UnitReader(vocabulary)
        self._learned = np.zeros((self.units.first_word, 4))
        """Weights of the learned units, in the order of the sums from `SCALED` on."""
        self._learned[1 : self.units.first_cue, :2] = words
        self._learned[self.units.first_cue :, 2:] = cues
        self._char_ngrams, self._char_weights = vocabulary.char_ngrams, chars
        self._weights = self.units.tokens.add_table(self._weigh_chars, "d", 4, self._learned)
        self._intercepts = np.array([parameters.window_intercept, parameters.document_intercept])
        self._groups = _group_cues()
        self._is_absent = np.arange(sum(self._groups.shape)) >= len(self._groups)
        self._pairs, columns = _list_pairs(vocabulary.cues if config.cues.across else [])
        self._pair_units = columns + self.units.first_cue
        self._across = _square(self._pairs, cues[columns], len(self._is_absent))
        self._class_coef, self._class_factors = _weigh_classes(parameters)
        self._class_intercept = parameters.class_intercept

    def weigh_lines(self, lines: Sequence[str]) -> WeighedLines:
        """Every line by itself."""
        read = self.units.read([*lines, ""])  # No array is empty with one line more.
        count, cues = read.bears.shape
        running = np.zeros((count + 1, MARKS + len(self._is_absent)))
        running[1:, WORDS] = read.words
        running[1:, VOTES:SCALED] = read.votes
        running[1:, SCALED:MARKS] = np.add.reduceat(self._weights.take(read.units), read.ends[:-1], axis=0)
        running[1:, MARKS : MARKS + cues] = read.bears
        running[1:, MARKS + cues :] = read.bears @ self._groups > 0
        running.cumsum(axis=0, out=running)
        learned = ((read.units > 0) & (read.units < self.units.first_word)).nonzero()[0]
        return WeighedLines(running, read.units.take(learned), learned.searchsorted(read.ends))

    def weigh(self, sums: np.ndarray) -> np.ndarray:
        """Log-odds of groups of lines, as the window and the document pipeline's decision functions give them; (groups, 2)."""
        marks = self._mark(sums).astype(float)
        across = np.vecdot((marks @ self._across).reshape(len(marks), 2, -1), marks[:, None])
        return sums[:, SCALED:PLAIN] / _find_roots(sums) + sums[:, PLAIN:MARKS] + across + self._intercepts

    def weigh_classes(self, lines: WeighedLines, ranges: np.ndarray) -> np.ndarray:
        """Log-odds by class of groups of lines, as the class pipeline's decision function gives them; (groups, classes)."""
        sums = lines.sum(ranges)
        marks = self._mark(sums)
        across = marks.take(self._pairs[0], axis=1) & marks.take(self._pairs[1], axis=1)
        scales = (1 / _find_roots(sums)).astype(np.float32)
        groups = zip(lines.list_units(ranges), across, scales, strict=True)
        return np.array([self._add_up(np.concatenate((*units, self._pair_units[own])), scale) for units, own, scale in groups])

    def weigh_terms(self, text: str) -> list[tuple[int, float]]:
        """What each word of a sentence adds to the window model: word n-grams in equal shares, and its characters.

        Pairs of the word's place among the sentence's words and its weight, before the division by the window's length.
        """
        line = read_line(text)
        chars = self._weigh_chars(line.words)[:, WINDOW].tolist()
        added = [0.0 if word in line.words[:at] else chars[at] for at, word in enumerate(line.words)]
        starts = [*line.starts, len(line.words)]
        known = {unit: (at, size) for at, size, unit in reversed(self.units.find_ngrams(line.terms))}
        for unit, (at, size) in known.items():
            share = float(self._learned[unit, WINDOW]) / size
            for term in range(at, at + size):
                covered = range(starts[term], starts[term + 1])
                for place in covered:
                    added[place] += share / len(covered)
        return list(enumerate(added))

    def weigh_cues(self, text: str) -> list[tuple[str, float]]:
        """What each cue of a sentence, and each two in their order, adds to the window model."""
        names, units = name_sentence(read_line(text).mentions), self.units.cues
        return [(name, float(self._learned[units[name], 2 + WINDOW])) for name in sorted(names) if name in units]

    def _mark(self, sums: np.ndarray) -> np.ndarray:
        """Whether groups of lines bear each cue, and whether each thing that may be absent is; (groups, marks)."""
        return (sums[:, MARKS:] > 0) != self._is_absent

    def _add_up(self, units: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Log-odds by class of what has these units; n-grams weigh by `scale`."""
        features = units - 1
        factors = np.where(units < self.units.first_cue, scale, np.float32(1)) * self._class_factors.take(features)
        return factors @ self._class_coef.take(features, axis=0) + self._class_intercept

    def _weigh_chars(self, words: Sequence[str]) -> np.ndarray:
        """What the characters of each word add, in the order of the sums from `SCALED` on; (words, 4)."""
        rows, ngrams = self._char_ngrams.find(words)
        added = np.zeros((len(words), 4))
        for column in (WINDOW, DOCUMENT):
            weights = self._char_weights[:, column].take(ngrams)
            added[:, column] = np.bincount(rows, weights, minlength=len(words))
        return added


def _weigh_features(parameters: Parameters) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of words, characters and cues, each for windows and for documents; (features, 2)."""
    config, vocabulary = parameters.config, parameters.vocabulary
    factors = np.concatenate(
        (
            parameters.words_idf * config.words.weight,
            parameters.chars_idf * (config.chars.weight * CHAR_SCALE),
            np.full(len(vocabulary.cues), config.cues.weight),
        )
    )
    weights = np.stack((parameters.window_coef, parameters.document_coef), axis=1) * factors[:, None]
    words, chars, cues = np.split(np.round(weights / GRAIN) * GRAIN, np.cumsum((len(vocabulary.words), len(vocabulary.chars))))
    return words, chars, cues


def _weigh_classes(parameters: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of words and cues for classes, (features, classes), and what to multiply each feature's with.

    They are left apart, because their product would be made anew, and held, by every scorer.
    """
    cue_factors = np.full(len(parameters.vocabulary.cues), parameters.config.cues.weight)
    factors = np.concatenate((parameters.words_idf * parameters.config.words.weight, cue_factors))
    return np.ascontiguousarray(parameters.class_coef.T), factors.astype(np.float32)


def _group_cues() -> np.ndarray:
    """For everything that may be absent the cues without which it is, as 1 or 0; (cues, absent)."""
    index = index_cues()
    bits = np.array([bits for bits, _ in index.absent], dtype=np.int64)
    return (bits >> np.arange(len(index.names))[:, None] & 1).astype(float)


def _list_pairs(names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Marks that stand together in a feature of `cues.name_window`, (2, pairs), and the places of the features in `names`.

    Marks are numbered: cues, then what may be absent. What is absent alone stands with itself.
    """
    index, places = index_cues(), {name: place for place, name in enumerate(names)}
    marks = [*index.names, *(name for _, name in index.absent)]
    named = [(one, other, f"{marks[one]}~{marks[other]}") for one, other in combinations(range(len(marks)), 2)]
    named += [(mark, mark, marks[mark]) for mark in range(len(index.names), len(marks))]
    known = [(one, other, places[name]) for one, other, name in named if name in places]
    pairs = np.array(known, dtype=np.intp).reshape(-1, 3).T
    return pairs[:2], pairs[2]


def _square(pairs: np.ndarray, weights: np.ndarray, marks: int) -> np.ndarray:
    """Weights of pairs for windows and documents as the matrix of a quadratic form; (marks, 2 * marks)."""
    square = np.zeros((marks, 2, marks))
    square[pairs[0], :, pairs[1]] = weights
    return square.reshape(marks, -1)


def _find_roots(sums: np.ndarray) -> np.ndarray:
    """The roots of the words of groups of lines; (groups, 1)."""
    return np.sqrt(np.maximum(sums[:, WORDS:VOTES], 1))

"""Scores of texts whose lines training has read already: the scorer itself, but its lines are looked up."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from classifier.reading.cues import cue_names, index_cues
from classifier.reading.lines import CHAR_SCALE
from classifier.scoring.compact import MARKS, SCALED, VOTES, WORDS, CompactWeights, WeighedLines
from classifier.scoring.parameters import UNCALIBRATED, Calibration, Lines, Parameters, Vocabulary
from classifier.scoring.scorer import Scorer
from classifier.training.examples import Prepared
from classifier.training.fitting import extract_parameters
from classifier.training.lines import ReadLines
from classifier.training.pipeline import Fitted


class SeenScorer(Scorer):
    """Gives the probabilities of the scorer that has these parameters. Its reasons name no words."""

    def __init__(self, prepared: Prepared, fitted: Fitted, calibration: Calibration = UNCALIBRATED, lines: Lines = Lines()):
        parameters = extract_parameters(prepared.config, fitted)
        super().__init__(replace(_keep_cues(parameters), calibration=calibration, lines=lines))
        self._weights = _SeenWeights(self.parameters, prepared.lines, _weigh(prepared, fitted))


class _SeenWeights(CompactWeights):
    """Knows the sums of every line that was read."""

    def __init__(self, parameters: Parameters, read: ReadLines, sums: np.ndarray):
        super().__init__(parameters)
        self._read, self._sums = read, sums

    def weigh_lines(self, lines: Sequence[str]) -> WeighedLines:
        rows = np.array(self._read.find_rows(" ".join(line.split()) for line in (*lines, "")))
        marks = _list_marks(self._read.bits.take(rows))
        running = np.zeros((len(rows) + 1, MARKS + marks.shape[1]))
        running[1:, WORDS] = self._read.sizes.take(rows)
        running[1:, VOTES:SCALED] = self._read.votes.take(rows, axis=0)
        running[1:, SCALED:MARKS] = self._sums.take(rows, axis=0)
        running[1:, MARKS:] = marks
        running.cumsum(axis=0, out=running)
        return WeighedLines(running, np.zeros(0, dtype=np.intp), np.zeros(len(running), dtype=np.intp))


def _weigh(prepared: Prepared, fitted: Fitted) -> np.ndarray:
    """What each line adds: to windows and documents before the division by the root of the words, then after it; (lines, 4)."""
    counts, columns = prepared.counts, fitted.columns
    models = [own.named_steps["model"].coef_[0] for own in (fitted.window, fitted.document)]
    weights = np.zeros((sum(counts.sizes), 2))
    weights[columns.kept] = np.transpose(models) * columns.scales[columns.kept, None]
    words, chars, cues = np.split(weights, np.cumsum(counts.sizes)[:-1])
    scaled = counts.words.counts @ words + counts.spelled @ (counts.chars.counts @ (chars * CHAR_SCALE))
    return np.hstack((scaled, counts.cues.counts @ cues))


def _list_marks(bits: np.ndarray) -> np.ndarray:
    """Which cues lines bear, and any of the cues without which something is absent; (lines, marks)."""
    groups = np.array([*(1 << number for number in range(len(cue_names()))), *(own for own, _ in index_cues().absent)])
    return bits[:, None] & groups != 0


def _keep_cues(parameters: Parameters) -> Parameters:
    """Cues, because what several lines show together has still to be weighed; of the rest one each, because none is refused."""
    words, chars = len(parameters.words_idf), len(parameters.chars_idf)
    kept = np.array([0, words, *range(words + chars, len(parameters.window_coef))])
    known = parameters.vocabulary
    return replace(
        parameters,
        vocabulary=Vocabulary(list(known.words)[:1], known.chars[:1], known.cues),
        words_idf=parameters.words_idf[:1],
        chars_idf=parameters.chars_idf[:1],
        window_coef=parameters.window_coef[kept],
        document_coef=parameters.document_coef[kept],
        class_coef=np.delete(parameters.class_coef, slice(1, words), axis=1),
    )

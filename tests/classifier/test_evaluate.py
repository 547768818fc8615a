"""Measures against numbers worked out by hand, groups, intervals, plots."""

from pathlib import Path

import numpy as np
import pytest

from classifier.corpus import CorpusText
from classifier.errors import InputError
from classifier.evaluate import evaluate, from_corpus, from_objects
from classifier.evaluation.measures import (
    bin_calibration,
    calibration_error,
    measure_group,
    measure_intervals,
    precision_at_recall,
)
from classifier.evaluation.plots import draw_plots
from classifier.scoring.scorer import Scorer

PROBABILITIES = np.array([0.95, 0.85, 0.65, 0.35, 0.15])
LABELS = np.array([True, False, True, True, False])


def test_measures_are_those_worked_out_by_hand() -> None:
    found = measure_group(PROBABILITIES, LABELS, 0.5)
    assert (found["flagged"], found["precision"], found["recall"]) == (3, 0.6667, 0.6667)
    assert found["average_precision"] == pytest.approx((1 + 2 / 3 + 3 / 4) / 3, abs=1e-4)
    assert precision_at_recall(PROBABILITIES, LABELS, 0.9) == 0.75
    assert calibration_error(PROBABILITIES, LABELS) == pytest.approx((0.05 + 0.85 + 0.35 + 0.65 + 0.15) / 5, abs=1e-4)


def test_what_a_group_cannot_answer_is_none() -> None:
    found = measure_group(np.array([0.1]), np.array([False]), 0.5)
    assert found["average_precision"] is found["precision"] is found["recall"] is None
    assert calibration_error(np.array([]), np.array([])) is None


def test_bins_hold_every_text_once() -> None:
    assert sum(count for _, _, count in bin_calibration(PROBABILITIES, LABELS)) == len(LABELS)


def test_intervals_draw_clusters_not_texts() -> None:
    chance = np.random.default_rng(1)
    labels = np.repeat(chance.random(40) < 0.5, 10)
    probabilities = np.clip(labels * 0.4 + chance.random(400) * 0.6, 0, 1)
    alone = measure_intervals(probabilities, labels, 0.5, range(400))["precision"]
    together = measure_intervals(probabilities, labels, 0.5, np.repeat(range(40), 10).tolist())["precision"]
    assert together[1] - together[0] > alone[1] - alone[0]


def test_too_few_clusters_have_no_interval() -> None:
    assert measure_intervals(PROBABILITIES, LABELS, 0.5, range(5)) == {}


def test_report_groups_by_kind_class_region_and_party(scorer: Scorer, small_corpus: list[CorpusText]) -> None:
    report = evaluate(from_corpus(small_corpus), scorer).report()
    assert set(report["by"]) == {"kind", "act", "look_alike", "region", "party"}
    assert sum(group["texts"] for group in report["by"]["kind"].values()) == report["all"]["texts"] == len(small_corpus)
    assert report["by"]["act"]["kegiatan_berpihak"]["partisan"] == report["by"]["act"]["kegiatan_berpihak"]["texts"]
    assert set(report["all"]["intervals"]) >= {"average_precision", "recall"}
    assert 0 < report["all"]["named"] <= 1


@pytest.mark.parametrize("label", ["banana", None, 2])
def test_an_object_without_a_usable_label_is_named(label: object) -> None:
    with pytest.raises(InputError, match="object 2: `label`"):
        from_objects([{"text": "a", "label": 1}, {"text": "b", "label": label}])


def test_plots_are_svg_and_png(scorer: Scorer, small_corpus: list[CorpusText], tmp_path: Path) -> None:
    written = draw_plots(evaluate(from_corpus(small_corpus[:60]), scorer), tmp_path / "plots")
    assert {path.name for path in written} == {
        *("precision_recall.svg", "precision_recall.png", "calibration.svg", "calibration.png"),
    }
    assert written[0].read_bytes().lstrip().startswith(b"<?xml")
    assert (tmp_path / "plots" / "calibration.png").read_bytes().startswith(b"\x89PNG")

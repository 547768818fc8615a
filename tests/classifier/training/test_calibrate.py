"""Folds: whole events, each text held out once."""

from dataclasses import replace

import numpy as np

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.training.calibrate import cut_folds


def test_folds_part_no_event_and_hold_every_chosen_text_once(small_config: Config, small_corpus: list[CorpusText]) -> None:
    texts = [replace(text, event=f"peristiwa-{number // 3}") for number, text in enumerate(small_corpus[:200])]
    rows = np.arange(0, 200, 2)
    folds = cut_folds(small_config, texts, rows)
    assert sorted(np.concatenate([fold.held for fold in folds]).tolist()) == rows.tolist()
    for fold in folds:
        assert not {texts[row].event for row in fold.seen} & {texts[row].event for row in fold.held}
        assert {texts[row].is_partisan for row in fold.held} == {True, False}

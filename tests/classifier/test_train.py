"""A training run: its progress, and the same bytes on any number of cores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from classifier.artifacts.artifact import LoadedArtifact
from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.train import part_newest, train


def test_one_core_gives_the_same_bytes_and_progress_counts_every_step(
    loaded: LoadedArtifact,
    small_config: Config,
    small_corpus: list[CorpusText],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    told = list[tuple[int, int]]()
    saved = train(small_config, small_corpus, tmp_path, on_progress=lambda done, steps, _what: told.append((done, steps)))
    assert saved.sha256 == loaded.sha256
    steps = small_config.line.folds + 4
    assert told == [(done, steps) for done in range(steps + 1)]


def test_the_newest_fifth_is_tried_on_what_was_labelled_before_alone(small_corpus: list[CorpusText]) -> None:
    """The last five were labelled late and tell older events: they are neither tried on nor learned from."""
    start = datetime(2024, 11, 1, tzinfo=UTC)
    labelled = [
        replace(text, event=f"konten-{number % 95}", labelled_at=start + timedelta(days=number))
        for number, text in enumerate(small_corpus[:100])
    ]
    older, newest = part_newest([*labelled, *small_corpus[100:]])
    assert newest.tolist() == list(range(80, 95))
    assert older.tolist() == [*range(80), *range(100, len(small_corpus))]


def test_too_few_labels_of_people_are_tried_on_nothing(small_corpus: list[CorpusText]) -> None:
    dated = [replace(text, labelled_at=datetime(2024, 11, 1, tzinfo=UTC)) for text in small_corpus[:49]]
    assert [len(rows) for rows in part_newest([*dated, *small_corpus[49:]])] == [0, 0]

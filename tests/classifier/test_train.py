"""A training run: its progress, and the same bytes on any number of cores."""

from pathlib import Path

import pytest

from classifier.artifacts.artifact import LoadedArtifact
from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.train import train


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

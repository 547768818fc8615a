"""A small classifier for tests: trained once a run, on part of the corpus, whatever the number of processes."""

from dataclasses import replace
from pathlib import Path

import pytest

from classifier.artifacts.artifact import LoadedArtifact, load_artifact
from classifier.config import Config, load_config
from classifier.corpus import CorpusText, load_corpus
from classifier.scoring.scorer import Scorer
from tests.training import train_once


@pytest.fixture(scope="session")
def small_config() -> Config:
    config = load_config()
    return replace(config, line=replace(config.line, folds=2, precision=0.7))


@pytest.fixture(scope="session")
def small_corpus() -> list[CorpusText]:
    return load_corpus()[::5]


@pytest.fixture(scope="session")
def loaded(run_folder: Path, small_config: Config, small_corpus: list[CorpusText]) -> LoadedArtifact:
    return load_artifact(train_once(run_folder, "small", small_config, small_corpus).folder)


@pytest.fixture(scope="session")
def scorer(loaded: LoadedArtifact) -> Scorer:
    return loaded.make_scorer()


@pytest.fixture
def artifact_copy(loaded: LoadedArtifact, tmp_path: Path) -> Path:
    """An artifact that a test may spoil."""
    copy = tmp_path / loaded.name
    copy.mkdir()
    for file in loaded.folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    return copy

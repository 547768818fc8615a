"""A house with a small live artifact, and the environment by which workers find it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier.artifacts.artifact import LoadedArtifact, load_artifact
from classifier.artifacts.registry import promote, register_artifact
from classifier.config import load_config
from classifier.corpus import load_corpus
from models import Artifact
from models.database import make_session
from models.settings import Settings
from netra.rescoring.scorers import ArtifactPlace, place_of
from tests.training import train_once


@pytest.fixture(scope="session")
def small(run_folder: Path) -> LoadedArtifact:
    config = load_config()
    config = replace(config, line=replace(config.line, folds=2, precision=0.7))
    return load_artifact(train_once(run_folder, "small", config, load_corpus()[::5]).folder)


@pytest.fixture
def place(small: LoadedArtifact) -> ArtifactPlace:
    return place_of(small)


@pytest.fixture
def home(settings: Settings, engine: Engine, small: LoadedArtifact, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Its line is one that the partisan text of the factories passes."""
    return _install(settings, engine, small, monkeypatch)


@pytest.fixture
def small_home(
    sqlite_settings: Settings, sqlite_engine: Engine, small: LoadedArtifact, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """The same on SQLite alone, where the engine makes no difference."""
    return _install(sqlite_settings, sqlite_engine, small, monkeypatch)


@pytest.fixture
def candidate(small_home: Settings, sqlite_engine: Engine) -> str:
    """Name of an artifact that is not live."""
    with make_session(sqlite_engine).begin() as session:
        session.add(Artifact(name="uji-calon", sha256="2" * 64, threshold=0.5))
    return "uji-calon"


def _install(settings: Settings, engine: Engine, small: LoadedArtifact, monkeypatch: pytest.MonkeyPatch) -> Settings:
    folder = Path(shutil.copytree(small.folder, settings.artifacts_dir / small.name))
    with make_session(engine).begin() as session:
        row = register_artifact(session, folder)
        row.threshold = 0.5
    with make_session(engine).begin() as session:
        promote(session, session.merge(row))
    monkeypatch.setenv("NETRA_HOME", str(settings.home))
    monkeypatch.setenv("NETRA_DATABASE_URL", settings.database_url)
    return settings

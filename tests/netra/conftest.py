import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier.artifacts.artifact import SavedArtifact
from classifier.artifacts.registry import promote, register_artifact
from classifier.config import load_config
from classifier.corpus import load_corpus
from models.database import make_session
from models.settings import Settings
from tests.training import train_once


@pytest.fixture(scope="session")
def artifact(run_folder: Path) -> SavedArtifact:
    """The real artifact, trained once a test run from the corpus as it is."""
    return train_once(run_folder, "real", load_config(), load_corpus())


@pytest.fixture
def with_live_artifact(settings: Settings, engine: Engine, artifact: SavedArtifact) -> Settings:
    """A home in which that artifact is live, once on SQLite and once on PostgreSQL."""
    return _install(settings, engine, artifact)


@pytest.fixture
def sqlite_with_live_artifact(sqlite_settings: Settings, sqlite_engine: Engine, artifact: SavedArtifact) -> Settings:
    return _install(sqlite_settings, sqlite_engine, artifact)


def _install(settings: Settings, engine: Engine, artifact: SavedArtifact) -> Settings:
    folder = Path(shutil.copytree(artifact.folder, settings.artifacts_dir / artifact.name))
    with make_session(engine).begin() as session:
        promote(session, register_artifact(session, folder))
    return settings

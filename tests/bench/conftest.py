from pathlib import Path

import pytest

from classifier.config import load_config
from classifier.corpus import load_corpus
from tests.training import train_once


@pytest.fixture(scope="session")
def artifact(run_folder: Path) -> Path:
    """The folder of the real artifact, trained once a test run from the corpus as it is."""
    return train_once(run_folder, "real", load_config(), load_corpus()).folder

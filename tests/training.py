"""Artifacts that every process of a test run shares: the first that needs one trains it, the others wait for it."""

import pickle
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from classifier.artifacts.artifact import SavedArtifact
from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.train import train


def train_once(run_folder: Path, name: str, config: Config, texts: Sequence[CorpusText]) -> SavedArtifact:
    """The artifact of this name in this test run. Nobody may write into its folder."""
    folder = run_folder / "artifacts" / name
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "saved.pickle"
    with FileLock(folder / "lock"):  # The system frees it even where its holder was killed.
        if not kept.exists():
            kept.write_bytes(pickle.dumps(train(config, texts, folder)))
    return pickle.loads(kept.read_bytes())

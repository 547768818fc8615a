"""A second opinion on disk: the same after a round trip, and refused for anybody else."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from classifier.encoders.storage import load_reranker, save_reranker
from classifier.errors import EncoderError
from classifier.scoring.scorer import Scorer
from tests.classifier.encoders.conftest import Case


@dataclass(frozen=True)
class Named:
    """Another encoder, as far as names go."""

    name: str = "other-0"
    dimensions: int = 4

    def encode(self, texts: object) -> np.ndarray:
        raise NotImplementedError


def test_round_trip_keeps_every_number(case: Case, scorer: Scorer, tmp_path: Path) -> None:
    for _ in range(2):
        save_reranker(tmp_path, case.reranker)
    loaded = load_reranker(tmp_path, case.encoder, scorer)
    documents = [text.document for text in case.test]
    scored = scorer.score(documents)
    assert loaded.apply(documents, scored) == case.reranker.apply(documents, scored)
    assert loaded.metrics == case.reranker.metrics
    assert [path.name for path in tmp_path.iterdir()] == [f"{scorer.name}+{case.encoder.name}"]


@pytest.mark.parametrize("file", ["numbers.npz", "reranker.json", "SHA256SUMS"])
def test_altered_or_missing_files_are_refused(case: Case, scorer: Scorer, tmp_path: Path, file: str) -> None:
    path = save_reranker(tmp_path, case.reranker) / file
    path.write_bytes(path.read_bytes()[:-2] + b"x\n")
    with pytest.raises(EncoderError, match="does not match its SHA-256; run: netra encoder fit"):
        load_reranker(tmp_path, case.encoder, scorer)
    path.unlink()
    with pytest.raises(EncoderError, match="not a whole second opinion"):
        load_reranker(tmp_path, case.encoder, scorer)


def test_another_encoder_or_artifact_has_none(case: Case, scorer: Scorer, tmp_path: Path) -> None:
    save_reranker(tmp_path, case.reranker)
    with pytest.raises(EncoderError, match="other-0 has not learned from"):
        load_reranker(tmp_path, Named(), scorer)
    with pytest.raises(EncoderError, match="has not learned from baseline-other"):
        load_reranker(tmp_path, case.encoder, Scorer(scorer.parameters, "baseline-other"))


def test_a_renamed_folder_does_not_pass_for_another(case: Case, scorer: Scorer, tmp_path: Path) -> None:
    folder = save_reranker(tmp_path, case.reranker)
    shutil.copytree(folder, tmp_path / f"{scorer.name}+other-0")
    with pytest.raises(EncoderError, match=f"with encoder {case.encoder.name}, not other-0"):
        load_reranker(tmp_path, Named(), scorer)
    shutil.copytree(folder, tmp_path / f"baseline-other+{case.encoder.name}")
    with pytest.raises(EncoderError, match=f"with artifact {scorer.name}, not baseline-other"):
        load_reranker(tmp_path, case.encoder, Scorer(scorer.parameters, "baseline-other"))

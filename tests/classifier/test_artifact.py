"""Training, saving, loading: the same numbers as scikit-learn, the same bytes twice, nothing altered unseen."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier.artifact import LoadedArtifact, load_artifact, save_artifact
from classifier.config import Config, load_config
from classifier.corpus import CorpusText
from classifier.document import list_windows, read_document
from classifier.errors import ArtifactError, ConfigError
from classifier.evaluate import evaluate
from classifier.parameters import extract_parameters
from classifier.scorer import Scorer
from classifier.train import choose_line, fit_pipelines, train


def test_scorer_equals_the_pipelines_after_a_round_trip(
    small_config: Config, small_corpus: list[CorpusText], tmp_path: Path
) -> None:
    windows, classes = fit_pipelines(small_config, small_corpus)
    saved = save_artifact(tmp_path, extract_parameters(small_config, windows, classes), metrics={}, corpus_sha256="")
    scorer = load_artifact(saved.folder).make_scorer()
    lines = [window.lines for text in small_corpus for window in list_windows(read_document(text.document), (3,))]
    expected = windows.decision_function(["\n".join(window) for window in lines])
    np.testing.assert_allclose(scorer.score_windows(lines), expected, atol=1e-6)
    expected_classes = classes.decision_function(["\n".join(window) for window in lines])
    np.testing.assert_allclose(scorer.score_classes(lines), expected_classes, atol=1e-5)


def test_same_seed_gives_the_same_bytes(
    loaded: LoadedArtifact, small_config: Config, small_corpus: list[CorpusText], tmp_path: Path
) -> None:
    assert train(small_config, small_corpus, tmp_path).sha256 == loaded.sha256


@pytest.mark.parametrize("file", ["artifact.json", "numbers.npz", "MODEL_CARD.md", "SHA256SUMS"])
def test_altered_or_missing_files_are_refused(artifact_copy: Path, loaded: LoadedArtifact, file: str) -> None:
    content = (artifact_copy / file).read_bytes()
    (artifact_copy / file).write_bytes(content[:-2] + b"x\n")
    with pytest.raises(ArtifactError, match="train again"):
        load_artifact(artifact_copy, expected_sha256=loaded.sha256)
    (artifact_copy / file).unlink()
    with pytest.raises(ArtifactError, match="not a whole artifact"):
        load_artifact(artifact_copy)


def test_numbers_of_other_reading_code_are_refused(loaded: LoadedArtifact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.scorer.read_document", lambda document: read_document(replace(document, text="Hujan turun.")))
    with pytest.raises(ArtifactError, match="reads texts otherwise; train again"):
        load_artifact(loaded.folder)


def test_card_and_progress_speak(loaded: LoadedArtifact) -> None:
    card = (loaded.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "| all |" in card
    assert 0 < loaded.threshold < 1


def test_line_is_the_lowest_that_keeps_precision() -> None:
    probabilities, answers = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([True, True, False, True, False])
    assert choose_line(probabilities, answers, 0.75) == 0.6
    assert choose_line(probabilities, answers, 0.9) == 0.8


def test_unknown_setting_is_an_error(tmp_path: Path) -> None:
    text = Path("classifier/configs/baseline.toml").read_text(encoding="utf-8")
    (tmp_path / "c.toml").write_text(text + "surprise = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="surprise"):
        load_config(tmp_path / "c.toml")


def test_evaluation_tells_every_measure_by_kind(scorer: Scorer) -> None:
    rows = [
        {"text": "Camat mengajak warga memilih paslon 2.", "label": 1},
        {"text": "Harga cabai naik.", "label": 0, "kind": "post"},
    ]
    report = evaluate(rows, scorer)
    assert set(report) == {"all", "news", "post"}
    assert report["all"]["average_precision"] == 1.0
    assert report["post"]["recall"] is None

"""Training, saving, loading: the same numbers as scikit-learn, the same bytes twice, nothing altered unseen."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from classifier.artifacts.artifact import FORMAT, LoadedArtifact, load_artifact, save_artifact
from classifier.config import Config, load_config
from classifier.corpus import CorpusText
from classifier.errors import ArtifactError, ConfigError
from classifier.reading.document import Document, Reading, list_windows, read_document, whole_window
from classifier.train import train
from classifier.training.calibrate import choose_flag_line, choose_lines
from classifier.training.fitting import extract_parameters, fit_pipelines


def test_scorer_equals_the_pipelines_after_a_round_trip(
    small_config: Config, small_corpus: list[CorpusText], tmp_path: Path
) -> None:
    fitted = fit_pipelines(small_config, small_corpus)
    saved = save_artifact(tmp_path, extract_parameters(small_config, fitted), metrics={}, corpus_sha256="")
    scorer = load_artifact(saved.folder).make_scorer()
    readings = [read_document(text.document) for text in small_corpus]
    windows = [window.lines for reading in readings for window in list_windows(reading, 3)]
    wholes = [whole_window(reading).lines for reading in readings]
    for weigh, pipeline, lines in (
        (scorer.score_windows, fitted.window, windows),
        (scorer.score_documents, fitted.document, wholes),
        (scorer.score_classes, fitted.classes, windows),
    ):
        expected = pipeline.decision_function(["\n".join(window) for window in lines])
        np.testing.assert_allclose(weigh(lines), expected, atol=1e-6 if weigh != scorer.score_classes else 1e-5)


@pytest.mark.slow
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
    def read_otherwise(document: Document) -> Reading:
        return read_document(replace(document, text="Hujan turun."))

    monkeypatch.setattr("classifier.scoring.scorer.read_document", read_otherwise)
    with pytest.raises(ArtifactError, match="reads texts otherwise; train again"):
        load_artifact(loaded.folder)


def test_artifacts_of_another_format_are_refused(artifact_copy: Path) -> None:
    description, sums = artifact_copy / "artifact.json", artifact_copy / "SHA256SUMS"
    before = sha256(description.read_bytes()).hexdigest()
    description.write_text(
        description.read_text(encoding="utf-8").replace(f'"format": {FORMAT}', '"format": 4'), encoding="utf-8"
    )
    after = sha256(description.read_bytes()).hexdigest()
    sums.write_text(sums.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(ArtifactError, match=f"format 4, this version reads {FORMAT}; train again"):
        load_artifact(artifact_copy)


def test_card_and_progress_speak(loaded: LoadedArtifact) -> None:
    card = (loaded.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "| all |" in card
    assert 0 < loaded.threshold < 1


def test_line_is_the_lowest_that_keeps_precision() -> None:
    probabilities, answers = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([True, True, False, True, False])
    assert choose_flag_line(probabilities, answers, 0.75) == 0.6
    assert choose_flag_line(probabilities, answers, 0.9) == 0.8


@pytest.mark.parametrize("answers", [[True, True, False, False], [True, False, True, False], [True, False, False, True]])
def test_line_never_parts_texts_of_one_probability(answers: list[bool]) -> None:
    """At and above 0.8 precision is 1 of 2, in whatever order the three of 0.8 stand."""
    probabilities = np.array([0.9, 0.8, 0.8, 0.8])
    assert choose_flag_line(probabilities, np.array(answers), 0.6) == 0.9
    assert choose_flag_line(probabilities, np.array(answers), 0.5) == 0.8


def test_reading_line_keeps_recall_and_is_never_above_the_flag_line() -> None:
    config = load_config()
    probabilities, answers = np.array([0.9, 0.8, 0.7, 0.6, 0.1]), np.array([True, True, False, True, False])
    lines = choose_lines(probabilities, answers, replace(config, line=replace(config.line, precision=0.9, recall=0.9)))
    assert (lines.flag, lines.read) == (0.8, 0.6)


def test_unknown_setting_is_an_error(tmp_path: Path) -> None:
    text = Path("classifier/configs/baseline.toml").read_text(encoding="utf-8")
    (tmp_path / "c.toml").write_text(text + "surprise = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="surprise"):
        load_config(tmp_path / "c.toml")

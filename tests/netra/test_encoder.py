"""`netra encoder` and `netra classify --encoder`, as people and machines meet them."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from classifier.config import load_config
from classifier.corpus import FOLDER, load_corpus
from classifier.encoders.onnx import OnnxEncoder
from classifier.errors import EncoderError
from classifier.train import train
from models.settings import Settings
from tests.classifier.encoders.tiny import make_encoder_folder
from tests.processes import run_netra


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every twentieth text of the corpus, as a folder of its own."""
    folder = tmp_path_factory.mktemp("corpus")
    for path in sorted(FOLDER.glob("*.txt")):
        records = [record for record in path.read_text(encoding="utf-8").split("\n---\n") if record.strip()]
        (folder / path.name).write_text("\n---\n".join(["", *records[1::20]]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Settings:
    """A home with a small artifact and no database."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), _env_file=None)
    config = load_config()
    small = replace(config, line=replace(config.line, folds=2, precision=0.6))
    train(small, load_corpus(corpus), settings.artifacts_dir)
    return settings


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_encoder_folder(tmp_path_factory.mktemp("tiny"))


def test_check_tells_name_size_and_speed(home: Settings, encoder: Path) -> None:
    said = json.loads(run_netra(home, "encoder", "check", str(encoder), "--json").stdout)
    assert said["name"].startswith("onnx-")
    assert said["dimensions"] == 6
    assert said["sentences_per_second"] > 1
    assert "6 dimensions" in run_netra(home, "encoder", "check", str(encoder), "--threads", "1").stdout


def test_a_folder_without_a_model_is_one_line(home: Settings, tmp_path: Path) -> None:
    result = run_netra(home, "encoder", "check", str(tmp_path))
    assert (result.returncode, result.stdout, result.stderr.count("netra: ")) == (2, "", 1)
    assert "docs/encoders.md" in result.stderr.strip().splitlines()[-1]


def test_a_folder_is_looked_at_before_the_runtime(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EncoderError, match=r"has no model\.onnx"):
        OnnxEncoder(tmp_path / "tiada")


def test_classify_asks_for_a_second_opinion_first(home: Settings, tmp_path: Path) -> None:
    stranger = make_encoder_folder(tmp_path / "stranger", manifest={"name": "stranger"})
    result = run_netra(home, "classify", "--input", "-", "--output", "-", "--encoder", str(stranger), stdin="")
    assert (result.returncode, result.stdout) == (2, "")
    assert "run: netra encoder fit" in result.stderr


@pytest.mark.slow
def test_fit_measures_and_classify_reads_uncertain_texts_again(home: Settings, encoder: Path, corpus: Path) -> None:
    fitted = run_netra(home, "encoder", "fit", str(encoder), "--corpus", str(corpus), "--json")
    assert fitted.returncode == 0, fitted.stderr
    said = json.loads(fitted.stdout)
    assert said["test"]["before"]["texts"] == said["test"]["after"]["texts"] > 0
    assert Path(said["folder"]).parent == home.home / "encoders"
    lines = "".join(json.dumps({"id": text.id, "text": text.document.text}) + "\n" for text in load_corpus(corpus))
    plain = run_netra(home, "classify", "--input", "-", "--output", "-", stdin=lines)
    again = run_netra(home, "classify", "--input", "-", "--output", "-", "--encoder", str(encoder), stdin=lines)
    for old, new in zip(*(map(json.loads, run.stdout.splitlines()) for run in (plain, again)), strict=True):
        reader = new.pop("encoder")
        assert reader in (None, said["encoder"])
        assert (new == old) is (reader is None)

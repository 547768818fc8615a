"""encoder.json: what it may say, and what is refused by name."""

import json
from pathlib import Path

import pytest

from classifier.encoders.manifest import Manifest, Pooling, read_manifest
from classifier.errors import EncoderError


def test_without_a_file_the_usual_names_hold(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "encoder.json") == Manifest()


def test_what_the_file_says_wins_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "encoder.json"
    path.write_text(json.dumps({"pooling": "cls", "inputs": {"input_ids": "ids"}}), encoding="utf-8")
    manifest = read_manifest(path)
    assert (manifest.pooling, manifest.max_tokens) == (Pooling.CLS, 256)
    assert manifest.inputs == {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "token_type_ids"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"surprise": 1}', "unknown surprise"),
        ('{"name": "../x"}', "name is '../x'"),
        ('{"max_tokens": true}', "max_tokens is True"),
        ('{"max_tokens": 100000}', "from 8 to 2048"),
        ('{"pooling": "max"}', "mean or cls or none"),
        ('{"inputs": {"pixels": "x"}}', "inputs is"),
        ('{"inputs": {"input_ids": "attention_mask"}}', "two roles"),
        ('{"output": ""}', "output is ''"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "encoder.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EncoderError, match=message):
        read_manifest(path)

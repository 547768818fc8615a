"""What `make bench` asks for, and how texts are compared."""

import sys
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.pages import Score, score_text


@pytest.mark.parametrize(
    ("only", "missing"),
    [
        ("crawler", ["pages_id.jsonl (for the crawler's page)", "bulk_news.jsonl.gz (for the crawler's page)"]),
        ("classifier", ["headlines.jsonl (for the classifier's page)", "bulk_social.jsonl.gz (for the classifier's page)"]),
    ],
)
def test_nothing_begins_before_every_file_is_there(
    only: str, missing: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", str(tmp_path), "--only", only, "--pages", str(tmp_path / "asing.jsonl")])
    assert main() == 2
    said = capsys.readouterr().err
    assert "make bench EVAL=folder" in said
    assert all(f"{tmp_path}/{line}" in said for line in [*missing, "asing.jsonl (--pages)"])


def test_a_text_is_compared_by_its_four_grams() -> None:
    assert score_text("a b c d e", "a b c d x") == Score(0.5, 0.5, 0.5)
    assert score_text("a b c d e", "a b c d") == Score(1.0, 0.5, 2 / 3)
    assert score_text("a b c d", "") == Score(0.0, 0.0, 0.0)
    assert score_text("Vladi\u00admir a b c", "vladimir a b c").f1 == 1.0

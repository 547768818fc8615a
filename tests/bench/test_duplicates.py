"""Near-duplicates in small: copies are made, found and counted, and both engines are filled and timed."""

import json
from pathlib import Path

import pytest

from bench.crawler.duplicates import report_duplicates
from classifier.corpus import load_corpus

pytestmark = pytest.mark.slow


def test_copies_are_counted_and_costs_told_on_both_engines(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    long = [text.document.text for text in load_corpus() if len(text.document.text.split()) > 120][:30]
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in long))
    quality, pledges, _head, *costs = report_duplicates(file, 200, 20, is_on_both=True, batch=10, articles=50, copies=20)
    assert "Pairs: recall " in quality
    assert "wrong pairs where all quote one pledge" in pledges
    assert [row.split(",")[0] for row in costs] == ["| sqlite"] * 3 + ["| postgresql"] * 2

"""Civil servants who keep out of it, and others told with the same words who do not: none of these texts is in the corpus."""

from pathlib import Path

import pytest

from classifier.artifacts.artifact import load_artifact
from classifier.config import load_config
from classifier.corpus import load_corpus
from classifier.reading.document import Document, Kind
from classifier.scoring.scorer import Scorer
from tests.training import train_once

TEXTS = Path(__file__).parent / "conduct"


@pytest.fixture(scope="module")
def real(run_folder: Path) -> Scorer:
    return load_artifact(train_once(run_folder, "real", load_config(), load_corpus()).folder).make_scorer()


def count_flagged(scorer: Scorer, name: str) -> tuple[int, int]:
    """How many of the texts of a file are flagged, and of how many."""
    texts = (TEXTS / name).read_text(encoding="utf-8").splitlines()
    return sum(own.flagged for own in scorer.score([Document(text, kind=Kind.HEADLINE) for text in texts])), len(texts)


def test_most_who_refuse_hand_back_or_report_are_left_alone(real: Scorer) -> None:
    flagged, texts = count_flagged(real, "kept.txt")
    assert texts == 45
    assert flagged <= 23  # 19 when it was written, 32 before the corpus told of them.


def test_most_who_only_seem_to_refuse_are_found(real: Scorer) -> None:
    flagged, texts = count_flagged(real, "broken.txt")
    assert texts == 26
    assert flagged >= 17  # 20 when it was written.

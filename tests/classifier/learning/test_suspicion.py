"""Labels that were made wrong on purpose are found, and only looked at."""

from dataclasses import replace

import numpy as np
import pytest

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.errors import ClassifierError
from classifier.learning.suspicion import choose_suspects, find_alike, find_contradictions, find_suspicious, judge_unseen
from classifier.reading.document import Document

STORY = (
    "Camat Wanasari mengajak stafnya memilih paslon nomor urut 2. Ajakan itu disampaikan dalam rapat dinas di kantor "
    "kecamatan, di hadapan para lurah dan kepala sekolah yang diminta menyampaikannya kepada warga masing-masing."
)
OTHER_NAMES = STORY.replace("Wanasari", "Sukamulya").replace("nomor urut 2", "nomor urut 3")
CALM = "Harga cabai naik karena hujan. Pedagang mengurangi stok di pasar sejak awal pekan ini."


def make_text(name: str, text: str, label: str, *, event: str = "") -> CorpusText:
    return CorpusText(name, Document(text), label, "-", None, (), event or name)


@pytest.fixture(scope="module")
def texts(small_corpus: list[CorpusText]) -> list[CorpusText]:
    return small_corpus[::3]


@pytest.fixture(scope="module")
def probabilities(small_config: Config, texts: list[CorpusText]) -> np.ndarray:
    return judge_unseen(small_config, texts, lambda fold: None)


def test_every_text_is_judged_by_who_never_saw_it(texts: list[CorpusText], probabilities: np.ndarray) -> None:
    is_partisan = np.array([text.is_partisan for text in texts])
    assert probabilities.shape == (len(texts),)
    assert probabilities[is_partisan].mean() > probabilities[~is_partisan].mean() + 0.2


def test_wrong_label_and_contradicting_copy_come_first(
    small_config: Config, texts: list[CorpusText], probabilities: np.ndarray
) -> None:
    sure = texts[int(np.argmax(probabilities * [text.is_partisan for text in texts]))]
    wrong = replace(sure, id="salah", label="imbauan", evidence=(), event="salah")
    steps = list[int]()
    found = find_suspicious(small_config, [*texts, wrong], limit=3, on_progress=lambda done, *_: steps.append(done))
    assert (found[0].id, found[0].neighbour_id, found[0].similarity) == ("salah", sure.id, 1.0)
    assert len(found[0].why) == 2
    assert found[0].score == found[0].probability >= 0.8
    assert (len(found), steps) == (3, [0, 1, 2, 3])


def test_names_do_not_hide_a_contradiction() -> None:
    texts = [make_text("a", STORY, "kegiatan_berpihak"), make_text("b", CALM, "lain"), make_text("c", OTHER_NAMES, "imbauan")]
    ((first, second, similarity),) = find_contradictions(texts)
    assert (first, second) == (0, 2)
    assert 0.8 <= similarity < 1


@pytest.mark.parametrize(
    ("label", "event", "is_listed"),
    [
        ("kegiatan_berpihak", "lain", False),
        ("ikut_kampanye", "lain", True),
        ("ikut_kampanye", "a", False),
        ("imbauan", "a", True),
    ],
)
def test_what_contradicts(label: str, event: str, is_listed: bool) -> None:
    """An answer may not differ; a label may, within one event."""
    texts = [make_text("a", STORY, "kegiatan_berpihak"), make_text("b", STORY, label, event=event)]
    assert bool(find_contradictions(texts)) is is_listed


def test_a_class_that_nobody_named_contradicts_none() -> None:
    texts = [make_text("a", STORY, "kepala_desa"), replace(make_text("b", STORY, "lain"), is_class_known=False)]
    assert find_contradictions(texts) == []


def test_pairs_are_the_same_whatever_fits_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [Document(text) for text in (STORY, CALM, OTHER_NAMES, STORY, CALM)]
    whole = list(find_alike(documents))
    monkeypatch.setattr("classifier.learning.suspicion.CELLS", 10)
    assert [pair[:2] for pair in find_alike(documents)] == [pair[:2] for pair in whole]
    assert {(0, 3), (1, 4), (0, 2)} <= {pair[:2] for pair in whole}
    assert list(find_alike(documents[:1])) == []


def test_suspect_is_the_one_that_the_classifier_doubts() -> None:
    scores = np.array([0.1, 0.7, 0.2])
    found = choose_suspects([(0, 1, 0.9), (1, 2, 0.95), (0, 2, 0.85)], scores)
    assert {row: own.row for row, own in found.items()} == {1: 2, 2: 0}


def test_too_few_texts_are_an_error_with_a_mend(small_config: Config) -> None:
    with pytest.raises(ClassifierError, match="write or import more"):
        find_suspicious(small_config, [make_text("a", STORY, "imbauan")], limit=5)

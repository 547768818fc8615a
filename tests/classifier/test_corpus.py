"""The corpus parses, is marked, varied and takes no side."""

import re
from collections import Counter
from pathlib import Path

import pytest

from classifier.corpus import CorpusText, load_corpus
from classifier.errors import CorpusError
from classifier.words import NUMBER, read_words

TEXTS = load_corpus()
PARTIES = ["pkb", "gerindra", "pdip", "golkar", "nasdem", "pks", "demokrat", "ppp", "psi", "hanura", "perindo"]
RECORD = "id: a\nlabel: {label}\nkind: news\nphase: -\nregion: -\n\n{body}\n"


def texts_with(word: str) -> list[CorpusText]:
    return [text for text in TEXTS if word in f" {text.document.title} {text.document.text} ".lower().replace("-", " ").split()]


def test_there_are_at_least_300_texts_of_both_answers_in_every_kind() -> None:
    counts = Counter((text.document.kind, text.is_partisan) for text in TEXTS)
    assert len(TEXTS) >= 300
    assert len(counts) == 6
    assert min(counts.values()) >= 25


def test_marks_lie_inside_their_text() -> None:
    for text in TEXTS:
        assert all(0 <= span.start < span.end <= len(text.document.text) for span in text.evidence)
        assert not set(text.document.text) & set("⟦⟧")


def test_no_two_texts_share_a_run_of_ten_words() -> None:
    owners: dict[tuple[str, ...], str] = {}
    for text in TEXTS:
        words = text.document.text.lower().split()
        for run in {tuple(words[at : at + 10]) for at in range(len(words) - 9)}:
            assert owners.setdefault(run, text.id) == text.id, f"{text.id} and {owners[run]}: {' '.join(run)}"


@pytest.mark.parametrize("party", PARTIES)
def test_each_party_stands_on_both_sides(party: str) -> None:
    answers = Counter(text.is_partisan for text in texts_with(party))
    assert min(answers[True], answers[False]) >= 2, answers


@pytest.mark.parametrize("number", "12345")
def test_each_ballot_number_stands_on_both_sides(number: str) -> None:
    words = re.compile(rf"(nomor|urut|paslon|no) {number}\b", re.IGNORECASE)
    answers = Counter(text.is_partisan for text in TEXTS if words.search(f"{text.document.title} {text.document.text}"))
    assert min(answers[True], answers[False]) >= 2, answers
    assert read_words(f"nomor urut {number}")[-1] == NUMBER


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (RECORD.format(label="imbauan", body="Teks ⟦bertanda⟧."), "f.txt:1: label imbauan with 1 marked"),
        (RECORD.format(label="lainnya", body="Teks ⟦tak tutup."), "a mark is left open"),
        (RECORD.format(label="lainnya", body="⟦a ⟦b⟧⟧"), "nested"),
        (RECORD.format(label="entah", body="Teks."), "label 'entah' is not one of"),
        ("---\n" + RECORD.format(label="lain", body="x").replace("phase: -\n", ""), "f.txt:2: header lacks"),
        (RECORD.format(label="lain", body="x") + "---\n" + RECORD.format(label="lain", body="y"), "id a is used twice"),
    ],
)
def test_faults_name_their_place(tmp_path: Path, record: str, message: str) -> None:
    (tmp_path / "f.txt").write_text(record, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        load_corpus(tmp_path)

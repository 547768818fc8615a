"""Lines read by arrays against lines read one by one."""

import doctest

import numpy as np
import pytest

from classifier.corpus import CorpusText
from classifier.reading.cues import name_sentence
from classifier.reading.document import read_document
from classifier.reading.lines import read_line
from classifier.training import ngrams
from classifier.training.lines import LineReader, ReadLines, sentence_names

ODD = [
    "",
    "☝",
    "https://t.co/x",
    "Camat " * 60,
    "Partai Buruh di Tanah Laut, Jawa Barat",
    "gasss bapak2 #KampanyeDamai",
    "BUPATI WIRDANA-ANI (BUDI) DUKUNG NO.2 DARI PSI-PAN",
    "\x00 di/ke",
]


@pytest.fixture(scope="module")
def read(small_corpus: list[CorpusText]) -> ReadLines:
    lines = [line for text in small_corpus for line in read_document(text.document).lines]
    return LineReader().read([*lines, *ODD, *lines[:5]])


def split(row: np.ndarray, names: list[str]) -> list[tuple[str, ...]]:
    parts = np.split(row, np.flatnonzero(row == 0) + 1)[:-1]
    return [tuple(names[number] for number in part[:-1].tolist()) for part in parts]


def test_lines_have_the_words_and_terms_of_the_plain_reading(read: ReadLines) -> None:
    expected = [read_line(line) for line in read.rows]
    assert split(read.words, read.word_names) == [line.words for line in expected]
    assert split(read.terms, read.term_names) == [line.terms for line in expected]
    assert read.sizes.tolist() == [len(line.words) for line in expected]


def test_lines_bear_the_cues_of_the_plain_reading(read: ReadLines) -> None:
    expected, names = [read_line(line) for line in read.rows], sentence_names()
    assert read.bits.tolist() == [line.bits for line in expected]
    for row, line in enumerate(expected):
        assert {names[column] for column in read.cues[row].indices.tolist()} == name_sentence(line.mentions)


def test_forgetful_readers_number_words_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.training.lines.LINES_AT_ONCE", 1)
    monkeypatch.setattr("classifier.scoring.tokens.MOST_REMEMBERED", 3)
    lines = ["camat ikut kampanye", "lurah ikut rapat", "camat ikut rapat"]
    read = LineReader().read(lines)
    assert split(read.words, read.word_names) == [(), *(tuple(line.split()) for line in lines)]


def test_examples_in_docstrings_run() -> None:
    result = doctest.testmod(ngrams)
    assert result.attempted > 0
    assert result.failed == 0

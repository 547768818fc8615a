"""The corpus is read, has nothing to mend, and is what its data card says."""

import re
from pathlib import Path

import pytest

from classifier.classes import ACTS
from classifier.corpus import load_corpus
from classifier.errors import CorpusError
from classifier.lint import lint_corpus
from classifier.reading.words import NUMBER, read_words
from classifier.tally import ANY, BANDED, NUMBERS, Count, choose_band, count_all, measure_lengths, tally

TEXTS = load_corpus()
TABLES = tally(TEXTS)
CARD = (Path(__file__).parent.parent.parent / "docs" / "corpus.md").read_text(encoding="utf-8")
RECORD = "id: a\nlabel: {label}\nkind: news\nphase: -\nregion: -\n\n{body}\n"
HEADINGS = {
    "file": "Files",
    "kind": "Kinds",
    "phase": "Phases",
    "region": "Provinces",
    "party": "Parties",
    "ballot number": "Ballot numbers",
    "year": "Years",
    "words of news": "Length of news",
}


def read_card(heading: str) -> dict[str, list[str]]:
    """Rows of the table under a heading, by name: the cells that hold numbers."""
    section = re.split(r"\n#", re.split(rf"\n#+ {heading}\n", CARD)[1])[0]
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]
    return {row[0]: [cell for cell in row[1:] if re.fullmatch(r"[\d.]+( to \d+)?", cell)] for row in rows[2:]}


def expect_row(title: str, count: Count) -> list[str]:
    sides = [str(count.partisan), str(count.look_alike)]
    if title not in BANDED or count.name == ANY:
        return sides
    band = choose_band(count, next(own for own in TABLES[title] if own.name == ANY))
    return [*sides, f"{band.lowest} to {band.highest}"]


def test_the_corpus_has_nothing_to_mend() -> None:
    assert lint_corpus(TEXTS) == []


def test_marks_lie_inside_their_text() -> None:
    for text in TEXTS:
        assert all(0 <= span.start < span.end <= len(text.document.text) for span in text.evidence)
        assert not set(text.document.text) & set("⟦⟧")


@pytest.mark.parametrize("number", NUMBERS)
def test_each_ballot_number_is_masked(number: str) -> None:
    assert read_words(f"nomor urut {number}")[-1] == NUMBER


@pytest.mark.parametrize("title", HEADINGS)
def test_tables_of_the_data_card_are_those_of_the_corpus(title: str) -> None:
    assert read_card(HEADINGS[title]) == {count.name: expect_row(title, count) for count in TABLES[title]}


def test_classes_of_the_data_card_are_those_of_the_corpus() -> None:
    counts = {count.name: [str(count.total)] for count in TABLES["label"]}
    assert read_card("Acts") == {name: own for name, own in counts.items() if name in ACTS}
    assert read_card("Look-alikes") == {name: own for name, own in counts.items() if name not in ACTS}


def test_lengths_of_the_data_card_are_those_of_the_corpus() -> None:
    lengths = {own.kind: [f"{own.partisan:g}", f"{own.look_alike:g}"] for own in measure_lengths(TEXTS)}
    assert read_card("Median words") == lengths


@pytest.mark.parametrize("page", ["corpus.md", "data.md"])
def test_totals_of_the_pages_are_those_of_the_corpus(page: str) -> None:
    whole = count_all(TEXTS)
    words = (Path(__file__).parent.parent.parent / "docs" / page).read_text(encoding="utf-8")
    for total in (whole.total, whole.partisan, whole.look_alike):
        assert f" {total:,} " in words


def test_the_example_of_the_data_card_is_read(tmp_path: Path) -> None:
    example = re.search(r"```\n(---\n.*?)```", CARD, re.DOTALL)
    assert example is not None
    (tmp_path / "contoh.txt").write_text(example[1], encoding="utf-8")
    (text,) = load_corpus(tmp_path)
    (mark,) = text.evidence
    assert text.document.text[mark.start : mark.end].startswith("Menjelang bubar")


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

"""CSV as people and spreadsheets write it."""

import csv
from pathlib import Path

import pytest

from classifier.errors import InputError
from classifier.exchange.formats import Format
from classifier.exchange.records import LARGEST_RECORD, Guess, Record, Task
from classifier.exchange.table import MOST_READ_AGAIN
from classifier.reading.text import Span
from tests.classifier.exchange.texts import make_text, read, read_content, write


def table(tmp_path: Path, content: str | bytes) -> list[Record]:
    return read_content(tmp_path, Format.CSV, content)


def texts_of(records: list[Record]) -> list[str]:
    return [record.text.document.text for record in records if record.text]


def refusals(records: list[Record]) -> list[tuple[str, str]]:
    return [(record.place.rsplit(":", 1)[1], record.refusal) for record in records if record.refusal]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_tables_of_every_program_are_read(tmp_path: Path, delimiter: str, end: str) -> None:
    rows = [["Text", "LABEL ", "evidence"], ["Camat é hadir", "imbauan", "0-5"]]
    content = "\ufeff" + "".join(delimiter.join(row) + end for row in rows)
    (record,) = table(tmp_path, content)
    assert record.text is not None
    assert (record.text.document.text, record.text.evidence) == ("Camat é hadir", (Span(0, 5),))


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    values = ['=HYPERLINK("http://x")', "+62", "-1", "@camat", "\tx", "'=1", "'kata'"]
    path = write(tmp_path / "a.csv", Format.CSV, *[make_text(value, title=value, event=value) for value in values])
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell[:1] and cell[0] in "=+-@\t\r"]
    assert texts_of(read(path, Format.CSV)) == values


def test_bad_rows_cost_nothing_but_themselves(tmp_path: Path) -> None:
    content = 'text,label,evidence\nSatu,imbauan,\n"Dua,imbauan,\nTiga,ikrar,0-4;0-2\n"Empat "lagi" x",ikrar,\nLima,ikrar\n'
    records = table(tmp_path, content + 'Enam,ikrar,0:2\n"Tujuh\nbaris",imbauan,6-11\n,imbauan,\n,,\n')
    assert texts_of(records) == ["Satu", "Tiga", "Tujuh\nbaris"]
    assert [(place, reason.split()[0]) for place, reason in refusals(records)] == [
        ("3", "broken"),
        ("5", "broken"),
        ("6", "2"),
        ("7", "evidence"),
        ("10", "there"),
    ]


def test_what_is_not_utf8_or_no_text_is_refused_with_its_place(tmp_path: Path) -> None:
    records = table(tmp_path, b"text,label\nCaf\xe9,imbauan\na\0b,imbauan\nBaik,imbauan\n")
    assert texts_of(records) == ["Baik"]
    assert [(place, reason.rsplit(", ", 1)[1]) for place, reason in refusals(records)] == [("2", "at 3"), ("3", "at 1")]


@pytest.mark.parametrize("content", ["", "text,kelas\na,b\n", "text,label,text\n", '"text,label\na,b\n'])
def test_a_header_that_no_row_can_follow_ends_the_import(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="header"):
        table(tmp_path, content)


def test_a_giant_row_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    giant = f"{'x' * (3 * LARGEST_RECORD)},imbauan\n" + '"' + "baris\n" * (LARGEST_RECORD // 5) + '",imbauan\n'
    records = table(tmp_path, f"text,label\n{giant}Baik,imbauan\n")
    assert texts_of(records) == ["Baik"]
    assert refusals(records)[:2] == [(place, refusals(records)[0][1]) for place in ("2", "3")]
    assert "larger than" in refusals(records)[0][1]


def test_quotes_that_never_end_are_given_up(tmp_path: Path) -> None:
    line = f'z","{"x" * 20_000}\n'  # Opens a quote, and leaves an open one open.
    records = table(tmp_path, "text,label\n" + line * (3 * MOST_READ_AGAIN // LARGEST_RECORD))
    assert len(records) < 2 * MOST_READ_AGAIN // LARGEST_RECORD
    assert "nothing behind this line was read" in records[-1].refusal


def test_guesses_stand_in_columns_of_their_own(tmp_path: Path) -> None:
    task = Task(make_text("Camat hadir.", ""), Guess("ikut_kampanye", 0.5, (), "netra-1"))
    path = write(tmp_path / "tugas.csv", Format.CSV, task)
    assert path.read_text(encoding="utf-8-sig").splitlines()[1].endswith(",ikut_kampanye,0.500000")
    assert [(record.text, record.refusal, record.unread) for record in read(path, Format.CSV)] == [(None, "", ())]

"""Tables of every program and of no program at all."""

import csv
import io
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import ItemKind
from netra.importer.columns import read_object
from netra.importer.files import read_rows
from netra.importer.tables import _Lines, _read_records
from tests.netra.importer.runs import options, read, refusals, texts


@pytest.mark.parametrize(("delimiter", "name"), [(",", "a.csv"), (";", "a.csv"), ("\t", "a.tsv"), ("|", "a.csv")])
def test_the_delimiter_is_found_though_the_text_is_full_of_commas(tmp_path: Path, delimiter: str, name: str) -> None:
    path = tmp_path / name
    path.write_text(f'Judul{delimiter}Isi\nRapat{delimiter}"Camat, lurah, dan staf, hadir"\n', encoding="utf-8")
    assert texts(read(path)) == ["Camat, lurah, dan staf, hadir"]


def test_no_row_is_lost_where_the_search_for_the_header_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("isi\n" + "".join(f"Berita {number}\n" for number in range(60)))
    assert texts(read(path)) == [f"Berita {number}" for number in range(60)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_seen(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("text;title\nCamat hadir;x\n".encode(encoding))
    assert texts(read(path)) == ["Camat hadir"]


def test_a_broken_byte_costs_a_file_in_utf_8_no_other_letter_and_is_told(tmp_path: Path) -> None:
    path, chosen = tmp_path / "a.csv", options()
    path.write_bytes("isi\n“Camat” hadir\n“Lurah” é hadir\n".encode() + b"Sekda\x94 hadir\n")
    rows = list(read_rows(path, chosen))
    assert texts(rows) == ["“Camat” hadir", "“Lurah” é hadir", "Sekda\ufffd hadir"]
    assert chosen.replaced == {str(path): 1}


@pytest.mark.parametrize("content", ["“Camat” – café hadir", "RAPAT CAFÉ” – “Camat” hadir"])
def test_a_file_of_an_old_windows_program_stays_one_though_two_of_its_letters_could_be_utf_8(
    tmp_path: Path, content: str
) -> None:
    path, chosen = tmp_path / "a.csv", options()
    path.write_bytes(f"isi\n{content}\n".encode("cp1252"))
    assert (texts(list(read_rows(path, chosen))), chosen.replaced) == ([content], {})


def test_a_name_that_is_no_column_is_said_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,tautan\nSatu,\n")
    assert "no column 'alamat'" in refusals(read(path, mapping={"url": "alamat"}))[0]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2021-09-09 17:43:35 EDT", "2021-09-09T17:43:35-04:00"),
        ("Wed, 16 Oct 2024 18:05:00 EDT", "2024-10-16T18:05:00-04:00"),
        ("Wed, 16 Oct 2024 18:05:00 WIT", "2024-10-16T18:05:00+09:00"),
        ("2021-09-09 17:43:35 UTC", "2021-09-09T17:43:35+00:00"),
        ("2024-10-16 14:05 WITA", "2024-10-16T14:05:00+08:00"),
        ("45581.5", "2024-10-16T12:00:00+07:00"),
        ("45581", "2024-10-16T00:00:00+07:00"),
    ],
)
def test_days_of_spreadsheets_and_zones_of_exports_are_read(said: str, meant: str) -> None:
    row = read_object("a.csv:2", {"text": "Camat hadir", "date": said}, options())
    assert row.article is not None
    assert row.article.published_at is not None
    assert row.article.published_at.isoformat() == meant


def test_a_zone_that_nobody_knows_is_refused_rather_than_guessed() -> None:
    assert "ABCT" in read_object("a:2", {"text": "x", "date": "2021-09-09 17:43 ABCT"}, options()).refusal


@pytest.mark.parametrize("said", ["10/16/2024", "10/16/24 2:05 PM", "10-16-2024 14:05:33"])
def test_a_day_behind_its_month_is_refused_because_others_of_its_file_would_be_read_as_months(tmp_path: Path, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"isi,tanggal\nCamat hadir,{said}\nLurah hadir,16/10/2024\n")
    rows = read(path)
    assert (texts(rows), len(refusals(rows))) == (["Lurah hadir"], 1)
    assert "puts the month first" in refusals(rows)[0]


def test_an_address_of_a_platform_makes_a_post_with_its_name() -> None:
    row = read_object("a:2", {"text": "x", "url": "https://m.facebook.com/story.php?id=1&story_fbid=2&ref=a"}, options())
    assert row.article is not None
    assert (row.article.kind, row.article.site, row.platform) == (ItemKind.POST, "Facebook", "facebook")
    assert row.article.url == "https://www.facebook.com/story.php?id=1&story_fbid=2"


def test_200_000_rows_pass_through_in_the_memory_of_a_few(tmp_path: Path) -> None:
    path = tmp_path / "besar.csv"
    line = "Camat Wanasari mengajak pegawai hadir dalam rapat nomor {};https://contoh.test/{}\n"
    with path.open("w") as file:
        file.write("isi;tautan\n")
        file.writelines(line.format(number, number) for number in range(200_000))
    tracemalloc.start()
    with path.open(newline="") as file:
        count = sum(1 for _ in _read_records(_Lines(file), ";"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, peak < 4_000_000) == (200_001, True)


def test_a_line_without_end_is_refused_and_never_held_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netra.importer.tables.LONGEST_LINE", 1000)
    path = tmp_path / "a.csv"
    path.write_text("text,title\nSatu,a\n" + "x" * 5_000 + "\nDua,b\n")
    rows = read(path)
    assert (texts(rows), all("a line of more" in reason for reason in refusals(rows)[:-1])) == (["Satu", "Dua"], True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=400)
    | st.text(alphabet='ab",;\n\r\t\0é', max_size=200).map(lambda text: f"text,b\n{text}".encode())
)
def test_no_bytes_break_the_reader(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "liar.csv"
    path.write_bytes(content)
    assert all(row.article or row.refusal or row.skipped for row in read(path))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text(alphabet='abc ",;\n', min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=6))
def test_what_a_writer_of_csv_writes_comes_back(tmp_path: Path, cells: list[str]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([["text", "title"], *([cell, "judul"] for cell in cells)])
    path = tmp_path / "tulus.csv"
    path.write_bytes(file.getvalue().encode())
    assert texts(read(path)) == [cell.strip() for cell in cells]


def test_quotes_that_never_end_cost_no_more_than_the_file_is_long(tmp_path: Path) -> None:
    def cost(lines: int) -> float:
        path = tmp_path / f"{lines}.csv"
        path.write_text("text,title\n" + '"a,b\n' * lines)
        start = time.process_time()
        assert len(read(path)) == lines
        return time.process_time() - start

    small, large = (min(cost(lines) for _ in range(3)) for lines in (2_000, 16_000))
    assert large / small < 8 * 4  # Eight times the lines; a reader that begins again each time would take 64 times as long.

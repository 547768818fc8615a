"""Dry runs, refused rows that are mended, and what the trail says of an import."""

import csv
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from models import AuditEvent, Item
from models.database import make_session
from models.settings import Settings
from netra.importer.errors_file import ErrorsFile
from netra.importer.files import read_files
from netra.importer.preview import Preview, preview_rows
from netra.importer.store import store_rows
from tests.netra.importer.runs import options, store, texts

TABLE = "isi;tautan;wilayah\nSatu;https://contoh.test/1;\nSatu;https://contoh.test/1;\nDua;https://contoh.test/1;\n;;\n=1+1;ftp://x;\n"


def preview(engine: Engine, path: Path) -> Preview:
    return preview_rows(read_files([path], options()), make_session(engine), on_row=lambda: None)


def write(folder: Path, content: str = TABLE) -> Path:
    path = folder / "kliping.csv"
    path.write_text(content)
    return path


def test_a_dry_run_counts_as_the_import_does_and_writes_nothing(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path)
    judged = preview(engine, path)
    with make_session(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Item)) == 0
    assert not settings.evidence_dir.exists()
    assert judged.report.counts() == store(settings, engine, path).counts()
    assert preview(engine, path).report.already_there + preview(engine, path).report.changed == 3


def test_a_dry_run_leaves_a_stored_text_in_its_place_where_a_snippet_of_it_comes(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    store(settings, engine, write(tmp_path, "isi,tautan\nCamat hadir dalam rapat di pendopo.,https://contoh.test/1\n"))
    path = write(tmp_path, "isi,tautan\n... hadir dalam ...,https://contoh.test/1\n... rapat di ...,https://contoh.test/1\n")
    judged = preview(engine, path).report
    assert (judged.already_there, judged.changed) == (2, 0)
    assert judged.counts() == store(settings, engine, path).counts()


def test_a_dry_run_shows_the_first_rows_as_they_would_be_stored(sqlite_engine: Engine, tmp_path: Path) -> None:
    shown = preview(sqlite_engine, write(tmp_path)).first
    assert (shown[0]["text"], shown[0]["url"], shown[0]["kind"]) == ("Satu", "https://contoh.test/1", "news")


def test_refused_rows_are_mended_and_imported_again(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    errors = tmp_path / "salah.csv"
    with ErrorsFile(errors) as file:
        rows = read_files([write(tmp_path)], options())
        sessions = make_session(sqlite_engine)
        store_rows(rows, sessions, sqlite_settings.evidence_dir, actor="sistem:uji", on_row=lambda: None, on_refusal=file.add)
    content = errors.read_text(encoding="utf-8-sig")
    assert list(csv.reader(content.splitlines()))[1][0] == "'=1+1"
    errors.write_text(content.replace("ftp://x", "https://contoh.test/x"), encoding="utf-8-sig")
    report = store(sqlite_settings, sqlite_engine, errors)
    with make_session(sqlite_engine)() as session:
        assert (report.stored, session.scalar(select(Item.url).order_by(Item.id.desc()))) == (1, "https://contoh.test/x")


def test_rows_that_are_not_mended_are_refused_again(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    errors = tmp_path / "salah.csv"
    path = write(tmp_path, 'text,title\nSatu\n"Dua" lagi,b\n')
    with ErrorsFile(errors) as file:
        preview_rows(read_files([path], options()), make_session(sqlite_engine), on_row=lambda: None, on_refusal=file.add)
    report = store(sqlite_settings, sqlite_engine, errors)
    assert (report.stored, report.refused_count) == (0, 2)


def test_the_trail_names_each_file_by_its_hash_with_its_counts(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    store(settings, engine, write(tmp_path))
    with make_session(engine)() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "impor.selesai")).one()
        said = event.detail["berkas"][0]
    assert (said["nama"], len(said["sha256"]), said["disimpan"], said["ditolak"]) == ("kliping.csv", 64, 1, 1)


def test_a_range_of_days_and_a_fewest_of_words_leave_the_rest_out(
    sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path
) -> None:
    path = write(
        tmp_path, "isi,tanggal\nSatu dua tiga,2024-10-16\nSatu dua tiga,2024-11-16\nSatu,2024-10-16\nTanpa hari sama sekali,\n"
    )
    chosen = {"since": date(2024, 10, 1), "until": date(2024, 10, 31), "min_words": 2}
    report = store(sqlite_settings, sqlite_engine, path, **chosen)
    assert (report.stored, report.skipped) == (1, {"di luar rentang tanggal": 1, "terlalu pendek": 1, "tanpa tanggal": 1})


@pytest.mark.parametrize(("region", "kept"), [("", ["Lurah"]), ("91", ["Camat", "Lurah"])])
def test_a_range_counts_the_days_of_the_region_whatever_zone_a_row_names(tmp_path: Path, region: str, kept: list[str]) -> None:
    path = tmp_path / "a.csv"
    rows = f"Camat,2024-10-16 16:30 UTC,{region}\nLurah,2024-10-16 23:30 UTC,{region}\nSekda,2024-10-16 14:30 UTC,{region}\n"
    path.write_text(f"text,published_at,region\n{rows}")
    assert texts(list(read_files([path], options(since=date(2024, 10, 17), until=date(2024, 10, 17))))) == kept

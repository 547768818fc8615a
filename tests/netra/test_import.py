"""Imports: everything usable goes in once, everything else is refused by name and line."""

import json
import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from models import Item, ItemKind, ItemVersion, Snapshot
from models.database import make_session
from models.evidence.store import read_evidence
from models.settings import Settings
from netra.importer.files import read_rows
from netra.importer.objects import LONGEST_LINE
from netra.importer.options import ImportOptions
from netra.importer.report import ImportReport
from netra.importer.store import store_rows

PARAGRAPH = "Bupati Wanasari membuka rapat kerja pegawai di pendopo, Senin. Rapat membahas layanan kependudukan dan jadwal cuti. "


def run_import(settings: Settings, engine: Engine, *paths: Path, **options: object) -> ImportReport:
    chosen = ImportOptions(**({"mapping": {}} | options))
    rows = (row for path in paths for row in read_rows(path, chosen))
    return store_rows(rows, make_session(engine), settings.evidence_dir, actor="sistem:uji", on_row=lambda: None)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_texts_are_stored_once_and_their_bytes_kept(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "Sekda mengimbau ASN netral.")
    assert run_import(settings, engine, path).stored == 1
    assert run_import(settings, engine, path).already_there == 1
    with make_session(engine)() as session:
        snapshot = session.scalars(select(Snapshot)).one()
        assert read_evidence(settings.evidence_dir, snapshot) == path.read_bytes()


def test_bad_rows_are_refused_with_their_line_and_the_rest_goes_in(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        'text,published_at,kind\n"Camat\nmengajak staf",2024-10-16T14:05:00+07:00,post\n'
        ",2024-10-16,news\nDua,besok,\nTiga,,koran\nEmpat,,,\nLima,16 Oktober 2024 09.00 WITA,\n",
    )
    report = run_import(settings, engine, path)
    assert report.stored == 2
    assert [(row.place.split(":")[-1], row.refusal.split()[0]) for row in report.refused] == [
        ("4", "no"),
        ("5", "published_at"),
        ("6", "kind"),
        ("7", "4"),
    ]


def test_a_time_without_zone_is_that_of_its_region(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "papua.csv", "text,published_at,region\nCamat hadir.,2024-10-17 00:30,91\n")
    run_import(sqlite_settings, sqlite_engine, path)
    with make_session(sqlite_engine)() as session:
        assert session.scalars(select(ItemVersion.published_at)).one() == datetime(2024, 10, 16, 15, 30, tzinfo=UTC)


def test_columns_with_other_names_are_mapped_and_semicolons_understood(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "excel.csv"
    path.write_bytes("\ufeffIsi;Judul;Tautan\nCamat hadir.;Rapat;https://contoh.test/9\n".encode())
    report = run_import(settings, engine, path, mapping={"text": "Isi", "title": "Judul", "url": "Tautan"})
    assert (report.stored, report.refused) == (1, [])
    with make_session(engine)() as session:
        assert session.scalars(select(Item.url)).one() == "https://contoh.test/9"


def test_lines_of_json_one_bad_one_good(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    rows = [
        '{"text": "Satu", "kind": "post", "region": "33.24"}',
        "{",
        "[1]",
        '{"text": "Dua", "region": "99"}',
        '{"text": null}',
    ]
    report = run_import(settings, engine, write(tmp_path / "a.jsonl", "\n".join(rows)))
    assert (report.stored, len(report.refused)) == (1, 4)
    with make_session(engine)() as session:
        item = session.scalars(select(Item)).one()
        assert (item.kind, item.region_code, item.region_evidence) == (ItemKind.POST, "33.24", "impor")


def test_changed_text_at_the_same_address_becomes_a_new_version(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    for text in ("Lama.", "Baru."):
        row = json.dumps({"text": text, "url": "https://contoh.test/1"})
        run_import(settings, engine, write(tmp_path / "a.jsonl", row))
    with make_session(engine)() as session:
        texts = session.scalars(select(ItemVersion.text).order_by(ItemVersion.number)).all()
        current = session.scalars(select(ItemVersion.text).join(Item, Item.current_version_id == ItemVersion.id)).one()
    assert (texts, current) == (["Lama.", "Baru."], "Baru.")


@pytest.mark.parametrize("ending", [".warc", ".warc.gz"])
def test_pages_of_a_web_archive(settings: Settings, engine: Engine, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"arsip{ending}"
    body = f"<article><h1>Rapat kerja</h1><p>{PARAGRAPH * 6}</p></article>"
    page = f"<html><head><title>Rapat kerja</title></head><body>{body}</body></html>"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=ending.endswith("gz"))
        for number, status in enumerate(("200 OK", "404 Not Found")):
            headers = StatusAndHeaders(status, [("Content-Type", "text/html")], protocol="HTTP/1.1")
            payload = BytesIO(page.encode())
            record = writer.create_warc_record(
                f"https://contoh.test/{number}", "response", payload=payload, length=len(page.encode()), http_headers=headers
            )
            writer.write_record(record)
    report = run_import(settings, engine, path)
    assert (report.stored, len(report.refused), report.skipped.total()) == (1, 0, 1)


def test_hostile_files_end_in_refusals_not_in_a_crash(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "nol.txt").write_bytes(b"")
    (tmp_path / "biner.html").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "rusak.warc.gz").write_bytes(b"\x1f\x8b\x08\x00rusak")
    (tmp_path / "dalam.jsonl").write_text("[" * 100_000)
    (tmp_path / "nul.jsonl").write_text('{"text": "a\\u0000b\\ud800c"}')
    (tmp_path / "gambar.png").write_bytes(b"\x89PNG")
    report = run_import(settings, engine, *sorted(tmp_path.glob("*.*")))
    assert report.stored == 1
    assert {Path(row.place.split(":")[0]).name for row in report.refused} == {
        "nol.txt",
        "biner.html",
        "rusak.warc.gz",
        "dalam.jsonl",
        "gambar.png",
    }


def places(report: ImportReport) -> list[str]:
    return [row.place.rsplit(":", 1)[-1] for row in report.refused]


def test_a_quote_that_never_ends_costs_only_its_row(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'text,title\nSatu,a\n"Dua,b\nTiga,c\n"Empat "lagi" x",d\n"Lima\nbaris",e\n')
    report = run_import(sqlite_settings, sqlite_engine, path)
    assert (report.stored, places(report)) == (3, ["3", "5"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_tables_of_every_program_are_read(
    sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path, encoding: str, end: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"text;title{end}Camat é hadir;x{end}Kurang{end}".encode(encoding))
    report = run_import(sqlite_settings, sqlite_engine, path)
    assert (report.stored, places(report)) == (1, ["3"])
    with make_session(sqlite_engine)() as session:
        assert session.scalars(select(ItemVersion.text)).one() == "Camat é hadir"


@pytest.mark.parametrize("header", ["text,text", "judul,halaman", ""])
def test_a_header_that_no_row_can_follow_is_refused_once(tmp_path: Path, header: str) -> None:
    rows = list(read_rows(write(tmp_path / "a.csv", f"{header}\n" + "a,b\n" * 3 * bool(header)), ImportOptions({})))
    assert [bool(row.refusal) for row in rows] == [True]


def test_lines_that_no_person_wrote_are_refused_by_number(
    sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path
) -> None:
    bad = ['{"text": NaN}', '{"text": [1]}', '{"text": "a", "url": "http://[::1"}', '{"text": "a", "published_at": "0001-01-01"}']
    long = json.dumps({"text": "x" * (LONGEST_LINE + 1)})
    path = write(tmp_path / "a.jsonl", "\n".join([*bad, long, '{"text": "Baik", "text": "Baik sekali"}']))
    report = run_import(sqlite_settings, sqlite_engine, path)
    assert (report.stored, places(report)) == (1, ["1", "2", "3", "4", "5"])


def test_a_file_may_be_named_with_anything(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / os.fsdecode(b"\xff\r\nWARC-Type: x.txt"), "Camat hadir.")
    assert run_import(sqlite_settings, sqlite_engine, path).stored == 1
    with make_session(sqlite_engine)() as session:
        assert session.scalars(select(Snapshot.url)).one() == "urn:netra:import:%FF%0D%0AWARC-Type:%20x.txt"


@pytest.mark.parametrize(
    "content", [b"WARC/1.1\r\n\r\n", b"WARC/1.1\r\nContent-Length: -5\r\n\r\nx", b"WARC/1.1\r\nWARC-Type: response\r\n"]
)
def test_a_torn_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rusak.warc"
    path.write_bytes(content)
    assert all(row.refusal for row in read_rows(path, ImportOptions({})))

"""An import taken back: what nothing rests on is out of the way, everything else stays and is named, no byte is lost."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from crawler.duplicates.decisions import confirm_cluster
from models import AuditEvent, ClusterMember, Flag, Item, ItemSketch, ItemVersion, Snapshot, now, verify_chain
from models.database import make_session
from models.settings import Settings
from netra.importer.batches import find_batch, list_batches
from netra.importer.files import read_files
from netra.importer.options import ImportOptions
from netra.importer.store import store_rows
from netra.importer.undoing import UndoReport, undo_import
from netra.retention.holds import erase_on_request
from netra.retention.items import NO_WORDS, erase_items
from netra.retention.rules import load_rules
from netra.retention.run import run
from tests.factories import make_flag
from tests.processes import run_netra

TEXT = "Bupati Wanasari membuka rapat kerja pegawai di pendopo dan membahas jadwal cuti serta layanan kependudukan."


def import_rows(settings: Settings, engine: Engine, folder: Path, *rows: str) -> int:
    """Import rows of `url,text`; returns the number of the import."""
    path = folder / f"{abs(hash(rows))}.csv"
    path.write_text("\n".join(["url,text", *rows]) + "\n", encoding="utf-8")
    read = read_files([path], ImportOptions(mapping={}))
    store_rows(read, make_session(engine), settings.evidence_dir, actor="sistem:uji", on_row=lambda: None)
    with make_session(engine)() as session:
        return list_batches(session, 1)[0].id


def take_back(engine: Engine, number: int, *, is_dry: bool = False) -> UndoReport:
    with make_session(engine)() as session:
        batch = find_batch(session, number)
    assert batch is not None
    return undo_import(make_session(engine), batch, actor="sistem:uji", is_dry=is_dry)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_import_is_taken_back_and_its_bytes_stay(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    rows = (f"https://a.test/1,{TEXT}", f"https://a.test/2,{TEXT}", "https://a.test/3,Camat hadir dalam rapat.")
    number = import_rows(settings, engine, tmp_path, *rows)
    assert take_back(engine, number, is_dry=True).taken_back == 3
    assert take_back(engine, number).taken_back == 3
    with make_session(engine)() as session:
        assert session.scalars(select(Item.current_version_id)).all() == [None] * 3
        assert (count(session, ItemVersion), count(session, Snapshot)) == (3, 3)
        assert (count(session, ClusterMember), count(session, ItemSketch)) == (0, 0)
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "impor.batal")).one()
        assert (event.parent_id, len(event.detail["versi"])) == (number, 3)
        assert verify_chain(session).breaks == []
    assert take_back(engine, number) == UndoReport(gone_before=3)


def test_what_is_imported_again_is_there_again(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    row = f"https://a.test/1,{TEXT}"
    first = import_rows(settings, engine, tmp_path, row)
    take_back(engine, first)
    second = import_rows(settings, engine, tmp_path, row)
    assert take_back(engine, first).kept[0].reason == "its text has changed since"
    with make_session(engine)() as session:
        assert session.scalars(select(Item.current_version_id)).one() is not None
    assert take_back(engine, second).taken_back == 1


def test_what_was_taken_back_is_erased_on_request_and_no_import_brings_it_back(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    row = f"https://a.test/1,{TEXT}"
    take_back(engine, import_rows(settings, engine, tmp_path, row))
    with make_session(engine).begin() as session:
        erase_on_request(session, session.scalars(select(Item.id)).one(), "surat 7/2025", now(), "uji")
    import_rows(settings, engine, tmp_path, row)
    with make_session(engine)() as session:
        assert session.scalars(select(ItemVersion.text)).all() == [""]


def test_what_was_taken_back_goes_when_its_time_is_over(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    take_back(engine, import_rows(settings, engine, tmp_path, f"https://a.test/1,{TEXT}"))
    later = now() + timedelta(days=366)
    done = run(make_session(engine), settings.evidence_dir, load_rules({}), later, "sistem:retensi:uji")
    assert (done.by_rule["konten_tanpa_penanda"]["konten"], done.buried) == (1, 1)
    with make_session(engine)() as session:
        assert session.scalars(select(ItemVersion.text)).all() == [""]


def test_a_changed_text_gives_way_to_the_one_before(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    import_rows(settings, engine, tmp_path, f"https://a.test/1,{TEXT}")
    number = import_rows(settings, engine, tmp_path, f"https://a.test/1,{TEXT} Salah ketik.")
    assert take_back(engine, number).taken_back == 1
    with make_session(engine)() as session:
        current = select(ItemVersion.text).join(Item, Item.current_version_id == ItemVersion.id)
        assert session.scalars(current).one() == TEXT


def test_a_text_that_was_taken_back_or_erased_never_comes_back(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    for words in ("", " Dihapus kemudian."):
        import_rows(settings, engine, tmp_path, f"https://a.test/1,{TEXT}{words}")
    wrong = import_rows(settings, engine, tmp_path, f"https://a.test/1,{TEXT} Salah ketik.")
    take_back(engine, wrong)
    mended = import_rows(settings, engine, tmp_path, f"https://a.test/1,{TEXT} Dibetulkan.")
    gone = {"erased_at": now(), "erased_rule": "uji"}
    with make_session(engine).begin() as session:
        session.execute(update(ItemVersion).where(ItemVersion.number == 2).values(NO_WORDS | gone))
    assert take_back(engine, mended).taken_back == 1
    with make_session(engine)() as session:
        current = select(ItemVersion.number).join(Item, Item.current_version_id == ItemVersion.id)
        assert session.scalars(current).one() == 1


def test_what_was_erased_since_stays_erased(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    number = import_rows(settings, engine, tmp_path, f"https://a.test/1,{TEXT}")
    with make_session(engine).begin() as session:
        item = session.scalars(select(Item)).one()
        erase_items(session, [item.id], "uji", now())
    assert [kept.reason for kept in take_back(engine, number).kept] == ["its words were erased"]


def test_what_somebody_works_on_stays_and_is_named(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    rows = (
        f"https://a.test/1,{TEXT}",
        f"https://a.test/2,{TEXT}",
        "https://a.test/3,Camat hadir.",
        "https://a.test/4,Lurah pergi.",
    )
    number = import_rows(settings, engine, tmp_path, *rows)
    import_rows(settings, engine, tmp_path, rows[3])
    with make_session(engine).begin() as session:
        items = session.scalars(select(Item).order_by(Item.id)).all()
        make_flag(session, items[2])
        confirm_cluster(session, session.scalars(select(ClusterMember.cluster_id)).first() or 0, actor="rina", reason="uji")
    report = take_back(engine, number)
    assert [(kept.item_id, kept.reason.split()[-1]) for kept in report.kept] == [
        (1, "cluster"),
        (2, "cluster"),
        (3, "flagged"),
        (4, "since"),
    ]
    with make_session(engine)() as session:
        assert count(session, Flag) == 1


def test_a_cluster_that_an_import_began_goes_on_with_the_next(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    number = import_rows(settings, engine, tmp_path, f"https://a.test/1,{TEXT}")
    import_rows(settings, engine, tmp_path, f"https://a.test/2,{TEXT}", f"https://a.test/3,{TEXT}")
    assert take_back(engine, number).taken_back == 1
    with make_session(engine)() as session:
        assert sorted(session.scalars(select(ClusterMember.basis))) == ["pertama", "sama"]


def test_the_command_lists_imports_and_takes_one_back(sqlite_settings: Settings, tmp_path: Path) -> None:
    assert "Nothing was imported" in run_netra(sqlite_settings, "import", "--list").stdout
    path = tmp_path / "kliping.csv"
    path.write_text(f"url,text\nhttps://a.test/1,{TEXT}\n", encoding="utf-8")
    run_netra(sqlite_settings, "import", str(path))
    listed = json.loads(run_netra(sqlite_settings, "import", "--list", "--json").stdout)
    assert (listed[0]["counts"], listed[0]["files"]) == ({"disimpan": 1}, ["kliping.csv"])
    result = run_netra(sqlite_settings, "import", "--undo", str(listed[0]["id"]))
    assert (result.returncode, result.stdout.strip()) == (0, f"import {listed[0]['id']}: 1 taken back, 0 stay")
    assert "1 taken back" in run_netra(sqlite_settings, "import", "--list").stdout


@pytest.mark.parametrize("number", ["0", "999"])
def test_an_unknown_import_is_refused_in_one_line(sqlite_settings: Settings, number: str) -> None:
    result = run_netra(sqlite_settings, "import", "--undo", number)
    assert (result.returncode, len(result.stderr.strip().splitlines())) == (2, 1)

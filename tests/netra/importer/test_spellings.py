"""The same page under another spelling of its host is the item that is there."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from crawler.addresses import KnownHosts
from models import Item
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.importer.files import read_files
from netra.importer.preview import preview_rows
from tests.netra.importer.runs import options, store

OUTLETS = KnownHosts([["www.contoh.test"]])


def test_a_file_is_stored_once_though_the_catalogue_spells_its_host_in_another_way_since(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "kliping.csv"
    path.write_text("isi,tautan\nCamat hadir dalam rapat.,https://contoh.test/berita/1\n")
    store(settings, engine, path)
    judged = preview_rows(read_files([path], options(outlets=OUTLETS)), make_session(engine), on_row=lambda: None)
    assert (judged.report.already_there, store(settings, engine, path, outlets=OUTLETS).already_there) == (1, 1)
    with make_reading_session(engine)() as session:
        assert session.scalars(select(Item.url)).all() == ["https://contoh.test/berita/1"]


@pytest.mark.parametrize("batch", [1, 100])
def test_two_spellings_in_one_file_are_one_item_and_a_dry_run_says_so(
    sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    for place in ("store", "preview"):
        monkeypatch.setattr(f"netra.importer.{place}.BATCH", batch)
    path = tmp_path / "kliping.csv"
    path.write_text("isi,tautan\nCamat hadir.,https://lain.test/1\nLurah hadir.,https://www.lain.test/1\n")
    judged = preview_rows(read_files([path], options()), make_session(sqlite_engine), on_row=lambda: None).report
    assert judged.counts() == store(sqlite_settings, sqlite_engine, path).counts()
    assert (judged.stored, judged.changed) == (1, 1)

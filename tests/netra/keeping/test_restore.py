"""The way back: nothing that is there is lost, nothing hostile gets in, and a kill at any moment is made good by the next run."""

import hashlib
import io
import os
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, select

from migrations.revisions import head_revision
from models import AuditEvent, record_event, verify_chain
from models.base import now
from models.database import make_engine, make_reading_session, make_session
from models.settings import Settings
from netra.keeping.archive import FACTS, ArchiveWriter
from netra.keeping.backup import DATABASE, PIECE, make_backup
from netra.keeping.errors import ArchiveDamaged, KeepingError
from netra.keeping.facts import Facts
from netra.keeping.restore import Place, restore
from netra.keeping.staging import READY, Staging
from netra.keeping.unpacking import Nobody, unpack
from netra.keeping.workspace import work_folder
from tests.netra.keeping.houses import digests_of, files_of
from tests.processes import kill, run_netra, start_netra

Make = Callable[..., str]
Opened = Callable[[str], Engine]


def quiet(*_: object) -> None: ...


@pytest.fixture
def archive(sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path) -> Path:
    return make_backup(sqlite_house, sqlite_engine, tmp_path / "rumah.tar", with_key=True, on_progress=quiet).path


def bring_back(archive: Path, settings: Settings, place: Place, *, replace: bool = False) -> Any:
    return restore(archive, settings, place, replace=replace, on_progress=quiet)


def test_a_house_that_is_lived_in_is_refused_and_untouched(archive: Path, sqlite_house: Settings, sqlite_engine: Engine) -> None:
    before = files_of(sqlite_house.home), digests_of(sqlite_engine, without=frozenset())
    with pytest.raises(KeepingError, match="is not empty"):
        bring_back(archive, sqlite_house, Place(sqlite_house.home))
    assert (files_of(sqlite_house.home), digests_of(sqlite_engine, without=frozenset())) == before


def test_replacing_keeps_the_old_house_whole(
    archive: Path, sqlite_house: Settings, sqlite_engine: Engine, opened: Opened
) -> None:
    home = sqlite_house.home
    (home / "artifacts" / "uji-1" / "artifact.json").write_text("sesudah cadangan")
    sqlite_engine.dispose()
    done = run_netra(sqlite_house, "restore", str(archive), "--replace", "--yes")
    assert done.returncode in (0, 1), done.stderr
    aside = next(home.glob("before-restore-*"))
    assert (aside / "artifacts" / "uji-1" / "artifact.json").read_text() == "sesudah cadangan"
    assert (home / "artifacts" / "uji-1" / "artifact.json").read_text() == "{}"
    assert digests_of(opened(f"sqlite:///{aside}/netra.sqlite3")) == digests_of(opened(f"sqlite:///{home}/netra.sqlite3"))


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_replacing_asks_first_and_a_no_is_told_from_a_restored_house(archive: Path, sqlite_house: Settings, answer: str) -> None:
    done = run_netra(sqlite_house, "restore", str(archive), "--replace", stdin=answer)
    assert (done.returncode, "netra: nothing was done" in done.stderr) == (2, True), done.stderr
    assert list(sqlite_house.home.glob("before-restore-*")) == []


@pytest.mark.long
def test_replacing_on_postgresql_keeps_the_old_tables_in_a_schema_of_their_own(
    archive: Path, sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path, new_postgres: Make, opened: Opened
) -> None:
    place = Place(tmp_path / "baru", new_postgres())
    bring_back(archive, sqlite_house, place)
    again = bring_back(archive, sqlite_house, place, replace=True)
    there = opened(place.address)
    schema = again.kept_in.split("schema ")[1]
    assert digests_of(there) == digests_of(sqlite_engine)
    assert set(inspect(there).get_table_names(schema=schema)) == set(inspect(there).get_table_names())


def test_what_was_killed_after_the_database_was_filled_is_finished_by_the_next_run(
    archive: Path, sqlite_house: Settings, tmp_path: Path, new_postgres: Make, opened: Opened
) -> None:
    place = Place(tmp_path / "baru", new_postgres())
    bring_back(archive, sqlite_house, place)
    shutil.rmtree(place.home)  # As if it had been killed before it moved anything.
    bring_back(archive, sqlite_house, place)
    with make_reading_session(opened(place.address))() as session:
        actions = session.scalars(select(AuditEvent.action)).all()
    assert actions.count("cadangan.pulihkan") == 1
    assert (place.home / "secret.key").exists()


@pytest.mark.parametrize("name", ["lain.sqlite3", "netra.sqlite3"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_database_in_the_data_directory_is_there_afterwards_however_its_address_is_spelled(
    archive: Path,
    sqlite_house: Settings,
    sqlite_engine: Engine,
    tmp_path: Path,
    opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    is_there: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path / "baru", f"sqlite:///./baru/{name}")
    if is_there:
        place.home.mkdir()
    assert bring_back(archive, sqlite_house, place).kept_in == ""
    assert (place.home / name).is_file()
    assert digests_of(opened(place.address)) == digests_of(sqlite_engine)


def test_a_filled_database_in_the_data_directory_is_no_obstacle_after_a_kill(
    archive: Path, sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path, opened: Opened
) -> None:
    place = Place(tmp_path / "baru", f"sqlite:///{tmp_path}/baru/lain.sqlite3")
    bring_back(archive, sqlite_house, place)
    for path in place.home.iterdir():  # As if it had been killed before it moved anything.
        if path.is_dir():
            shutil.rmtree(path)
        elif not path.name.startswith("lain"):
            path.unlink()
    bring_back(archive, sqlite_house, place)
    assert (place.home / "secret.key").exists()
    assert digests_of(opened(place.address)) == digests_of(sqlite_engine)


def test_what_was_killed_while_it_moved_is_finished_by_the_next_run(
    archive: Path, sqlite_house: Settings, tmp_path: Path, opened: Opened
) -> None:
    home = tmp_path / "baru"
    home.mkdir()
    with work_folder(home, "restore", unless=READY) as folder:
        staging = Staging(folder)
        found = unpack(archive, sqlite_house, staging, quiet, stage="")
        staging.declare_ready(found.facts.database_sha256, now(), sets_aside=False)
        (staging.home / "artifacts").rename(home / "artifacts")
    assert not (home / "netra.sqlite3").exists()
    other = archive.with_name("lain.tar")
    write_archive(other, sqlite_of(archive, sqlite_house, tmp_path) + bytes(4096))
    with pytest.raises(KeepingError, match="of another archive"):
        bring_back(other, sqlite_house, Place(home))
    assert bring_back(archive, sqlite_house, Place(home)).was_finished
    assert sorted(path.name for path in home.iterdir() if path.is_dir()) == ["artifacts", "encoders", "evidence"]
    with make_reading_session(opened(f"sqlite:///{home}/netra.sqlite3"))() as session:
        assert verify_chain(session, expected_head=found.facts.head).breaks == []


def test_a_cut_restore_goes_on_where_netra_was_started_before_the_next_run(
    archive: Path, sqlite_house: Settings, tmp_path: Path
) -> None:
    home = tmp_path / "baru"
    for file in (home / "locks" / "baru", home / "before-restore-lama" / "locks" / "lama"):
        file.parent.mkdir(parents=True)
        file.touch()
    with work_folder(home, "restore", unless=READY) as folder:
        staging = Staging(folder)
        found = unpack(archive, sqlite_house, staging, quiet, stage="")
        staging.declare_ready(found.facts.database_sha256, now(), sets_aside=True)
        (folder / READY).write_text(f"{found.facts.database_sha256}\nbefore-restore-lama\n")
    assert bring_back(archive, sqlite_house, Place(home), replace=True).was_finished
    kept = files_of(home / "before-restore-lama")
    assert set(kept) == {"locks/lama", "locks.1/baru"}


def test_what_cannot_be_set_aside_is_told_before_anything_is_touched(
    archive: Path, sqlite_house: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(sqlite_house.home)
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).name != "artifacts")  # root itself may always.
    with pytest.raises(KeepingError, match="artifacts belongs to another user"):
        bring_back(archive, sqlite_house, Place(sqlite_house.home), replace=True)
    assert files_of(sqlite_house.home) == before


@pytest.mark.parametrize("seconds", [0.2, *(pytest.param(n / 20, marks=pytest.mark.long) for n in range(40))])
@pytest.mark.parametrize("onto", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_killed_at_any_moment_the_next_run_brings_all_of_it(
    archive: Path, sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path, seconds: float, onto: str, new_postgres: Make
) -> None:
    home = tmp_path / "baru"
    arguments = ["restore", str(archive), "--into", str(home)]
    arguments += ["--database", new_postgres()] if onto == "postgresql" else []
    process = start_netra(sqlite_house, *arguments)
    end = time.monotonic() + 60
    while not home.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    time.sleep(seconds)
    kill(process)
    is_done = (home / "netra.sqlite3").exists()
    assert is_done or run_netra(sqlite_house, *arguments).returncode in (0, 1) or onto == "postgresql"
    engine = make_engine(arguments[-1] if onto == "postgresql" else f"sqlite:///{home}/netra.sqlite3")
    assert digests_of(engine) == digests_of(sqlite_engine)
    engine.dispose()
    assert list(home.glob(".netra-*")) == []


@pytest.fixture
def old_archive(tmp_path: Path, opened: Opened) -> Path:
    """Of tables as revision 0017 had them."""
    old = opened(f"sqlite:///{tmp_path}/tua.sqlite3")
    with old.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "migrations")
        command.upgrade(config, "0017")
        connection.exec_driver_sql("INSERT INTO users VALUES (1, 'sari', 'Sari', '', 1, 0, '2024-01-01 00:00:00.000000', 0)")
    old.dispose()
    with closing(sqlite3.connect(tmp_path / "tua.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    write_archive(tmp_path / "tua.tar", (tmp_path / "tua.sqlite3").read_bytes(), revision="0017")
    return tmp_path / "tua.tar"


def test_an_archive_of_older_tables_is_upgraded(
    old_archive: Path, sqlite_settings: Settings, tmp_path: Path, opened: Opened
) -> None:
    restored = bring_back(old_archive, sqlite_settings, Place(tmp_path / "baru"))
    assert restored.upgraded_to == head_revision()
    with make_reading_session(opened(f"sqlite:///{tmp_path}/baru/netra.sqlite3"))() as session:
        assert session.scalars(select(AuditEvent.action)).all() == ["cadangan.pulihkan"]


@pytest.mark.parametrize("onto", ["sqlite", "postgres"])
def test_an_older_archive_that_filled_a_database_elsewhere_before_a_kill_goes_on_unless_somebody_worked_there(
    old_archive: Path, sqlite_settings: Settings, tmp_path: Path, opened: Opened, onto: str, request: pytest.FixtureRequest
) -> None:
    place = Place(tmp_path / "baru", request.getfixturevalue(f"new_{onto}")(is_bare=True))
    for _ in range(2):
        assert bring_back(old_archive, sqlite_settings, place).upgraded_to == head_revision()
        shutil.rmtree(place.home)  # As if it had been killed before it moved anything.
    with make_session(opened(place.address)).begin() as session:
        assert session.scalars(select(AuditEvent.action)).all() == ["cadangan.pulihkan"]
        record_event(session, "uji", actor="sistem:uji", subject=("item", 1))
    with pytest.raises(KeepingError, match="the database is not empty"):
        bring_back(old_archive, sqlite_settings, place)


def cut(*_: object) -> str:
    raise KeyboardInterrupt


def test_what_the_first_part_of_a_cut_restore_found_is_told_by_the_next_run(
    archive: Path, sqlite_house: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = bring_back(archive, sqlite_house, Place(tmp_path / "utuh"))
    with monkeypatch.context() as patched:
        patched.setattr("netra.keeping.restore.move_in", cut)
        with pytest.raises(KeyboardInterrupt):
            bring_back(archive, sqlite_house, Place(tmp_path / "baru"))
    resumed = bring_back(archive, sqlite_house, Place(tmp_path / "baru"))
    assert resumed.was_finished
    assert resumed.findings == whole.findings != []


def test_a_cut_restore_of_older_tables_still_tells_that_they_were_upgraded(
    old_archive: Path, sqlite_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("netra.keeping.restore.move_in", cut)
        with pytest.raises(KeyboardInterrupt):
            bring_back(old_archive, sqlite_settings, Place(tmp_path / "baru"))
    assert bring_back(old_archive, sqlite_settings, Place(tmp_path / "baru")).upgraded_to == head_revision()


def test_an_archive_of_a_newer_netra_is_refused(archive: Path, sqlite_settings: Settings, tmp_path: Path) -> None:
    data = sqlite_of(archive, sqlite_settings, tmp_path).replace(head_revision().encode(), b"9999")
    write_archive(tmp_path / "baru.tar", data, revision="9999")
    with pytest.raises(KeepingError, match="newer netra"):
        bring_back(tmp_path / "baru.tar", sqlite_settings, Place(tmp_path / "baru"))
    assert list((tmp_path / "baru").iterdir()) == []


def test_a_database_that_unpacks_to_more_than_it_says_is_refused(sqlite_settings: Settings, tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(20 * PIECE), 1)
    for pieces, size in (([bomb], PIECE), ([zlib.compress(bytes(PIECE))] * 3, PIECE)):
        write_archive(tmp_path / "bom.tar", b"", pieces=pieces, size=size)
        with pytest.raises(ArchiveDamaged, match=r"no piece of the database|larger than any"):
            unpack(tmp_path / "bom.tar", sqlite_settings, Nobody(), quiet, stage="")


def test_an_archive_that_needs_more_room_than_there_is_is_refused(sqlite_settings: Settings, tmp_path: Path) -> None:
    write_archive(tmp_path / "besar.tar", b"x", size=2**60)
    with pytest.raises(ArchiveDamaged, match="its database"):
        bring_back(tmp_path / "besar.tar", sqlite_settings, Place(tmp_path / "baru"))
    assert not (tmp_path / "baru").exists()


@pytest.mark.parametrize("name", ["home/netra.sqlite3", "home/secret.key", "home/log/a", "home/evidence", "x/y"])
def test_files_that_have_no_place_in_a_house_are_refused(sqlite_settings: Settings, tmp_path: Path, name: str) -> None:
    write_archive(tmp_path / "asing.tar", b"x", files={name: b"x"})
    with pytest.raises(ArchiveDamaged):
        bring_back(tmp_path / "asing.tar", sqlite_settings, Place(tmp_path / "baru"))
    assert not (tmp_path / "baru").exists()


def test_a_database_that_is_none_is_refused(sqlite_settings: Settings, tmp_path: Path) -> None:
    write_archive(tmp_path / "asing.tar", b"bukan basis data" * 1000)
    with pytest.raises(KeepingError, match="cannot be read"):
        bring_back(tmp_path / "asing.tar", sqlite_settings, Place(tmp_path / "baru"))
    assert list((tmp_path / "baru").iterdir()) == []


def sqlite_of(archive: Path, settings: Settings, folder: Path) -> bytes:
    (folder / "dibongkar").mkdir()
    staging = Staging(folder / "dibongkar")
    unpack(archive, settings, staging, quiet, stage="")
    return staging.database.read_bytes()


def write_archive(
    path: Path,
    database: bytes,
    *,
    revision: str | None = None,
    pieces: list[bytes] | None = None,
    size: int | None = None,
    files: dict[str, bytes] | None = None,
) -> None:
    """An archive as somebody could make it by hand: sealed as it should be, whatever is in it."""
    facts = Facts(
        format=1,
        netra="0",
        made_at=now(),
        revision=revision or head_revision(),
        engine="sqlite",
        database_bytes=len(database) if size is None else size,
        database_sha256=hashlib.sha256(database).hexdigest(),
        tables={},
        positions={},
        events=0,
        head="0" * 64,
        is_trail_whole=True,
        has_key=False,
    )
    with path.open("wb") as file:
        writer = ArchiveWriter(file, io.BytesIO(), moment=0)
        writer.add_bytes(FACTS, facts.model_dump_json().encode())
        starts = range(0, len(database), PIECE)
        for number, piece in enumerate(pieces or [zlib.compress(database[at : at + PIECE]) for at in starts]):
            writer.add_bytes(f"{DATABASE}{number:08}.z", piece)
        for name, data in (files or {}).items():
            writer.add_bytes(name, data)
        writer.close()

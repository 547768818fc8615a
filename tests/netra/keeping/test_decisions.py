"""What was asked of a house after its backup: whoever brings the backup back is told what to do again."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import AuditEvent, ItemVersion, now
from models.database import make_engine, make_reading_session, make_session
from models.settings import Settings
from netra.keeping.backup import make_backup
from netra.keeping.decisions import RESTORED, SINCE, Decisions
from netra.keeping.errors import KeepingError
from netra.keeping.restore import Place, Restored, restore
from netra.retention.holds import erase_on_request, hold, release
from tests.factories import make_item
from tests.netra.keeping.houses import digests_of
from tests.processes import run_netra

Opened = Callable[[str], Engine]


def quiet(*_: object) -> None: ...


@dataclass(frozen=True)
class Asked:
    """A house, its backup of Monday, and the items about which people asked something on Tuesday."""

    archive: Path
    place: Place
    erased: int
    held: int
    released: int
    new: int


@pytest.fixture
def asked(settings: Settings, engine: Engine, tmp_path: Path) -> Asked:
    settings.home.mkdir(exist_ok=True)
    with make_session(engine).begin() as session:
        erased, held, released, of_before = (make_item(session, text=f"Rapat dinas nomor {n}.").id for n in range(4))
        hold(session, released, "surat 1", "uji")
        erase_on_request(session, of_before, "surat 2", now(), "uji")
    archive = make_backup(settings, engine, tmp_path / "senin.tar", with_key=False, on_progress=quiet).path
    with make_session(engine).begin() as session:
        new = make_item(session, text="Rapat dinas sesudah itu.").id
        erase_on_request(session, erased, "permintaan koreksi 7", now(), "uji")
        for number in (held, new):
            hold(session, number, "surat 3", "uji")
        release(session, released, now(), "uji")
    return Asked(archive, Place(settings.home, settings.database_url), erased, held, released, new)


def bring_back(asked: Asked, settings: Settings) -> Restored:
    return restore(asked.archive, settings, asked.place, replace=True, on_progress=quiet)


def expected(asked: Asked) -> Decisions:
    return Decisions(erase=[asked.erased], hold=[asked.held], release=[asked.released], missing=[asked.new])


def test_what_a_restore_takes_back_is_named_and_stands_in_the_trail(asked: Asked, settings: Settings, engine: Engine) -> None:
    engine.dispose()
    assert bring_back(asked, settings).since == expected(asked)
    with make_reading_session(engine)() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == RESTORED)).one()
        assert event.detail[SINCE]["hapus"] == [asked.erased]
        assert session.scalars(select(ItemVersion.text).where(ItemVersion.item_id == asked.erased)).one() != ""


def test_a_restore_that_is_repeated_names_it_again_until_it_is_done(asked: Asked, settings: Settings, engine: Engine) -> None:
    engine.dispose()
    bring_back(asked, settings)
    engine.dispose()
    assert bring_back(asked, settings).since == expected(asked)
    engine.dispose()
    with make_session(engine).begin() as session:
        hold(session, asked.held, "surat 3", "uji")
        release(session, asked.released, now(), "uji")
        erase_on_request(session, asked.erased, "permintaan koreksi 7", now(), "uji")
    again = make_backup(settings, engine, asked.archive.with_name("selasa.tar"), with_key=False, on_progress=quiet)
    engine.dispose()
    assert not restore(again.path, settings, asked.place, replace=True, on_progress=quiet).since


def test_the_command_names_them_in_json_and_in_words_with_exit_code_1(asked: Asked, settings: Settings, engine: Engine) -> None:
    engine.dispose()
    for arguments in (["--json"], []):
        done = run_netra(settings, "restore", str(asked.archive), "--replace", "--yes", *arguments)
        assert done.returncode == 1, done.stderr
        if arguments:
            assert json.loads(done.stdout)["asked_since"]["hold"] == [asked.held]
        else:
            assert f"netra retention erase ITEM): {asked.erased}" in done.stderr


def test_a_restore_that_was_stopped_at_its_end_names_them_when_it_is_finished(
    asked: Asked, settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.dispose()
    with monkeypatch.context() as stopped:
        stopped.setattr(Path, "iterdir", interrupt_in_staging(Path.iterdir))
        with pytest.raises(KeyboardInterrupt):
            bring_back(asked, settings)
    finished = bring_back(asked, settings)
    assert (finished.was_finished, finished.since) == (True, expected(asked))


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_database_that_cannot_be_read_is_replaced_and_told_of(asked: Asked, settings: Settings, engine: Engine) -> None:
    engine.dispose()
    for path in settings.home.glob("netra.sqlite3*"):
        path.write_bytes(b"bukan basis data" * 1000)
    assert "not a database" in bring_back(asked, settings).since.unread


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_replacing_that_fails_on_postgresql_leaves_the_old_tables_in_their_place(
    asked: Asked, settings: Settings, engine: Engine, tmp_path: Path, opened: Opened
) -> None:
    spoil(asked.archive, settings, tmp_path)
    before = digests_of(engine, without=frozenset())
    for _ in range(2):
        with pytest.raises(KeepingError, match="cannot be filled"):
            restore(tmp_path / "rusak.tar", settings, asked.place, replace=True, on_progress=quiet)
        assert digests_of(engine, without=frozenset()) == before
        assert schemas_of(engine) == {"public"}
    assert not list(settings.home.iterdir())


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_what_a_killed_replacing_left_on_postgresql_is_cleared_away(asked: Asked, settings: Settings, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA netra_restore_filling")
        connection.exec_driver_sql("CREATE TABLE netra_restore_filling.items (id int)")
    restored = bring_back(asked, settings)
    assert schemas_of(engine) == {"public", restored.kept_in.removeprefix("schema ")}


def interrupt_in_staging(iterdir: Callable[[Path], Iterator[Path]]) -> Callable[[Path], Iterator[Path]]:
    """As a kill when the old is set aside and the new not yet moved in."""

    def look(path: Path) -> Iterator[Path]:
        if path.name == "home" and path.parent.name.startswith(".netra-restore-"):
            raise KeyboardInterrupt
        return iterdir(path)

    return look


def schemas_of(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        names = connection.exec_driver_sql(r"SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'")
        return set(names.scalars())


def spoil(archive: Path, settings: Settings, folder: Path) -> None:
    """An archive, whole in every byte, with a text that SQLite keeps and PostgreSQL does not take."""
    home = folder / "rusak"
    restore(archive, settings, Place(home), replace=False, on_progress=quiet)
    with closing(sqlite3.connect(home / "netra.sqlite3")) as database:
        database.execute("UPDATE sources SET name = 'a' || char(0) || 'b'")
        database.commit()
    other = Settings(home=home, _env_file=None)
    engine = make_engine(other.database_address)
    make_backup(other, engine, folder / "rusak.tar", with_key=False, on_progress=quiet)
    engine.dispose()

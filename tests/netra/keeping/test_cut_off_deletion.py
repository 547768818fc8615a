"""A backup between a deletion that was cut off and its end: it says so, and a house restored from it can end it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Snapshot, now
from models.database import make_session
from models.evidence.overwriting import overwrite
from models.evidence.store import EvidenceWriter
from models.settings import Settings
from netra.keeping.backup import make_backup
from netra.keeping.restore import Place, restore
from netra.retention.burying import _make_hole
from netra.retention.items import erase_items
from tests.factories import make_source
from tests.netra.retention.conftest import MARK, bytes_of, run_all, store


def quiet(*_: object) -> None: ...


@pytest.fixture
def cut_off(sqlite_settings: Settings, sqlite_engine: Engine) -> str:
    """A file of which one of two marked copies is overwritten, as a kill leaves it; returns its name."""
    with make_session(sqlite_engine).begin() as session:
        make_source(session)
        with EvidenceWriter(sqlite_settings.evidence_dir) as writer:
            item = store(session, writer, 0, MARK)
        erase_items(session, [item.id], "permintaan", now())
        copies = session.scalars(select(Snapshot).order_by(Snapshot.warc_offset)).all()
        holes = [_make_hole(sqlite_settings.evidence_dir, copy) for copy in copies]
        cut = replace(holes[1], fill=dying(holes[1].fill))
        with pytest.raises(KeyboardInterrupt):
            overwrite(sqlite_settings.evidence_dir, copies[0].warc_file, [holes[0], cut])
        return copies[0].warc_file


def dying(fill: Callable[[], bytes]) -> Callable[[], bytes]:
    """Says what it will write, and dies when it is to be written."""
    calls = iter([fill])
    return lambda: next(calls, interrupt)()


def interrupt() -> bytes:
    raise KeyboardInterrupt


def test_it_is_named_with_the_mend(cut_off: str, sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    made = make_backup(sqlite_settings, sqlite_engine, tmp_path / "a.tar", with_key=False, on_progress=quiet)
    assert made.damaged == [f"{cut_off}: its deletion was cut off. Run netra retention run, then make this backup again"]
    run_all(sqlite_engine, sqlite_settings)
    assert make_backup(sqlite_settings, sqlite_engine, tmp_path / "b.tar", with_key=False, on_progress=quiet).damaged == []


def test_a_restored_house_ends_it(
    cut_off: str, sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path, opened: Callable[[str], Engine]
) -> None:
    made = make_backup(sqlite_settings, sqlite_engine, tmp_path / "a.tar", with_key=False, on_progress=quiet)
    home = tmp_path / "baru"
    restore(made.path, sqlite_settings, Place(home), replace=False, on_progress=quiet)
    there = Settings(home=home, _env_file=None)
    result = run_all(opened(there.database_address), there)
    assert (result.buried, result.refusals) == (2, [])
    assert MARK.encode() not in bytes_of(there.evidence_dir)

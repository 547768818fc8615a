"""The erasure that the review room hands on: the rules of retention, and nothing left in the file of the database."""

import sqlite3

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from models import ItemVersion
from models.evidence.store import EvidenceWriter
from models.settings import Settings
from netra.erasing import RequestErasing
from service.corrections.errors import NotErased
from tests.factories import make_flag
from tests.netra.retention.conftest import MARK, store


def test_what_no_timer_may_touch_is_refused_in_the_rooms_own_words(session: Session) -> None:
    flag = make_flag(session)
    with pytest.raises(NotErased):
        RequestErasing().erase(session, flag.item_id, "surat 7/2025", "uji")
    assert session.scalars(select(ItemVersion.text)).one()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_on_sqlite_the_words_are_overwritten_in_the_file_at_once(settings: Settings, engine: Engine, session: Session) -> None:
    event.listen(engine, "connect", keep_what_is_freed)
    with EvidenceWriter(settings.evidence_dir) as writer:
        item = store(session, writer, 0, MARK)
    session.commit()
    empty_log(engine)
    path = settings.home / "netra.sqlite3"
    assert MARK.encode() in path.read_bytes()
    RequestErasing().erase(session, item.id, "surat 7/2025", "uji")
    session.commit()
    empty_log(engine)
    assert MARK.encode() not in path.read_bytes()


def keep_what_is_freed(connection: sqlite3.Connection, _record: object) -> None:
    """As SQLite does unless it was built otherwise."""
    connection.execute("PRAGMA secure_delete = OFF")


def empty_log(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

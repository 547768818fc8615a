"""Somebody with the database in their hands and the guards taken off: the trail says that it was changed, and where."""

from collections.abc import Callable

import pytest
from sqlalchemy import Table, inspect, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from models import AuditEvent, record_event, verify_chain
from models.database import table_of
from models.settings import Settings
from netra.cli import app as netra
from tests.factories import make_user
from tests.models.test_audit import drop_guard

EVENTS = 5
MIDDLE = 3
COLUMNS = [column.name for column in table_of(AuditEvent).columns]
MARK = "catatan-yang-diubah"


@pytest.fixture
def trail(session: Session) -> Session:
    """Events with a value in every column, and nothing that guards them."""
    owner, parent = make_user(session), None
    for number in range(1, EVENTS + 1):
        own = {"actor": owner.username, "actor_id": owner.id, "parent": parent, "detail": {"catatan": f"{MARK} {number}"}}
        parent = record_event(session, "uji.ubah", subject=("flag", number), **own)
    session.commit()
    for verb in ("update", "delete") if session.get_bind().dialect.name == "sqlite" else ("",):
        drop_guard(session, "audit_events", verb)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    session.execute(text("PRAGMA defer_foreign_keys = ON" if is_sqlite else "SET LOCAL session_replication_role = replica"))
    return session


def flip(session: Session, column: str, event: int) -> None:
    """One bit of the column, by what the engine itself offers."""
    kind = str(table_of(AuditEvent).c[column].type.compile(session.get_bind().dialect)).upper()
    if "INT" in kind:
        changed = f"coalesce({column}, 0) + 1024"
    elif session.get_bind().dialect.name == "postgresql" and "TIME" in kind:
        changed = f"{column} + interval '1 microsecond'"
    else:  # The second character becomes another one of the same length.
        second = f"substr(CAST({column} AS TEXT), 2, 1)"
        other = f"CASE {second} WHEN 'a' THEN 'b' ELSE 'a' END"
        changed = f"substr(CAST({column} AS TEXT), 1, 1) || {other} || substr(CAST({column} AS TEXT), 3)"
    session.execute(text(f"UPDATE audit_events SET {column} = {changed} WHERE id = :id"), {"id": event})


@pytest.mark.parametrize("event", [1, MIDDLE, EVENTS])
@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_character_of_any_column_is_found_where_it_is(trail: Session, column: str, event: int) -> None:
    flip(trail, column, event)
    moved = event + 1024 if column == "id" else event
    assert {found.event_id for found in verify_chain(trail).breaks} & {moved, event + 1} != set()


def remove(event: int) -> Callable[[Session], object]:
    return lambda session: session.execute(text("DELETE FROM audit_events WHERE id = :id"), {"id": event})


def swap(session: Session) -> None:
    for old, new in ((2, 99), (MIDDLE, 2), (99, MIDDLE)):
        session.execute(text("UPDATE audit_events SET id = :new WHERE id = :old"), {"old": old, "new": new})


def remove_and_renumber(session: Session) -> None:
    remove(MIDDLE)(session)
    for number in range(MIDDLE + 1, EVENTS + 1):
        session.execute(text("UPDATE audit_events SET id = :new WHERE id = :old"), {"old": number, "new": number - 1})


def repeat(session: Session) -> None:
    """The same event once more at the end, under a hash of its own."""
    names = ", ".join(name for name in COLUMNS if name not in {"id", "hash"})
    copied = f"SELECT {EVENTS + 1}, '{'0' * 64}', {names} FROM audit_events WHERE id = {EVENTS}"
    session.execute(text(f"INSERT INTO audit_events (id, hash, {names}) {copied}"))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (remove(1), 2),
        (remove(MIDDLE), MIDDLE + 1),
        (remove_and_renumber, MIDDLE),
        (swap, 2),
        (repeat, EVENTS + 1),
    ],
)
def test_an_event_that_is_removed_moved_or_repeated_is_found(
    trail: Session, change: Callable[[Session], object], where: int
) -> None:
    change(trail)
    assert where in {found.event_id for found in verify_chain(trail).breaks}


def test_a_removed_tail_is_found_by_a_head_that_was_kept(trail: Session) -> None:
    head = verify_chain(trail).head
    remove(EVENTS)(trail)
    assert verify_chain(trail, expected_head=head).holds_head is False


def test_an_event_that_is_rewritten_with_its_hash_breaks_the_next_one(trail: Session) -> None:
    event = trail.get_one(AuditEvent, MIDDLE)
    event.detail = {"catatan": "tidak ada apa-apa"}
    event.hash = event.compute_hash()
    trail.flush()
    assert [found.event_id for found in verify_chain(trail).breaks] == [MIDDLE + 1]


def test_a_byte_flipped_in_the_file_itself_is_named_by_the_command(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.database import make_engine, make_session

    engine = make_engine(sqlite_settings.database_address)
    with make_session(engine).begin() as session:
        for number in range(1, EVENTS + 1):
            record_event(session, "uji.ubah", actor="uji", subject=("flag", number), detail={"catatan": f"{MARK} {number}"})
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    path = sqlite_settings.home / "netra.sqlite3"
    path.write_bytes(path.read_bytes().replace(f"{MARK} {MIDDLE}".encode(), f"{MARK} {MIDDLE}".replace("c", "C", 1).encode()))
    monkeypatch.setenv("NETRA_HOME", str(sqlite_settings.home))
    result = CliRunner().invoke(netra, ["audit", "verify", "--json"])
    assert (result.exit_code, f'"event": {MIDDLE}' in result.stdout) == (1, True)


def test_every_column_of_the_trail_is_tried(engine) -> None:
    assert {column["name"] for column in inspect(engine).get_columns("audit_events")} == set(COLUMNS)
    assert isinstance(table_of(AuditEvent), Table)

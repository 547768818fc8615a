"""A database moved to the other engine and back: every column of every table, the trail, the numbers, the triggers."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import DatabaseError

from models import AuditEvent, Flag, Source, verify_chain
from models.database import make_reading_session, make_session
from models.queue.words import flag_ids_with, words_of
from models.settings import Settings
from netra.keeping.copying import copy_database, list_filled, record_copy
from netra.keeping.errors import KeepingError
from netra.keeping.rows import list_shapes
from tests.factories import make_flag, make_source, make_user
from tests.netra.keeping.houses import digests_of, fill_every_table, ids_and_heads
from tests.processes import kill, run_netra, start_netra

Make = Callable[..., str]
Opened = Callable[[str], Engine]


@pytest.fixture
def there(engine: Engine, new_postgres: Make, new_sqlite: Make, opened: Opened) -> Engine:
    """A database of the other engine, in which nobody has worked."""
    return opened(new_postgres() if engine.dialect.name == "sqlite" else new_sqlite())


def test_the_tests_fill_every_table(engine: Engine) -> None:
    fill_every_table(engine)
    empty = {name for name, found in digests_of(engine, without=frozenset()).items() if not found.rows}
    assert empty == set()


def test_there_and_back_again_every_row_is_the_same(
    engine: Engine, there: Engine, new_postgres: Make, new_sqlite: Make, opened: Opened
) -> None:
    fill_every_table(engine)
    back = opened(new_postgres(is_bare=True) if engine.dialect.name == "postgresql" else new_sqlite(is_bare=True))
    copied = copy_database(engine, there)
    assert copy_database(there, back).tables == copied.tables
    assert digests_of(back) == digests_of(there) == digests_of(engine)
    assert ids_and_heads(back) == ids_and_heads(engine)


def test_the_trail_goes_on_in_the_copy(engine: Engine, there: Engine) -> None:
    fill_every_table(engine)
    copied = copy_database(engine, there, tell=record_copy(engine))
    with make_reading_session(there)() as session:
        report = verify_chain(session, expected_head=copied.head)
        newest = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (report.breaks, report.holds_head, report.events) == ([], True, copied.events + 1)
    assert newest is not None
    assert newest.action == "basis_data.salin"


def test_new_rows_take_the_next_numbers_and_triggers_are_awake(engine: Engine, there: Engine) -> None:
    fill_every_table(engine)
    copy_database(engine, there)
    with make_session(there).begin() as session:
        before = session.scalar(text("SELECT count(*) FROM flag_changes"))
        assert make_user(session, username="baru").id == 903
        make_flag(session)
        assert session.scalar(text("SELECT count(*) FROM flag_changes")) == (before or 0) + 1
    with pytest.raises(DatabaseError, match="append-only"), there.begin() as connection:
        connection.execute(text("DELETE FROM audit_events"))
    with pytest.raises(DatabaseError), there.begin() as connection:
        connection.execute(text("UPDATE flags SET item_id = 123456"))


def test_numbers_that_were_given_and_taken_back_are_not_given_again(new_postgres: Make, opened: Opened) -> None:
    first, second = opened(new_postgres()), opened(new_postgres())
    with make_session(first).begin() as session:
        session.delete(make_source(session))
    copy_database(first, second)
    with make_session(second).begin() as session:
        assert make_source(session).id == 2


def test_the_search_finds_the_same_flags(engine: Engine, there: Engine) -> None:
    fill_every_table(engine)
    copy_database(engine, there)
    stems = words_of("mengajak Wanasari")
    found = list[list[int]]()
    for side in (engine, there):
        with make_reading_session(side)() as session:
            found.append(sorted(session.scalars(select(Flag.id).where(Flag.id.in_(flag_ids_with(session, stems))))))
    assert len(found[0]) == 3
    assert found[0] == found[1]


def test_a_database_in_which_somebody_worked_is_refused_and_untouched(engine: Engine, there: Engine) -> None:
    with make_session(there).begin() as session:
        make_source(session, slug="milik-mereka")
    with pytest.raises(KeepingError, match=r"not empty \(sources\)"):
        copy_database(engine, there)
    with make_reading_session(there)() as session:
        assert session.scalars(select(Source.slug)).all() == ["milik-mereka"]


def test_a_row_that_postgresql_cannot_keep_is_named_and_leaves_the_target_empty(
    sqlite_engine: Engine, new_postgres: Make, opened: Opened
) -> None:
    with make_session(sqlite_engine).begin() as session:
        make_source(session, name="a\0b")
    there = opened(new_postgres())
    with pytest.raises(KeepingError, match=r"sources cannot be filled: .*NUL"):
        copy_database(sqlite_engine, there)
    assert list_filled(there) == []
    assert _count_foreign_keys(there) == _count_foreign_keys(sqlite_engine) + 1  # The search index of PostgreSQL has one.


def test_rows_that_come_meanwhile_are_not_copied_but_told_of(sqlite_engine: Engine, new_sqlite: Make, opened: Opened) -> None:
    there, told = opened(new_sqlite()), list[str]()

    def interfere(stage: str, _done: int, _total: int) -> None:
        if stage == "Comparing both sides" and not told:
            told.append(stage)
            with make_session(sqlite_engine).begin() as session:
                make_source(session, slug="sementara")

    assert copy_database(sqlite_engine, there, on_progress=interfere).changed_meanwhile == ["sources"]
    with make_reading_session(there)() as session:
        assert session.scalars(select(Source.slug)).all() == []


def test_the_command_tells_who_is_at_work_and_how_fast_it_was(
    sqlite_settings: Settings, sqlite_engine: Engine, new_postgres: Make
) -> None:
    with make_session(sqlite_engine).begin() as session:
        flag, user = make_flag(session), make_user(session)
        flag.holder_id, flag.held_until = user.id, flag.created_at.replace(year=2999)
    url = new_postgres()
    done = run_netra(sqlite_settings, "db", "copy", "--to", url)
    assert done.returncode == 0, done.stderr
    assert "1 flags are held by monitors" in done.stderr
    assert "rows/s" in done.stdout
    again = run_netra(sqlite_settings, "db", "copy", "--to", url)
    assert again.returncode == 2
    assert "is not empty" in again.stderr


@pytest.mark.long
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_killed_in_the_middle_the_target_is_empty_and_the_next_run_fills_it(
    settings: Settings, engine: Engine, new_postgres: Make, opened: Opened
) -> None:
    with make_session(engine).begin() as session:
        for number in range(1_500):
            make_flag(session, probability=number / 1_500)
    there = opened(new_postgres())
    process = start_netra(settings, "db", "copy", "--to", there.url.render_as_string(hide_password=False))
    while not _is_copying(there) and process.poll() is None:
        time.sleep(0.005)
    kill(process)
    assert list_filled(there) == []
    assert copy_database(engine, there).tables.keys() == {shape.name for shape in list_shapes()}
    assert digests_of(there) == digests_of(engine)


def _is_copying(engine: Engine) -> bool:
    query = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND pid <> pg_backend_pid()")
    with engine.connect() as connection:
        return bool(connection.scalar(query))


def _count_foreign_keys(engine: Engine) -> int:
    return sum(len(inspect(engine).get_foreign_keys(shape.name)) for shape in list_shapes())

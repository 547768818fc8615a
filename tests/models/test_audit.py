import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from models import AuditEvent, record_event, verify_chain
from models.audit import begin_numbering


def record(session: Session, count: int) -> list[AuditEvent]:
    return [record_event(session, "uji", actor="sistem:uji", subject=("uji", n), detail={"n": n, "é": 1.0}) for n in range(count)]


def test_untouched_trail_is_whole(session: Session) -> None:
    events = record(session, 5)
    session.commit()
    report = verify_chain(session)
    assert (report.events, report.breaks, report.head) == (5, [], events[-1].hash)


def test_database_refuses_to_change_or_delete_an_event(session: Session) -> None:
    record(session, 1)
    session.commit()
    for statement in ("UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"):
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_changed_event_is_found_though_the_trigger_was_dropped(session: Session) -> None:
    record(session, 3)
    session.commit()
    drop_guard(session, "audit_events", "update")
    session.execute(text("UPDATE audit_events SET actor = 'orang lain' WHERE id = 2"))
    assert [b.event_id for b in verify_chain(session).breaks] == [2]


def test_removed_event_is_found_though_the_trigger_was_dropped(session: Session) -> None:
    record(session, 3)
    session.commit()
    drop_guard(session, "audit_events", "delete")
    session.execute(text("DELETE FROM audit_events WHERE id = 2"))
    assert [b.event_id for b in verify_chain(session).breaks] == [3]


def test_cut_tail_shows_only_against_a_kept_head(session: Session) -> None:
    head = record(session, 3)[-1].hash
    session.commit()
    drop_guard(session, "audit_events", "delete")
    session.execute(text("DELETE FROM audit_events WHERE id = 3"))
    report = verify_chain(session, expected_head=head)
    assert report.breaks == []
    assert report.holds_head is False


def test_detail_comes_back_as_it_was_hashed(session: Session) -> None:
    record(session, 1)
    session.commit()
    session.expire_all()
    event = session.scalars(select(AuditEvent)).one()
    assert event.detail == {"n": 0, "é": 1.0}
    assert event.compute_hash() == event.hash


def drop_guard(session: Session, table: str, verb: str) -> None:
    """What an intruder with the owner's rights would do."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))
    else:
        session.execute(text(f"DROP TRIGGER {table}_no_{verb}"))


def test_gaps_from_before_numbering_began_are_no_break(session: Session) -> None:
    record_event(session, "uji.tambah", actor="uji", subject=("flag", 1))
    drop_guard(session, "audit_events", "update")
    session.execute(text("UPDATE audit_events SET id = 5"))
    session.expire_all()
    assert [found.reason for found in verify_chain(session).breaks] == ["its number does not follow the one before"]
    for _ in range(2):
        begin_numbering(session)
    record_event(session, "uji.tambah", actor="uji", subject=("flag", 2))
    report = verify_chain(session)
    assert (report.events, report.breaks) == (3, [])

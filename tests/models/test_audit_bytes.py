"""Whoever changes one byte of the trail is found, whichever column and event it stands in."""

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from models import record_event, verify_chain
from tests.factories import make_user
from tests.models.test_audit import drop_guard

TEXTS = ("at", "actor", "action", "subject_type", "detail", "previous_hash", "hash")
NUMBERS = ("id", "actor_id", "subject_id", "parent_id")
EVENTS = 4
few = hypothesis_settings(
    max_examples=120,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def trail(session: Session) -> Session:
    """Events with everything in them that one may wish to change, and no guard before the table any more."""
    owner, parent = make_user(session), None
    for number in range(EVENTS):
        detail = {"bobot": 0.30000000000000004, "satu": 1.0, "é": ["a", None, number]}
        own = {"actor": owner.username, "actor_id": owner.id, "parent": parent, "detail": detail}
        parent = record_event(session, "uji.ubah", subject=("flag", number), **own)
    drop_guard(session, "audit_events", "update")
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
    session.flush()
    return session


@few
@given(event=st.integers(1, EVENTS), column=st.sampled_from(TEXTS), place=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_one_changed_byte_of_a_text_is_found(trail: Session, event: int, column: str, place: int, mask: int) -> None:
    is_sqlite = trail.get_bind().dialect.name == "sqlite"
    if column == "at" and not is_sqlite:
        assert found_after(trail, event, "at = at + (:value * interval '1 microsecond')", mask)
        return
    shown = f"CAST({column} AS BLOB)" if is_sqlite else f"convert_to({column}, 'UTF8')"
    stored = bytearray(trail.execute(text(f"SELECT {shown} FROM audit_events WHERE id = :id"), {"id": event}).scalar_one())
    stored[place % len(stored)] ^= mask
    if is_sqlite:
        assert found_after(trail, event, f"{column} = CAST(:value AS TEXT)", bytes(stored))
    elif b"\0" not in stored and bytes(stored).decode(errors="ignore").encode() == stored:  # Others PostgreSQL refuses.
        assert found_after(trail, event, f"{column} = convert_from(:value, 'UTF8')", bytes(stored))


@few
@given(event=st.integers(1, EVENTS), column=st.sampled_from(NUMBERS), change=st.integers(1, 255), byte=st.integers(0, 6))
def test_one_changed_byte_of_a_number_is_found(trail: Session, event: int, column: str, change: int, byte: int) -> None:
    asked = text(f"SELECT {column} FROM audit_events WHERE id = :id")
    value = (trail.execute(asked, {"id": event}).scalar() or 0) ^ (change << 8 * byte)
    taken = column == "id" and 1 <= value <= EVENTS
    assert taken or found_after(trail, event, f"{column} = :value", value)


def found_after(session: Session, event: int, change: str, value: object) -> bool:
    with session.begin_nested() as savepoint:
        session.execute(text(f"UPDATE audit_events SET {change} WHERE id = :id"), {"id": event, "value": value})
        breaks = verify_chain(session).breaks
        savepoint.rollback()
    return bool(breaks)

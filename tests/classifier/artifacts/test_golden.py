"""Golden items: added by item, removed, listed, and suggested from what readers agreed on."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.artifacts.golden import add_golden, list_golden, remove_golden, suggest_golden
from classifier.errors import GoldenError
from classifier.labels import read_golden
from models import (
    Assessment,
    AuditEvent,
    Flag,
    FlagState,
    GoldenItem,
    Item,
    ItemVersion,
    NoViolationReason,
    Outcome,
    now,
    verify_chain,
)
from netra.retention.items import erase_items
from tests.factories import make_flag, make_item, make_user

YES = {"outcome": Outcome.INDICATION, "act": "pasang_apk"}
NO = {"outcome": Outcome.NO_VIOLATION, "no_violation_reason": NoViolationReason.APPEAL}
minutes = count()


def finish(session: Session, *readings: dict[str, Any], readers: int | None = None) -> Flag:
    """A finished flag with these readings, by as many persons unless told otherwise; each is newer than the one before."""
    people = [make_user(session).id for _ in range(readers or len(readings))]
    flag = make_flag(session, state=FlagState.ASSESSED, assessed_at=now() + timedelta(minutes=next(minutes)))
    for number, values in enumerate(readings):
        user_id = people[number % len(people)]
        row = Assessment(flag_id=flag.id, item_version_id=flag.item_version_id, user_id=user_id, is_second=number > 0, **values)
        session.add(row)
        session.flush()
    return flag


def suggested(session: Session) -> list[tuple[int, str]]:
    return [(row.item_id, row.label) for row in suggest_golden(session, 10)]


def test_golden_item_is_added_once_and_recorded(session: Session) -> None:
    item = make_item(session, title="")
    assert add_golden(session, item.id, "pasang_apk", note="sepakat", actor="sari")
    assert not add_golden(session, item.id, "pasang_apk", actor="budi")
    (row,) = list_golden(session)
    assert (row.item_id, row.label, row.note, row.added_by, row.is_current) == (item.id, "pasang_apk", "sepakat", "sari", True)
    assert row.title == row.document.text[:80]
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.actor, event.detail["konten"]) == ("emas.tambah", "sari", item.id)
    assert verify_chain(session).breaks == []


def test_what_cannot_be_golden_is_refused_with_a_mend(session: Session) -> None:
    item = make_item(session)
    add_golden(session, item.id, "ikrar", actor="sari")
    for item_id, label, message in (
        (item.id, "pasang_apk", f"golden as ikrar.*golden remove {item.id}"),
        (item.id, "bukan kelas", "is no class.*pasang_apk"),
        (item.id + 1000, "ikrar", "there is no item"),
    ):
        with pytest.raises(GoldenError, match=message):
            add_golden(session, item_id, label, actor="sari")


def test_erased_words_are_neither_suggested_nor_made_golden(session: Session) -> None:
    flag = finish(session, YES, YES)
    erase_items(session, [flag.item_id], "permintaan", now())
    session.expire_all()
    assert suggested(session) == []
    with pytest.raises(GoldenError, match="were erased"):
        add_golden(session, flag.item_id, "pasang_apk", actor="sari")
    assert list_golden(session) == []


def test_golden_words_stay_when_the_item_changes(session: Session) -> None:
    item = make_item(session)
    add_golden(session, item.id, "ikrar", actor="sari")
    version = ItemVersion(item_id=item.id, number=2, text="Lain.", text_sha256="2" * 64)
    session.add(version)
    session.flush()
    item.current_version_id = version.id
    session.flush()
    assert [row.is_current for row in list_golden(session)] == [False]
    assert add_golden(session, item.id, "pasang_apk", actor="sari")
    assert [text.label for text in read_golden(session)] == ["ikrar", "pasang_apk"]


def test_removed_item_leaves_a_row_in_the_trail(session: Session) -> None:
    item = make_item(session)
    add_golden(session, item.id, "ikrar", actor="sari")
    remove_golden(session, item.id, actor="budi")
    assert session.scalars(select(GoldenItem)).all() == []
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.actor, event.detail["kelas"]) == ("emas.hapus", "budi", "ikrar")
    with pytest.raises(GoldenError, match="is not golden"):
        remove_golden(session, item.id, actor="budi")


def test_agreed_flags_are_suggested_newest_first(session: Session) -> None:
    older, newer = finish(session, YES, YES), finish(session, NO)
    assert suggested(session) == [(newer.item_id, "imbauan"), (older.item_id, "pasang_apk")]
    assert [row.readers for row in suggest_golden(session, 1)] == [1]
    add_golden(session, newer.item_id, "imbauan", actor="sari")
    assert suggested(session) == [(older.item_id, "pasang_apk")]


@pytest.mark.parametrize(
    "readings",
    [
        [YES],
        [YES, NO],
        [YES, YES | {"act": "tim_sukses"}],
        [NO | {"no_violation_reason": NoViolationReason.NOT_ASN}],
        [NO | {"no_violation_reason": NoViolationReason.OLD}],
        [{"outcome": Outcome.UNVERIFIABLE}],
        [],
    ],
)
def test_what_readers_did_not_agree_on_is_not_suggested(session: Session, readings: list[dict[str, Any]]) -> None:
    if readings:
        finish(session, *readings)
    assert suggested(session) == []


def test_one_person_who_reads_twice_does_not_agree_with_anybody(session: Session) -> None:
    finish(session, YES, YES, readers=1)
    assert suggested(session) == []


def test_withdrawn_reading_does_not_count(session: Session) -> None:
    flag = finish(session, YES, NO)
    first = session.scalars(select(Assessment).order_by(Assessment.id)).first()
    assert first is not None
    undo = Assessment(
        flag_id=flag.id,
        item_version_id=flag.item_version_id,
        user_id=first.user_id,
        outcome=Outcome.WITHDRAWN,
        undoes_id=first.id,
    )
    session.add(undo)
    session.flush()
    assert suggested(session) == [(flag.item_id, "imbauan")]


def test_agreement_on_earlier_words_is_not_suggested(session: Session) -> None:
    flag = finish(session, YES, YES)
    version = ItemVersion(item_id=flag.item_id, number=2, text="Lain.", text_sha256="2" * 64)
    session.add(version)
    session.flush()
    session.get_one(Item, flag.item_id).current_version_id = version.id
    session.flush()
    assert suggested(session) == []


@pytest.mark.parametrize("readings", [[], [NO], [NO | {"no_violation_reason": NoViolationReason.OLD}]])
def test_what_was_asked_again_is_suggested_by_the_newest_answer_alone(session: Session, readings: list[dict[str, Any]]) -> None:
    first = finish(session, YES, YES)
    again = make_flag(session, state=FlagState.ASSESSED if readings else FlagState.OPEN, assessed_at=now())
    again.item_id, again.item_version_id = first.item_id, first.item_version_id
    for values in readings:
        user_id = make_user(session).id
        session.add(Assessment(flag_id=again.id, item_version_id=again.item_version_id, user_id=user_id, **values))
    session.flush()
    assert suggested(session) == [(first.item_id, "imbauan")] * (readings == [NO])

"""A hold keeps an item from every timer; a request erases it today, but never what somebody still needs."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent, ItemVersion, now
from models.settings import Settings
from netra.retention.errors import RetentionError
from netra.retention.holds import erase_on_request, hold, list_holds, release
from netra.retention.rules import load_rules, read_days
from tests.factories import make_flag
from tests.netra.retention.conftest import MARK, Office, bytes_of, run_all


def text_of(session: Session, item_id: int) -> str:
    session.expire_all()
    return session.scalars(select(ItemVersion.text).where(ItemVersion.item_id == item_id)).one()


def test_a_hold_is_seen_ended_and_stands_in_the_trail(session: Session, office: Office) -> None:
    hold(session, office.recent.id, "surat Ombudsman 12/2024", "uji")
    assert [row.item_id for row in list_holds(session)] == [office.recent.id]
    with pytest.raises(RetentionError, match="held already"):
        hold(session, office.recent.id, "lagi", "uji")
    release(session, office.recent.id, now(), "uji")
    assert list_holds(session) == []
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == office.recent.id)).all()
    assert {"retensi.tahan", "retensi.lepas"} <= set(actions)


def test_releasing_what_is_not_held_and_holding_what_is_not_there_are_refused(session: Session, office: Office) -> None:
    with pytest.raises(RetentionError, match="is not held"):
        release(session, office.recent.id, now(), "uji")
    with pytest.raises(RetentionError, match="there is no item 999"):
        hold(session, 999, "surat", "uji")


def test_a_request_erases_today_and_the_bytes_go_with_the_next_run(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    erase_on_request(session, office.unflagged.id, "surat 7/2025", now(), "uji")
    session.commit()
    assert text_of(session, office.unflagged.id) == ""
    session.commit()
    run_all(engine, settings)
    assert MARK.encode() not in bytes_of(settings.evidence_dir)


def test_a_request_leaves_evidence_of_a_case_alone(session: Session, office: Office) -> None:
    with pytest.raises(RetentionError, match="cannot be erased"):
        erase_on_request(session, office.evidence.id, "surat 7/2025", now(), "uji")
    assert text_of(session, office.evidence.id)


def test_a_refusal_names_the_reasons_that_hold_and_no_other(session: Session, office: Office) -> None:
    make_flag(session, office.unflagged)
    hold(session, office.recent.id, "surat Ombudsman 12/2024", "uji")
    hold(session, office.evidence.id, "surat Ombudsman 12/2024", "uji")
    for item, why in (
        (office.unflagged, "it is open work: assess its flag first."),
        (office.recent, "it is held: release it first."),
        (office.evidence, "it is evidence of a case: take it out of its case first; it is held: release it first."),
    ):
        with pytest.raises(RetentionError, match=f"^item {item.id} cannot be erased: {why}$"):
            erase_on_request(session, item.id, "surat 7/2025", now(), "uji")


def test_numbers_of_days_are_read_and_wrong_ones_are_named() -> None:
    assert {rule.slug: rule.days for rule in load_rules(read_days("sesi=30, masuk_gagal=0"))}["sesi"] == 30
    for setting in ("sesi", "sesi=banyak", "lain=3", "sesi=-1"):
        with pytest.raises(RetentionError, match="NETRA_RETENTION_DAYS"):
            load_rules(read_days(setting))

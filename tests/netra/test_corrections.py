"""What requests for correction have with retention and the command line."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent, Correction, CorrectionAsk, Item, ItemVersion, now
from models.database import make_reading_session
from models.settings import Settings
from netra.erasing import RequestErasing
from netra.retention.holds import hold, release
from service.accounts.service import load_actor
from service.corrections import deeds, targets
from service.corrections.errors import HeldByLaw, NotErased
from tests.factories import make_flag, make_item, make_user
from tests.netra.retention.conftest import run_all
from tests.processes import run_netra
from tests.service.corrections.desk import make_correction

MARK = "Zulkhairawan"


def text_of(session: Session, item: Item) -> str:
    session.expire_all()
    return session.scalars(select(ItemVersion.text).where(ItemVersion.item_id == item.id)).one()


def test_an_item_is_erased_on_request_and_a_hold_wins(session: Session) -> None:
    actor = load_actor(session, make_user(session, role="koordinator", region_code="33"))
    item = make_item(session, text=f"{MARK} hadir dalam rapat.")
    one = make_correction(session, asked=CorrectionAsk.ERASE, identity_at=now())
    target = targets.get_target(session, actor, "konten", item.id)
    hold(session, item.id, "surat pengadilan", "uji")
    with pytest.raises(HeldByLaw):
        deeds.erase(session, actor, one, target, RequestErasing())
    release(session, item.id, now(), "uji")
    deeds.erase(session, actor, one, target, RequestErasing())
    assert text_of(session, item) == ""
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert actions == ["koreksi.tindak", "retensi.permintaan"]


def test_open_work_is_not_erased_and_nothing_of_the_deed_stays(session: Session) -> None:
    actor = load_actor(session, make_user(session, role="koordinator", region_code="33"))
    flag = make_flag(session, make_item(session))
    one = make_correction(session, asked=CorrectionAsk.ERASE, identity_at=now())
    target = targets.get_target(session, actor, "penanda", flag.id)
    with pytest.raises(NotErased):
        deeds.erase(session, actor, one, target, RequestErasing())
    assert session.scalars(select(AuditEvent.action)).all() == []


def test_contacts_and_words_of_ended_requests_go_in_their_time(engine: Engine, session: Session, settings: Settings) -> None:
    long_ago, lately = now() - timedelta(days=400), now() - timedelta(days=40)
    for answered_at in (long_ago, lately, None):
        make_correction(session, wrong=MARK, reply=MARK, contact_sealed="tersegel", answered_at=answered_at)
    session.commit()
    by_rule = run_all(engine, settings).by_rule
    assert (by_rule["kontak_koreksi"], by_rule["koreksi_selesai"]) == ({"kontak": 2}, {"permintaan": 1})
    with make_reading_session(engine)() as reading:
        rows = [(one.wrong, one.contact_sealed) for one in reading.scalars(select(Correction).order_by(Correction.id))]
    assert rows == [("", None), (MARK, None), (MARK, "tersegel")]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_commands_tell_numbers_and_times_and_no_word_of_a_sender(session: Session, settings: Settings) -> None:
    empty = run_netra(settings, "corrections", "list")
    assert (empty.returncode, "no request waits" in empty.stdout) == (0, True)
    late: dict[str, Any] = {"created_at": now() - timedelta(hours=80), "due_at": now() - timedelta(hours=8)}
    one = make_correction(session, wrong=MARK, description=MARK, **late)
    session.commit()
    said = run_netra(settings, "corrections", "list", "--json")
    found = json.loads(said.stdout)
    assert [(row["id"], row["status"], row["hours_left"]) for row in found["corrections"]] == [(one.id, "diterima", -9)]
    assert (found["figures"]["received"], found["figures"]["overdue"]) == (1, 1)
    shown = run_netra(settings, "corrections", "show", str(one.id))
    assert "asked: perbaiki" in shown.stdout
    assert MARK not in said.stdout + shown.stdout
    missing = run_netra(settings, "corrections", "show", "99")
    assert (missing.returncode, "there is no request 99" in missing.stderr) == (2, True)

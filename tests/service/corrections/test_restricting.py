"""How long something lies still: until the answer, again once that is taken back, and never without an end."""

import pytest
from sqlalchemy import event, select, update

from models import (
    AuditEvent,
    CorrectionAnswer,
    CorrectionAsk,
    CorrectionDeed,
    CorrectionDeedKind,
    Flag,
    FlagState,
    IdentityCheck,
    now,
    verify_chain,
)
from service.cases.restricted import is_restricted
from service.cases.schemas import NewCase
from service.cases.service import open_case
from service.corrections import deeds, service
from service.corrections.errors import AnswerEndsIt
from service.corrections.service import Answer
from tests.factories import make_flag, make_item, make_user
from tests.service.corrections.conftest import Office
from tests.service.corrections.desk import make_correction

REFUSED = Answer(CorrectionAnswer.REFUSED, "bukan_tentang_pemohon", "Bukan tentang Anda.")
PARTLY = Answer(CorrectionAnswer.PARTLY, "bukan_tentang_pemohon", "Sebagian dibatasi.")


def running(office: Office) -> list[int | None]:
    query = select(CorrectionDeed.flag_id).where(CorrectionDeed.kind == CorrectionDeedKind.RESTRICT)
    return list(office.session.scalars(query.where(CorrectionDeed.undone_at.is_(None))))


def test_what_an_answer_let_go_on_lies_still_again_once_it_is_taken_back(office: Office) -> None:
    case = open_case(office.session, office.actor, NewCase(flag_ids=[office.flag.id], title="Rapat"))
    one = office.request(CorrectionAsk.RESTRICT)
    for target in (office.target(), office.target("perkara", case.id)):
        deeds.restrict(office.session, office.actor, one, target)
    for _ in range(2):
        service.answer(office.session, office.actor, one.id, REFUSED)
        assert (office.session.get_one(Flag, office.flag.id).state, is_restricted(office.session, case.id)) == (
            FlagState.OPEN,
            False,
        )
        assert service.undo_answer(office.session, office.actor, one.id) == []
        assert office.session.get_one(Flag, office.flag.id).state is FlagState.RESTRICTED
        assert is_restricted(office.session, case.id)
    assert len(running(office)) == 2
    assert verify_chain(office.session).breaks == []


def test_what_was_assessed_meanwhile_stays_as_it_is_and_the_page_says_so(session, sign_in) -> None:
    flag = make_flag(session, make_item(session, region_code="33"))
    one = make_correction(session, asked=CorrectionAsk.RESTRICT)
    user = make_user(session, role="koordinator", region_code="33")
    session.commit()
    browser, path = sign_in(user), f"/permintaan/{one.id}"
    assert browser.post(f"{path}/batasi", data={"sasaran": f"penanda {flag.id}"}).status_code == 303
    sent = {"jawaban": "ditolak", "dasar": "bukan_tentang_pemohon", "balasan": "Bukan tentang Anda."}
    assert browser.post(f"{path}/jawab", data=sent).status_code == 303
    session.execute(update(Flag).values(state=FlagState.ASSESSED, assessed_at=now()))
    session.commit()
    answer = browser.post(f"{path}/jawab/batal")
    assert "tidak semua pembatasan" in browser.get(answer.headers["location"]).text
    told = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "koreksi.batal_jawab")).one()
    assert (told["pembatasan"], len(told["pembatasan_berakhir"])) == ([], 1)


def test_nothing_lies_still_again_for_whom_took_the_request_back(office: Office) -> None:
    one = office.request(CorrectionAsk.RESTRICT)
    deeds.restrict(office.session, office.actor, one, office.target())
    service.answer(office.session, office.actor, one.id, REFUSED)
    one.withdrawn_at = now()
    assert service.undo_answer(office.session, office.actor, one.id) == []
    assert running(office) == []


def test_a_restriction_begins_after_an_answer_only_where_it_is_what_was_granted(office: Office) -> None:
    refused, granted = office.request(CorrectionAsk.RESTRICT), office.request(CorrectionAsk.RESTRICT)
    fixed = office.request(CorrectionAsk.FIX)
    for one in (granted, fixed):
        service.check_identity(office.session, office.actor, one.id, IdentityCheck.IN_PERSON)
    for one, given in ((refused, REFUSED), (granted, PARTLY), (fixed, Answer(CorrectionAnswer.GRANTED, "", "Dicatat."))):
        service.answer(office.session, office.actor, one.id, given)
    for one in (refused, fixed):
        with pytest.raises(AnswerEndsIt):
            deeds.restrict(office.session, office.actor, one, office.target())
    deeds.restrict(office.session, office.actor, granted, office.target())
    assert running(office) == [office.flag.id]


def test_every_flag_goes_on_before_the_first_event_holds_the_chain(office: Office) -> None:
    one = office.request(CorrectionAsk.RESTRICT)
    others = [make_flag(office.session, make_item(office.session, region_code="33")) for _ in range(2)]
    for flag in (others[1], office.flag, others[0]):
        deeds.restrict(office.session, office.actor, one, office.target("penanda", flag.id))
    written = list[str]()
    connection = office.session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: written.append(given[2]))
    service.answer(office.session, office.actor, one.id, REFUSED)
    service.undo_answer(office.session, office.actor, one.id)
    kinds = [what for sql in written for what in ("UPDATE flags", "INSERT INTO audit_events") if sql.startswith(what)]
    assert kinds == [*["UPDATE flags"] * 3, *["INSERT INTO audit_events"] * 7] * 2

"""Who asks, what is answered within 3 x 24 hours, and by whom it may be taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models import AuditEvent, CorrectionAnswer, CorrectionAsk, Flag, FlagState, IdentityCheck, now
from models.database import make_session
from service.app import create_app
from service.corrections import service
from service.corrections.errors import CorrectionAnswered, CorrectionTakenBack, IdentityUnchecked
from service.corrections.figures import read_figures
from service.corrections.grounds import list_grounds, read_grounds
from service.corrections.receiving import CorrectionStatus, status_of
from service.corrections.service import Answer
from service.dashboard.publishing import publish_due
from service.errors import InvalidInput, NotFound
from service.language import read_catalogue
from tests.factories import make_user
from tests.service.corrections.conftest import Office
from tests.service.corrections.desk import make_correction, send

GRANTED = Answer(CorrectionAnswer.GRANTED, "", "Dicatat di samping berita.")
REFUSED = Answer(CorrectionAnswer.REFUSED, "isi_pers", "Ajukan hak koreksi kepada redaksi.")


def actions(office: Office) -> list[str]:
    return list(office.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_nothing_is_granted_before_somebody_made_sure_who_asks(office: Office) -> None:
    one = office.request()
    with pytest.raises(IdentityUnchecked):
        service.answer(office.session, office.actor, one.id, GRANTED)
    service.check_identity(office.session, office.actor, one.id, IdentityCheck.LETTER)
    assert status_of(one) is CorrectionStatus.CHECKED
    service.answer(office.session, office.actor, one.id, GRANTED)
    assert status_of(one) is CorrectionStatus.GRANTED
    assert actions(office) == ["koreksi.identitas", "koreksi.jawab"]


@pytest.mark.parametrize("ground", ["", "penegakan_hukum", "tidak_hanya_otomatis", "karangan"])
def test_a_correction_is_refused_for_a_reason_of_its_own_list_only(office: Office, ground: str) -> None:
    one = office.request(CorrectionAsk.FIX)
    with pytest.raises(InvalidInput):
        service.answer(office.session, office.actor, one.id, Answer(CorrectionAnswer.REFUSED, ground, "Tidak."))
    service.answer(office.session, office.actor, one.id, REFUSED)
    assert (one.answer, one.ground) == (CorrectionAnswer.REFUSED, "isi_pers")


def test_article_15_excepts_no_correction() -> None:
    for asked in (CorrectionAsk.FIX, CorrectionAsk.COMPLETE):
        assert [ground.basis for ground in list_grounds(asked) if "Ps 15" in ground.basis] == []
    assert all(list_grounds(asked) for asked in CorrectionAsk)
    assert {f"dasar_tolak.{ground.slug}" for ground in read_grounds()} <= read_catalogue().keys()


def test_an_answer_is_given_once_and_taken_back_under_the_same_clock(office: Office) -> None:
    one = office.request()
    due_at = one.due_at
    service.answer(office.session, office.actor, one.id, REFUSED)
    with pytest.raises(CorrectionAnswered):
        service.answer(office.session, office.actor, one.id, REFUSED)
    service.undo_answer(office.session, office.actor, one.id)
    assert (one.answer, one.reply, one.due_at) == (None, "", due_at)
    with pytest.raises(CorrectionAnswered):
        service.undo_answer(office.session, office.actor, one.id)
    assert actions(office) == ["koreksi.jawab", "koreksi.batal_jawab"]


def test_what_was_taken_back_is_answered_no_more(office: Office) -> None:
    one = office.request(withdrawn_at=now())
    with pytest.raises(CorrectionTakenBack):
        service.answer(office.session, office.actor, one.id, REFUSED)
    with pytest.raises(CorrectionTakenBack):
        service.get_standing(office.session, office.actor, one.id)


def test_requests_of_another_area_and_of_nobodys_are_not_there(office: Office) -> None:
    for region_code in ("51", None):
        one = office.request(region_code=region_code)
        with pytest.raises(NotFound):
            service.read_page(office.session, office.actor, one.id)
    assert service.read_list(office.session, office.actor, service.CorrectionShelf.ALL, None).rows == []


def test_a_request_may_concern_what_stands_under_its_address(office: Office) -> None:
    one = office.request(address=(office.item.url or "").replace("https://", "http://www.") + "?utm_source=wa")
    page = service.read_page(office.session, office.actor, one.id, "stafnya memilih")
    assert [target.key for target in page.by_address] == [f"penanda {office.flag.id}"]
    assert [target.key for target in page.targets] == [f"penanda {office.flag.id}"]
    assert service.read_page(office.session, office.actor, office.request(address="https://contoh.test/lain").id).targets == []


def test_figures_count_answers_and_their_time(office: Office) -> None:
    late = office.request(created_at=now() - timedelta(hours=80), due_at=now() - timedelta(hours=8))
    office.request(created_at=now() - timedelta(hours=80), due_at=now() - timedelta(hours=8), region_code="51")
    office.request()
    service.answer(office.session, office.actor, late.id, REFUSED)
    mine, whole = read_figures(office.session, office.actor), read_figures(office.session)
    assert (mine.received, mine.open, mine.overdue, mine.in_time, mine.median_hours) == (2, 1, 0, 0, 80.0)
    assert mine.answered[CorrectionAnswer.REFUSED] == 1
    assert (whole.received, whole.overdue) == (3, 1)


@pytest.mark.parametrize(("count", "said"), [(4, ""), (6, "5–9 permintaan dijawab, 5–9 di antaranya")])
def test_the_public_reads_ranges_of_a_half_year_that_is_over(session, engine, settings, count: int, said: str) -> None:
    today, answered_at = date(2025, 3, 5), datetime(2024, 9, 12, tzinfo=UTC)
    for _ in range(count):
        make_correction(session, answer=CorrectionAnswer.GRANTED, answered_at=answered_at)
    session.commit()
    publish_due(make_session(engine), today)
    make_correction(session, answer=CorrectionAnswer.GRANTED, answered_at=answered_at)
    session.commit()
    with TestClient(create_app(settings.model_copy(update={"public_statistics": True}))) as visitor:
        page = visitor.get("/koreksi").text
    assert ("permintaan dijawab" in page) is bool(said)
    assert said in page


def test_the_contact_is_opened_on_the_record_and_by_nobody_else(session, settings, visitor, sign_in) -> None:
    send(visitor, settings, kontak="warga@contoh.test")
    coordinator = sign_in(role="koordinator", region_code="33")
    assert "warga@contoh.test" not in coordinator.get("/permintaan/1").text
    assert "warga@contoh.test" in coordinator.post("/permintaan/1/kontak").text
    assert sign_in(make_user(session, role="pengawas", region_code="33")).post("/permintaan/1/kontak").status_code == 403
    found = session.scalars(select(AuditEvent).where(AuditEvent.action == "koreksi.kontak")).all()
    assert [(event.subject_type, event.subject_id, event.detail) for event in found] == [("correction", 1, {})]


def test_the_sender_reads_the_answer_and_its_article(session, settings, visitor, sign_in) -> None:
    code = send(visitor, settings)
    coordinator = sign_in(role="koordinator", region_code="33")
    sent = {"jawaban": "ditolak", "dasar": "isi_pers", "balasan": "Ajukan <b>hak koreksi</b> kepada redaksi."}
    assert coordinator.post("/permintaan/1/jawab", data=sent).status_code == 303
    page = visitor.post("/koreksi/status", data={"kode": code}).text
    assert "UU 40/1999 Ps 5 ayat (2) dan ayat (3)" in page
    assert "Ajukan &lt;b&gt;hak koreksi&lt;/b&gt; kepada redaksi." in page
    assert session.scalars(select(Flag.state).where(Flag.state == FlagState.RESTRICTED)).all() == []

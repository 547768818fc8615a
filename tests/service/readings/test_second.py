"""Second readings by lot, and the last word where two disagree."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, AuditEvent, FlagState, Outcome
from service.cases.repository import list_confirmed
from service.errors import AlreadyAssessed, NotFound, OwnFirstReading
from service.items.page import read_flag
from service.readings import disputes
from service.readings.comparing import compare
from service.readings.errors import NotDisputed, OwnReading
from service.review import covering, repository, service
from tests.factories import make_flag, make_item
from tests.service.readings.conftest import DUPLICATE, INDICATION, UNVERIFIABLE, Person, Read, lots


def test_the_lot_sends_other_outcomes_to_a_second_person(session: Session, person: Person, read: Read) -> None:
    flag, first, second = make_flag(session), person(), person()
    read(first, flag, UNVERIFIABLE, lots(second=1))
    assert (flag.state, flag.first_assessor_id) == (FlagState.SECOND, first.id)
    with pytest.raises(OwnFirstReading):
        service.take(session, first, flag.id, minutes=20)
    page = read_flag(session, second, flag.id)
    assert (page.hides_first, page.assessments, page.nearest) == (True, [], [])
    read(second, flag, UNVERIFIABLE)
    assert flag.state is FlagState.ASSESSED


def test_nobody_is_drawn_where_nobody_else_could_read(session: Session, person: Person, read: Read) -> None:
    flag = make_flag(session, make_item(session, region_code="35.10"))
    person(region_code="33")
    read(person(region_code="35"), flag, UNVERIFIABLE, lots(second=1))
    assert flag.state is FlagState.ASSESSED


def test_a_lot_cannot_be_drawn_again_and_falls_as_often_as_said() -> None:
    drawn = [flag_id for flag_id in range(4000) if lots(second=0.05).asks_second(flag_id)]
    assert drawn == [flag_id for flag_id in range(4000) if lots(second=0.05).asks_second(flag_id)]
    assert 150 < len(drawn) < 250


def test_two_who_disagree_wait_for_a_third(session: Session, person: Person, read: Read) -> None:
    flag, first, second, lead = make_flag(session), person(), person(role="koordinator"), person(role="koordinator")
    read(first, flag, INDICATION)
    read(second, flag, DUPLICATE)
    assert flag.state is FlagState.DISPUTED
    with pytest.raises(AlreadyAssessed):
        service.take(session, lead, flag.id, minutes=20)
    assert [row.flag.id for row in disputes.list_disputes(session, lead)] == [flag.id]
    with pytest.raises(OwnReading):
        disputes.resolve(session, second, flag.id, INDICATION)
    with pytest.raises(NotFound):
        disputes.resolve(session, person(role="koordinator", region_code="35"), flag.id, INDICATION)
    assert disputes.resolve(session, lead, flag.id, INDICATION).is_final
    session.refresh(flag)
    assert flag.state is FlagState.ASSESSED
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1)).one() == "penilaian.tengahi"
    with pytest.raises(NotDisputed):
        disputes.resolve(session, lead, flag.id, INDICATION)


@pytest.mark.parametrize(("last", "count"), [(INDICATION, 1), (DUPLICATE, 0)])
def test_a_case_rests_on_the_last_word(session: Session, person: Person, read: Read, last: object, count: int) -> None:
    flag, second = make_flag(session), person()
    read(person(), flag, UNVERIFIABLE, lots(second=1))
    read(second, flag, INDICATION)
    assert list_confirmed(session, [flag.id]) == []
    disputes.resolve(session, person(role="koordinator"), flag.id, last)  # pyright: ignore[reportArgumentType]
    assert len(list_confirmed(session, [flag.id])) == count


def test_undoing_goes_back_one_step_at_a_time(session: Session, person: Person, read: Read) -> None:
    flag, first, second, lead = make_flag(session), person(), person(), person(role="koordinator")
    read(first, flag, INDICATION)
    read(second, flag, DUPLICATE)
    last = disputes.resolve(session, lead, flag.id, DUPLICATE)
    covering.undo(session, lead, last.id, minutes=20)
    session.refresh(flag)
    assert (flag.state, flag.holder_id, flag.first_assessor_id) == (FlagState.DISPUTED, None, first.id)
    given = session.scalars(select(Assessment).where(Assessment.user_id == second.id)).one()
    with pytest.raises(Exception, match="can no longer be undone"):
        covering.undo(session, second, given.id, minutes=20)


def test_both_readings_stand_side_by_side(session: Session, person: Person, read: Read) -> None:
    flag = make_flag(session)
    read(person(), flag, INDICATION)
    read(person(), flag, INDICATION.model_copy(update={"act": "foto_simbol"}))
    found = compare(repository.list_assessments(session, flag.id))
    assert found is not None
    assert [field.field for field in found.fields if not field.is_same] == ["act"]
    assert (found.agrees, flag.state) == (False, FlagState.DISPUTED)


def test_the_pages_of_a_coordinator(session: Session, sign_in, person: Person, read: Read) -> None:
    flag = make_flag(session, make_item(session, title="<b>Camat</b>"))
    read(person(username="rina"), flag, INDICATION)
    read(person(username="bagas"), flag, DUPLICATE)
    browser = sign_in(role="koordinator")
    text = browser.get("/beda-pendapat").text
    assert "&lt;b&gt;Camat" in text
    assert '<th scope="col">Rina</th>' in text
    assert f'action="/beda-pendapat/{flag.id}"' in browser.get(f"/penanda/{flag.id}").text
    assert browser.post(f"/beda-pendapat/{flag.id}", data={"hasil": "bukan_pelanggaran"}).status_code == 422
    answer = browser.post(f"/beda-pendapat/{flag.id}", data={"hasil": "duplikat"})
    assert answer.headers["location"] == "/beda-pendapat?pesan=ditengahi&penilaian=3"
    assert "Penilaian penengah tersimpan" in browser.get(answer.headers["location"]).text
    quality = browser.get("/mutu").text
    assert "1 beda pendapat, 1 ditengahi" in quality
    assert "Bagas – Rina" in quality
    assert browser.get("/mutu.csv").text.count("\r\n") > 10
    assert sign_in(role="pengawas").get("/mutu").status_code == 403


def test_withdrawn_second_readings_open_no_dispute(session: Session, person: Person, read: Read) -> None:
    flag, second = make_flag(session), person()
    read(person(), flag, INDICATION)
    read(second, flag, DUPLICATE)
    given = session.scalars(select(Assessment).where(Assessment.user_id == second.id)).one()
    covering.undo(session, second, given.id, minutes=20)
    session.refresh(flag)
    assert (flag.state, flag.holder_id) == (FlagState.SECOND, second.id)
    service.assess(session, second, flag.id, INDICATION)
    assert session.scalars(select(Assessment.outcome).order_by(Assessment.id.desc()).limit(1)).one() is Outcome.INDICATION

from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, Flag, FlagState, Lease, LeaseEnd, Outcome, User, ViolationType, now
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.errors import (
    AlreadyAssessed,
    AlreadyHeld,
    CannotUndo,
    Forbidden,
    InvalidInput,
    LeaseLost,
    NotFound,
    OwnFirstReading,
    TooManyHeld,
)
from service.review import claims, covering, service
from service.review.filters import QueueFilter, Shelf
from service.review.schemas import Judgement
from tests.factories import make_flag, make_item, make_source, make_user
from tests.service.judgements import INDICATION as INDICATION_FORM
from tests.service.judgements import UNVERIFIABLE

DUPLICATE = Judgement(outcome=Outcome.DUPLICATE)
INDICATION = Judgement.model_validate(
    {
        "outcome": "indikasi_pelanggaran",
        "content_partisan": "ya",
        "person_asn": "ya",
        "attribution_verified": "ya",
        "act": "kegiatan_berpihak",
    }
)


def person(session: Session, **values: str | None) -> Actor:
    return load_actor(session, make_user(session, **values))  # pyright: ignore[reportArgumentType]


def state_of(session: Session, flag: Flag) -> tuple[FlagState, int | None]:
    session.refresh(flag)
    return flag.state, flag.holder_id


def test_the_most_likely_flag_comes_first_and_only_once(session: Session) -> None:
    low, high = make_flag(session, probability=0.6), make_flag(session, probability=0.9)
    one, two = person(session), person(session)
    assert service.take_next(session, one, minutes=20) == high.id
    assert service.take_next(session, two, minutes=20) == low.id
    assert service.take_next(session, two, minutes=20) is None


def test_taking_next_follows_the_filter_on_screen(session: Session) -> None:
    make_flag(session, probability=0.9)
    source = make_source(session, slug="kabar")
    wanted = make_flag(session, make_item(session, source=source, region_code="33.24", title="Lurah 100% hadir"))
    filters = QueueFilter(Shelf.OPEN, "33.24", "kabar", "100%")
    assert service.take_next(session, person(session), minutes=20, filters=filters) == wanted.id


def test_a_region_takes_in_its_regencies_and_nothing_else(session: Session) -> None:
    make_flag(session, make_item(session, region_code="35"), probability=0.99)
    make_flag(session, make_item(session, region_code=None), probability=0.98)
    inside = make_flag(session, make_item(session, region_code="33.24"), probability=0.5)
    actor = person(session, region_code="33")
    assert service.take_next(session, actor, minutes=20) == inside.id
    assert service.take_next(session, actor, minutes=20) is None


def test_a_flag_out_of_the_area_does_not_exist(session: Session) -> None:
    flag = make_flag(session, make_item(session, region_code="35"))
    with pytest.raises(NotFound):
        service.take(session, person(session, region_code="33"), flag.id, minutes=20)


def test_a_held_flag_names_its_holder(session: Session) -> None:
    flag = make_flag(session)
    service.take(session, person(session, username="sari"), flag.id, minutes=20)
    with pytest.raises(AlreadyHeld, match="Held by Sari"):
        service.take(session, person(session), flag.id, minutes=20)


def test_an_expired_lease_is_ended_when_the_flag_is_taken_again(session: Session) -> None:
    flag, slow, quick = make_flag(session), person(session), person(session)
    service.take(session, slow, flag.id, minutes=20)
    flag.held_until = now() - timedelta(seconds=1)
    session.flush()
    service.take(session, quick, flag.id, minutes=20)
    leases = session.scalars(select(Lease).order_by(Lease.id).execution_options(populate_existing=True)).all()
    assert [(lease.user_id, lease.ended_by) for lease in leases] == [(slow.id, LeaseEnd.EXPIRED), (quick.id, None)]


def test_a_released_flag_is_free_again(session: Session) -> None:
    flag, actor = make_flag(session), person(session)
    service.take(session, actor, flag.id, minutes=20)
    service.release(session, actor, flag.id)
    assert state_of(session, flag) == (FlagState.OPEN, None)
    with pytest.raises(LeaseLost):
        service.release(session, actor, flag.id)


def test_a_heartbeat_extends_a_lease_and_cannot_wake_a_dead_one(session: Session) -> None:
    flag, actor = make_flag(session), person(session)
    service.take(session, actor, flag.id, minutes=1)
    assert service.extend(session, actor, flag.id, minutes=20) > now() + timedelta(minutes=19)
    session.refresh(flag)
    flag.held_until = now() - timedelta(seconds=1)
    session.flush()
    with pytest.raises(LeaseLost):
        service.extend(session, actor, flag.id, minutes=20)


def test_nobody_holds_more_than_twenty(session: Session) -> None:
    for _ in range(claims.MOST_HELD + 1):
        make_flag(session)
    actor = person(session)
    taken = [service.take_next(session, actor, minutes=20) for _ in range(claims.MOST_HELD + 1)]
    assert taken[-1] is None
    assert None not in taken[:-1]
    with pytest.raises(TooManyHeld):
        service.refuse_full_hands(session, actor)


def test_assessing_needs_the_lease(session: Session) -> None:
    flag = make_flag(session)
    with pytest.raises(LeaseLost):
        service.assess(session, person(session), flag.id, DUPLICATE)


def test_the_same_assessment_sent_twice_is_stored_once(session: Session) -> None:
    flag, actor = make_flag(session), person(session)
    service.take(session, actor, flag.id, minutes=20)
    service.assess(session, actor, flag.id, DUPLICATE)
    with pytest.raises(AlreadyAssessed):
        service.assess(session, actor, flag.id, DUPLICATE)
    assert len(session.scalars(select(Assessment)).all()) == 1


def test_an_unknown_act_is_refused(session: Session) -> None:
    flag, actor = make_flag(session), person(session)
    service.take(session, actor, flag.id, minutes=20)
    with pytest.raises(InvalidInput):
        service.assess(session, actor, flag.id, INDICATION.model_copy(update={"act": "karangan"}))


@pytest.mark.parametrize(("day", "code"), [("2024-08-20", "KE-4"), ("2024-10-16", "D-6"), ("2026-01-05", None)])
def test_the_date_decides_the_type_of_violation(session: Session, day: str, code: str | None) -> None:
    published_at = datetime.fromisoformat(f"{day}T03:00:00+00:00")
    flag, actor = make_flag(session, make_item(session, published_at=published_at)), person(session)
    service.take(session, actor, flag.id, minutes=20)
    judgement = INDICATION.model_copy(update={"act": "interaksi_medsos"})
    assessment = service.assess(session, actor, flag.id, judgement)
    found = session.get(ViolationType, assessment.violation_type_id) if assessment.violation_type_id else None
    assert (found.code if found else None) == code


def awaiting_second(session: Session) -> tuple[Flag, Actor, Assessment]:
    flag, first = make_flag(session), person(session)
    service.take(session, first, flag.id, minutes=20)
    return flag, first, service.assess(session, first, flag.id, INDICATION)


def test_signs_of_a_violation_wait_for_another_person(session: Session) -> None:
    flag, first, _ = awaiting_second(session)
    assert state_of(session, flag) == (FlagState.SECOND, None)
    assert service.take_next(session, first, minutes=20) is None
    with pytest.raises(OwnFirstReading):
        service.take(session, first, flag.id, minutes=20)
    assert service.take_next(session, person(session), minutes=20) == flag.id


def test_the_first_reader_cannot_be_the_second_even_holding_the_flag(session: Session) -> None:
    flag, first, _ = awaiting_second(session)
    session.refresh(flag)
    flag.holder_id, flag.held_until = first.id, now() + timedelta(minutes=5)
    session.flush()
    with pytest.raises(OwnFirstReading):
        service.assess(session, first, flag.id, INDICATION)


@pytest.mark.parametrize(("judgement", "state"), [(INDICATION, FlagState.ASSESSED), (DUPLICATE, FlagState.DISPUTED)])
def test_the_second_reading_closes_the_flag_where_it_agrees(session: Session, judgement: Judgement, state: FlagState) -> None:
    flag, _, _ = awaiting_second(session)
    second = person(session)
    service.take(session, second, flag.id, minutes=20)
    assert service.assess(session, second, flag.id, judgement).is_second
    assert state_of(session, flag) == (state, None)


def test_undo_gives_the_flag_back_to_the_same_person(session: Session) -> None:
    flag, actor = make_flag(session), person(session)
    service.take(session, actor, flag.id, minutes=20)
    assessment = service.assess(session, actor, flag.id, DUPLICATE)
    withdrawn = covering.undo(session, actor, assessment.id, minutes=20)
    assert (withdrawn.outcome, withdrawn.undoes_id) == (Outcome.WITHDRAWN, assessment.id)
    assert state_of(session, flag) == (FlagState.OPEN, actor.id)
    with pytest.raises(CannotUndo):
        covering.undo(session, actor, assessment.id, minutes=20)


def test_undoing_a_second_reading_keeps_the_first(session: Session) -> None:
    flag, first, _ = awaiting_second(session)
    second = person(session)
    service.take(session, second, flag.id, minutes=20)
    assessment = service.assess(session, second, flag.id, DUPLICATE)
    covering.undo(session, second, assessment.id, minutes=20)
    assert state_of(session, flag) == (FlagState.SECOND, second.id)
    assert flag.first_assessor_id == first.id


def test_only_the_author_may_undo(session: Session) -> None:
    _, _, assessment = awaiting_second(session)
    with pytest.raises(Forbidden):
        covering.undo(session, person(session), assessment.id, minutes=20)


def test_no_undo_while_a_second_reader_holds_the_flag(session: Session) -> None:
    flag, first, assessment = awaiting_second(session)
    service.take(session, person(session), flag.id, minutes=20)
    with pytest.raises(CannotUndo):
        covering.undo(session, first, assessment.id, minutes=20)


def test_no_undo_when_the_item_has_a_new_flag(session: Session) -> None:
    item = make_item(session)
    flag, actor = make_flag(session, item), person(session)
    service.take(session, actor, flag.id, minutes=20)
    assessment = service.assess(session, actor, flag.id, DUPLICATE)
    again = Flag(**{name: getattr(flag, name) for name in ("item_id", "item_version_id", "reason", "priority", "due_on")})
    again.discovered_at = now()
    session.add(again)
    session.flush()
    with pytest.raises(CannotUndo):
        covering.undo(session, actor, assessment.id, minutes=20)


def test_saving_in_the_browser_hands_out_the_next_flag_with_an_undo_button(session: Session, sign_in) -> None:
    high, low = make_flag(session, probability=0.9), make_flag(session, probability=0.6)
    browser: TestClient = sign_in()
    assert browser.post("/antrean/ambil").headers["location"] == f"/penanda/{high.id}"
    answer = browser.post(f"/penanda/{high.id}/nilai", data=UNVERIFIABLE)
    assert answer.headers["location"].startswith(f"/penanda/{low.id}?pesan=dinilai&penilaian=")
    page = browser.get(answer.headers["location"]).text
    assert "Penilaian tersimpan." in page
    assert "/batal" in page


def test_a_form_with_a_gap_is_shown_again_with_what_was_filled_in(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser: TestClient = sign_in()
    browser.post(f"/penanda/{flag.id}/ambil")
    answer = browser.post(f"/penanda/{flag.id}/nilai", data={"hasil": "bukan_pelanggaran", "catatan": "sudah saya baca"})
    assert answer.status_code == 422
    assert "Pilih alasan mengapa bukan pelanggaran." in answer.text
    assert "sudah saya baca" in answer.text


def test_a_reader_without_the_right_cannot_take(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser: TestClient = sign_in(role="pembaca")
    assert browser.get(f"/penanda/{flag.id}").status_code == 200
    assert browser.post(f"/penanda/{flag.id}/ambil").status_code == 403


def test_a_user_without_roles_may_nothing(session: Session, visitor: TestClient, sign_in) -> None:
    user: User = make_user(session, role="operator")
    browser: TestClient = sign_in(user)
    assert browser.get("/antrean").status_code == 403
    assert browser.get("/sumber").status_code == 200


@pytest.mark.parametrize("field", ["isi", "orang"])
def test_indication_that_contradicts_itself_is_refused(session: Session, sign_in, field: str) -> None:
    flag = make_flag(session)
    client = sign_in()
    client.post(f"/penanda/{flag.id}/ambil")
    answer = client.post(f"/penanda/{flag.id}/nilai", data=INDICATION_FORM | {field: "tidak"})
    assert answer.status_code == 422
    assert session.scalars(select(Assessment)).all() == []


def test_own_assessment_is_undone_from_the_history(session: Session, sign_in) -> None:
    flag = make_flag(session)
    client = sign_in()
    client.post(f"/penanda/{flag.id}/ambil")
    client.post(f"/penanda/{flag.id}/nilai", data=UNVERIFIABLE)
    assert 'action="/penilaian/1/batal"' in client.get(f"/penanda/{flag.id}").text
    client.post("/penilaian/1/batal")
    assert 'action="/penilaian/1/batal"' not in client.get(f"/penanda/{flag.id}").text

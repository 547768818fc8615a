"""Hold for days, hand over, skip: over HTTP, with their refusals."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import Flag, Lease, LeaseEnd, User, now
from models.legal.deadline import local_day
from service.accounts.service import load_actor
from service.review import claims
from tests.factories import make_flag, make_item, make_user


def in_days(days: int) -> str:
    return (local_day(now(), "33") + timedelta(days=days)).isoformat()


def hold(browser: TestClient, flag_id: int, days: int = 1, reason: str = "menunggu klarifikasi") -> int:
    browser.post(f"/penanda/{flag_id}/ambil")
    return browser.post(f"/penanda/{flag_id}/tahan", data={"sampai": in_days(days), "alasan_tahan": reason}).status_code


def test_a_held_flag_shows_who_holds_it_and_why(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser, other = sign_in(username="sari"), sign_in()
    assert hold(browser, flag.id) == 303
    page = other.get(f"/penanda/{flag.id}").text
    assert "Ditahan Sari" in page
    assert "menunggu klarifikasi" in page
    assert other.post(f"/penanda/{flag.id}/ambil").status_code == 409


def test_a_heartbeat_does_not_shorten_a_hold(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser: TestClient = sign_in()
    hold(browser, flag.id, days=3)
    assert browser.post(f"/penanda/{flag.id}/perpanjang").status_code == 303
    session.refresh(flag)
    assert flag.held_until is not None
    assert flag.held_until > now() + timedelta(days=2)


@pytest.mark.parametrize(("days", "reason"), [(-1, "x"), (8, "x"), (1, "")])
def test_a_hold_needs_a_reason_and_a_near_day(session: Session, sign_in, days: int, reason: str) -> None:
    flag = make_flag(session)
    assert hold(sign_in(), flag.id, days=days, reason=reason) == 422


def test_the_sixth_hold_is_refused(session: Session, sign_in) -> None:
    flags = [make_flag(session).id for _ in range(claims.MOST_KEPT + 1)]
    browser: TestClient = sign_in()
    assert [hold(browser, flag_id) for flag_id in flags] == [303] * claims.MOST_KEPT + [409]


def test_a_flag_is_handed_over_with_its_note_and_opened_by_the_receiver(session: Session, sign_in) -> None:
    flag = make_flag(session)
    giver, receiver = sign_in(), sign_in(username="rekan")
    giver.post(f"/penanda/{flag.id}/ambil")
    given = {"penerima": "rekan", "pesan_serah": "Anda kenal kecamatan ini."}
    assert giver.post(f"/penanda/{flag.id}/serahkan", data=given).status_code == 303
    assert "Anda kenal kecamatan ini." in receiver.get("/antrean?rak=semua").text
    assert receiver.post("/antrean/ambil").headers["location"] == f"/penanda/{flag.id}"
    assert giver.post(f"/penanda/{flag.id}/ambil").status_code == 409
    ends = [lease.ended_by for lease in session.query(Lease).order_by(Lease.id)]
    assert ends == [LeaseEnd.HANDED, None]


@pytest.mark.parametrize("receiver", ["entah", "pembaca", "bali"])
def test_only_somebody_with_the_right_in_that_region_receives(session: Session, sign_in, receiver: str) -> None:
    flag = make_flag(session)
    make_user(session, username="pembaca", role="pembaca")
    make_user(session, username="bali", region_code="51")
    browser: TestClient = sign_in()
    browser.post(f"/penanda/{flag.id}/ambil")
    assert browser.post(f"/penanda/{flag.id}/serahkan", data={"penerima": receiver}).status_code == 422
    session.refresh(flag)
    assert flag.handed_at is None


def test_a_hand_over_that_nobody_opens_runs_out(session: Session, sign_in) -> None:
    flag = make_flag(session)
    giver, third = sign_in(), sign_in()
    make_user(session, username="rekan")
    session.commit()
    giver.post(f"/penanda/{flag.id}/ambil")
    giver.post(f"/penanda/{flag.id}/serahkan", data={"penerima": "rekan"})
    session.query(Flag).update({"held_until": now() - timedelta(seconds=1)})
    session.commit()
    assert third.post("/antrean/ambil").headers["location"] == f"/penanda/{flag.id}"


def hand(session: Session, flags: list[Flag], user: User) -> None:
    """Put flags into somebody's hands that wait for being opened."""
    receiver = load_actor(session, user)
    values = claims.handed_values(load_actor(session, make_user(session)), receiver, "", now())
    session.execute(update(Flag).where(Flag.id.in_([flag.id for flag in flags])).values(values))
    session.commit()


def test_whoever_was_handed_full_hands_opens_them_one_by_one(session: Session, sign_in) -> None:
    flags, user = [make_flag(session) for _ in range(claims.MOST_HELD + 1)], make_user(session)
    hand(session, flags[:-1], user)
    browser: TestClient = sign_in(user)
    assert browser.post("/antrean/ambil").headers["location"] == f"/penanda/{flags[0].id}"
    opened = [browser.post("/api/v1/flags/take").json()["flag_id"] for _ in range(claims.MOST_HELD - 1)]
    assert opened == [flag.id for flag in flags[1:-1]]
    assert [browser.post(path).status_code for path in ("/antrean/ambil", "/api/v1/flags/take")] == [409, 409]


def test_what_lies_out_of_the_area_by_now_is_neither_shown_nor_opened(session: Session, sign_in) -> None:
    there, here = (make_flag(session, make_item(session, region_code=code)) for code in ("33.24", "51.71"))
    user = make_user(session, region_code="51")
    hand(session, [there], user)
    browser: TestClient = sign_in(user)
    assert f"/penanda/{there.id}" not in browser.get("/antrean?rak=semua").text
    assert browser.post("/antrean/ambil").headers["location"] == f"/penanda/{here.id}"


def test_skip_gives_the_next_flag_and_lists_the_skipped_one(session: Session, sign_in) -> None:
    first, second = make_flag(session, probability=0.9), make_flag(session, probability=0.8)
    browser: TestClient = sign_in()
    browser.post(f"/penanda/{first.id}/ambil")
    assert browser.post(f"/penanda/{first.id}/lewati").headers["location"].startswith(f"/penanda/{second.id}?")
    assert f"/penanda/{first.id}?" in browser.get("/antrean?rak=dilewati").text
    assert browser.post(f"/penanda/{first.id}/lewati/batal").status_code == 303
    assert f"/penanda/{first.id}?" not in browser.get("/antrean?rak=dilewati").text

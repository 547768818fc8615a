"""One deed on many flags: it respects who holds what, never accuses, and is undone as one event."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    Assessment,
    AuditEvent,
    BulkAction,
    BulkDeed,
    Flag,
    FlagState,
    Lease,
    Outcome,
    User,
    UserRole,
    now,
    verify_chain,
)
from service.accounts.people import remove_role
from service.accounts.service import load_actor
from service.errors import NotFound
from service.review import bulk, undoing
from service.review.bulk import BulkRequest
from service.review.claims import MOST_HELD
from tests.factories import make_flag, make_item, make_user


@pytest.fixture
def flags(session: Session) -> list[Flag]:
    """Three free ones, one that somebody reads, one that awaits a second reader."""
    other = make_user(session)
    found = [make_flag(session) for _ in range(5)]
    found[3].holder_id, found[3].held_until = other.id, now() + timedelta(minutes=5)
    found[4].state, found[4].first_assessor_id = FlagState.SECOND, other.id
    return found


def form(flags: list[Flag], **values: str) -> dict[str, str]:
    ids = ",".join(str(flag.id) for flag in flags)
    return {"tindakan": "nilai", "penanda": ids, "hasil": "duplikat", "alasan": "Berita yang sama"} | values


def states(session: Session, flags: list[Flag]) -> list[FlagState]:
    """Read afresh, without keeping SQLite's lock."""
    session.rollback()
    query = select(Flag.state).where(Flag.id.in_([flag.id for flag in flags])).order_by(Flag.id)
    found = list(session.scalars(query))
    session.rollback()
    return found


def test_the_dry_run_counts_and_changes_nothing(session: Session, sign_in, flags: list[Flag]) -> None:
    browser: TestClient = sign_in(role="koordinator")
    asked = {"penanda": [str(flag.id) for flag in flags], "tindakan": "nilai"}
    page = browser.get("/antrean/massal", params=asked).text
    assert "<b>3</b>" in page
    assert "Contoh: 3 teratas" in page
    assert states(session, flags) == [FlagState.OPEN] * 4 + [FlagState.SECOND]


def test_the_whole_filter_is_taken_where_it_is_asked_for(session: Session, sign_in, flags: list[Flag]) -> None:
    make_flag(session, make_item(session, region_code="51"))
    page = sign_in(role="koordinator").get("/antrean/massal?semua=ya&saring=wilayah%3D33&tindakan=nilai").text
    assert "<b>3</b>" in page


def test_what_somebody_reads_is_left_out_and_undoing_is_one_event(session: Session, sign_in, flags: list[Flag]) -> None:
    browser: TestClient = sign_in(role="koordinator")
    done = browser.post("/antrean/massal", data=form(flags)).headers["location"]
    assert "Selesai: 3 penanda. Dilewati: 2." in browser.get(done).text
    assert states(session, flags) == [FlagState.ASSESSED] * 3 + [FlagState.OPEN, FlagState.SECOND]
    assert browser.post(f"{done}/batal").status_code == 303
    assert states(session, flags) == [FlagState.OPEN] * 4 + [FlagState.SECOND]
    counts = [session.scalar(select(func.count()).where(AuditEvent.action == f"massal.{deed}")) for deed in ("lakukan", "batal")]
    assert counts == [1, 1]
    assert verify_chain(session).breaks == []
    session.rollback()
    assert browser.post(f"{done}/batal").status_code == 409


def test_a_flag_that_was_touched_since_stays_as_it_is(session: Session, sign_in, flags: list[Flag]) -> None:
    browser: TestClient = sign_in(role="koordinator")
    done = browser.post("/antrean/massal", data=form(flags[:2])).headers["location"]
    with session.begin():
        mine = session.scalars(select(Assessment.id).where(Assessment.flag_id == flags[0].id)).one()
    browser.post(f"/penilaian/{mine}/batal")
    browser.post(f"/api/v1/flags/{flags[0].id}/assess", json={"outcome": "luar_wilayah"})
    browser.post(f"{done}/batal")
    assert states(session, flags[:2]) == [FlagState.ASSESSED, FlagState.OPEN]
    session.rollback()
    withdrawn = select(func.count()).where(Assessment.outcome == Outcome.WITHDRAWN)
    assert session.scalar(withdrawn) == 2


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"hasil": "indikasi_pelanggaran"}, 422),
        ({"hasil": "bukan_pelanggaran"}, 422),
        ({"alasan": " "}, 422),
        ({"penanda": ""}, 422),
        ({"penanda": "1,x"}, 422),
        ({"tindakan": "serahkan", "penerima": "entah"}, 422),
        ({"tindakan": "bakar"}, 422),
    ],
)
def test_what_may_not_be_done_to_many_is_refused(
    session: Session, sign_in, flags: list[Flag], values: dict[str, str], status: int
) -> None:
    assert sign_in(role="koordinator").post("/antrean/massal", data=form(flags, **values)).status_code == status
    assert states(session, flags)[:3] == [FlagState.OPEN] * 3


def test_a_monitor_does_fifty_at_once_and_hands_over_nothing(session: Session, sign_in, flags: list[Flag]) -> None:
    browser: TestClient = sign_in()
    many = ",".join(str(number) for number in range(1, 52))
    assert browser.post("/antrean/massal", data=form(flags, penanda=many)).status_code == 422
    assert browser.post("/antrean/massal", data=form(flags, tindakan="serahkan", penerima="x")).status_code == 403


def test_flags_of_another_area_are_left_out(session: Session, sign_in, flags: list[Flag]) -> None:
    done = sign_in(role="koordinator", region_code="51").post("/antrean/massal", data=form(flags)).headers["location"]
    assert done
    assert states(session, flags)[:3] == [FlagState.OPEN] * 3


def test_a_coordinator_hands_over_and_ends_what_waits_for_days(session: Session, sign_in, flags: list[Flag]) -> None:
    flags[3].hold_reason = "cuti"
    receiver = make_user(session, username="rekan")
    browser: TestClient = sign_in(role="koordinator")
    browser.post("/antrean/massal", data=form(flags[3:4], tindakan="lepas"))
    browser.post("/antrean/massal", data=form(flags[:4], tindakan="serahkan", penerima="rekan"))
    session.rollback()
    holders = session.scalars(select(Flag.holder_id).where(Flag.id.in_([flag.id for flag in flags[:4]])))
    assert set(holders) == {receiver.id}


def holdings(session: Session, flag_ids: list[int]) -> list[tuple[Any, ...]]:
    """Read afresh, without keeping SQLite's lock."""
    session.rollback()
    columns = (Flag.holder_id, Flag.held_until, Flag.hold_reason, Flag.handed_by_id)
    rows = session.execute(select(*columns).where(Flag.id.in_(flag_ids)).order_by(Flag.id)).all()
    session.rollback()
    return [tuple(row) for row in rows]


def hold(flag: Flag, holder_id: int, reason: str, *, hours: int = 30) -> None:
    flag.holder_id, flag.held_until, flag.hold_reason = holder_id, now() + timedelta(hours=hours), reason


def test_undoing_a_release_gives_back_what_nobody_took_since_as_it_was_held(session: Session, sign_in, flags) -> None:
    reader, browser = sign_in(), sign_in(role="koordinator")
    holder_id, ids, request = make_user(session).id, [flag.id for flag in flags[:3]], form(flags[:3], tindakan="lepas")
    for flag, reason in zip(flags[:3], ("cuti", "menunggu bukti", "rapat"), strict=True):
        hold(flag, holder_id, reason)
    session.commit()
    before = holdings(session, ids)
    done = browser.post("/antrean/massal", data=request).headers["location"]
    assert {row[0] for row in holdings(session, ids)} == {None}
    assert reader.post(f"/penanda/{ids[1]}/ambil").status_code == 303
    assert reader.post(f"/penanda/{ids[1]}/lepas").status_code == 303
    assert "Batalkan semuanya" in browser.get(done).text
    assert browser.post(f"{done}/batal").status_code == 303
    assert holdings(session, ids) == [before[0], (None, None, None, None), before[2]]
    running = select(func.count()).where(Lease.user_id == holder_id, Lease.ended_at.is_(None))
    assert session.scalar(running) == 2
    assert session.scalar(select(func.count()).where(AuditEvent.action == "massal.batal")) == 1
    session.rollback()
    assert browser.post(f"{done}/batal").status_code == 409


def shift(session: Session, action_id: int, hours: int) -> None:
    """As if the deed was done so long ago: with it, what was held then ran on."""
    action = session.get_one(BulkAction, action_id)
    before = {flag_id: dict(holding) for flag_id, holding in action.values["sebelum"].items()}
    for holding in before.values():
        holding["held_until"] = (datetime.fromisoformat(holding["held_until"]) - timedelta(hours=hours)).isoformat()
    action.values = action.values | {"sebelum": before}
    action.created_at -= timedelta(hours=hours)
    session.commit()


@pytest.mark.parametrize(("reason", "hours", "left"), [(None, 5, 2), (None, 1, 2), ("cuti", 1, 1), ("cuti", 5, 2)])
def test_undoing_a_release_gives_back_the_time_that_it_took(session, sign_in, flags, reason, hours: int, left: int) -> None:
    """Held for two more hours at the deed: a lease has them again, a hold for days only what its day leaves, if anything."""
    holder_id = make_user(session).id
    flags[0].holder_id, flags[0].held_until, flags[0].hold_reason = holder_id, now() + timedelta(hours=2), reason
    browser, flag_id = sign_in(role="koordinator"), flags[0].id
    done = browser.post("/antrean/massal", data=form(flags[:1], tindakan="lepas")).headers["location"]
    shift(session, int(done.rsplit("/", 1)[1]), hours)
    browser.post(f"{done}/batal")
    ((holder, until, why, _),) = holdings(session, [flag_id])
    assert (holder, why) == (holder_id, reason)
    assert abs(until - now() - timedelta(hours=left)) < timedelta(minutes=1)


def test_what_would_fill_hands_too_full_is_not_given_back(session: Session, sign_in, flags) -> None:
    holder = make_user(session)
    for flag in flags[:3]:
        hold(flag, holder.id, "cuti")
    browser: TestClient = sign_in(role="koordinator")
    done = browser.post("/antrean/massal", data=form(flags[:3], tindakan="lepas")).headers["location"]
    for _ in range(MOST_HELD - 1):
        hold(make_flag(session), holder.id, "cuti")
    session.commit()
    ids, holder_id = [flag.id for flag in flags[:3]], holder.id
    session.rollback()
    browser.post(f"{done}/batal")
    assert [row[0] for row in holdings(session, ids)] == [holder_id, None, None]


def test_undoing_a_handing_over_puts_a_flag_back_into_the_hands_that_held_it(session: Session, sign_in, flags) -> None:
    coordinator = make_user(session, role="koordinator")
    make_user(session, username="rekan")
    hold(flags[0], coordinator.id, "saya baca besok")
    browser, ids = sign_in(coordinator), [flag.id for flag in flags[:2]]
    request = form(flags[:2], tindakan="serahkan", penerima="rekan")
    before = holdings(session, ids)
    done = browser.post("/antrean/massal", data=request).headers["location"]
    assert holdings(session, ids) != before
    browser.post(f"{done}/batal")
    assert holdings(session, ids) == before


@pytest.mark.parametrize("receiver", ["rekan", "lain"])
def test_undoing_a_handing_over_leaves_a_later_one_alone(session: Session, sign_in, flags, receiver: str) -> None:
    """The first is undone after the coordinator got one flag back and handed it on by itself."""
    coordinator = make_user(session, role="koordinator")
    people = {name: make_user(session, username=name) for name in ("rekan", "lain")}
    browser, first, ids = sign_in(coordinator), sign_in(people["rekan"]), [flag.id for flag in flags[:2]]
    done = browser.post("/antrean/massal", data=form(flags[:2], tindakan="serahkan", penerima="rekan")).headers["location"]
    assert first.post(f"/penanda/{ids[1]}/lepas").status_code == 303
    assert browser.post(f"/penanda/{ids[1]}/ambil").status_code == 303
    assert browser.post(f"/penanda/{ids[1]}/serahkan", data={"penerima": receiver}).status_code == 303
    assert browser.post(f"{done}/batal").status_code == 303
    assert [row[0] for row in holdings(session, ids)] == [None, people[receiver].id]


def test_another_areas_coordinator_neither_sees_nor_undoes_a_deed(session: Session, sign_in, flags) -> None:
    done = sign_in(role="koordinator").post("/antrean/massal", data=form(flags[:2])).headers["location"]
    stranger: TestClient = sign_in(role="koordinator", region_code="51")
    assert (stranger.get(done).status_code, stranger.post(f"{done}/batal").status_code) == (404, 404)
    assert sign_in(role="koordinator", region_code="33").post(f"{done}/batal").status_code == 303
    assert states(session, flags[:2]) == [FlagState.OPEN] * 2


@pytest.mark.parametrize(("deed", "count"), [("nilai", 3), ("serahkan", 4), ("lepas", 1)])
def test_every_deed_over_a_filter_is_tried_out_first(session: Session, sign_in, flags: list[Flag], deed: str, count: int) -> None:
    coordinator = make_user(session, role="koordinator")
    make_user(session, username="rekan")
    hold(flags[0], coordinator.id, "saya baca besok")
    page = sign_in(coordinator).get(f"/antrean/massal?semua=ya&saring=wilayah%3D33&tindakan={deed}&penerima=rekan").text
    assert f"<b>{count}</b>" in page
    assert f"Contoh: {count} teratas" in page
    assert 'name="alasan"' in page
    assert "required></textarea>" in page


def test_the_trail_keeps_of_the_filter_of_a_deed_how_long_its_words_are(session: Session, sign_in, flags: list[Flag]) -> None:
    sign_in(role="koordinator").post("/antrean/massal", data=form(flags[:1], saring="wilayah=33&cari=rekaan+wiradharma"))
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "massal.lakukan")).one()
    assert event.detail["saringan"] == "wilayah=33&cari=17+huruf"


def test_no_more_is_handed_over_than_the_receivers_hands_take(session: Session, sign_in, flags: list[Flag]) -> None:
    receiver = make_user(session, username="rekan")
    for _ in range(MOST_HELD - 2):
        hold(make_flag(session), receiver.id, "cuti")
    browser: TestClient = sign_in(role="koordinator")
    request = form(flags[:3], tindakan="serahkan", penerima="rekan")
    asked = {"penanda": request["penanda"], "tindakan": "serahkan", "penerima": "rekan"}
    ids, receiver_id = [flag.id for flag in flags[:3]], receiver.id
    session.rollback()
    assert "<b>2</b>" in browser.get("/antrean/massal", params=asked).text
    assert (
        "Selesai: 2 penanda. Dilewati: 1." in browser.get(browser.post("/antrean/massal", data=request).headers["location"]).text
    )
    assert [row[0] for row in holdings(session, ids)] == [receiver_id, receiver_id, None]
    assert browser.post("/antrean/massal", data=request | {"penanda": str(ids[2])}).status_code == 422
    assert "<b>0</b>" in browser.get("/antrean/massal", params=asked | {"penanda": str(ids[2])}).text


def here_and_there(session: Session) -> tuple[Flag, Flag]:
    """One flag of each region in which somebody has a role."""
    here, there = (make_flag(session, make_item(session, region_code=code)) for code in ("33", "51"))
    return here, there


def make_person_of_two(session: Session, role: str) -> User:
    """Who has a role in 33, and reads in 51 as a monitor."""
    user = make_user(session, role=role, region_code="33")
    session.add(UserRole(user_id=user.id, role_name="pengawas", region_code="51"))
    session.flush()
    return user


OUT_OF_AREA: dict[str, Any] = {"outcome": Outcome.OUT_OF_AREA, "reason": "luar wilayah"}


def test_whose_region_nobody_could_read_is_no_coordinators_of_a_province(session: Session) -> None:
    nation, province = (load_actor(session, make_user(session, role="koordinator", region_code=code)) for code in (None, "33"))
    flags = [make_flag(session, make_item(session, region_code=code)) for code in ("33", None)]
    done = bulk.carry_out(session, nation, BulkRequest(BulkDeed.ASSESS, tuple(flag.id for flag in flags), **OUT_OF_AREA))
    with pytest.raises(NotFound):
        undoing.undo(session, province, done.id)
    assert undoing.undo(session, nation, done.id)[1] == 2


def test_a_deed_on_nothing_is_its_authors_alone(session: Session) -> None:
    author, other = (load_actor(session, make_user(session, role="koordinator")) for _ in range(2))
    read = make_flag(session, state=FlagState.ASSESSED, assessed_at=now())
    done = bulk.carry_out(session, author, BulkRequest(BulkDeed.ASSESS, (read.id,), **OUT_OF_AREA))
    assert undoing.get_action(session, author, done.id) is done
    with pytest.raises(NotFound):
        undoing.get_action(session, other, done.id)


@pytest.mark.parametrize("deed", [BulkDeed.RELEASE, BulkDeed.HAND_OVER])
def test_the_queue_is_managed_where_that_right_holds_only(session: Session, deed: BulkDeed) -> None:
    flags, holder = here_and_there(session), make_user(session)
    actor = load_actor(session, make_person_of_two(session, "koordinator"))
    if deed is BulkDeed.RELEASE:
        for flag in flags:
            hold(flag, holder.id, "menunggu bukti")
    request = BulkRequest(deed, tuple(flag.id for flag in flags), receiver=make_user(session).username, reason="cuti")
    assert bulk.try_out(session, actor, request).can == 1
    done = bulk.carry_out(session, actor, request)
    assert (done.done, done.skipped, list(done.values["pemegang"])) == (1, 1, [str(flags[0].id)])


def test_one_releases_ones_own_wherever_one_reads(session: Session) -> None:
    flags, user = here_and_there(session), make_person_of_two(session, "koordinator")
    for flag in flags:
        hold(flag, user.id, "cuti")
    request = BulkRequest(BulkDeed.RELEASE, tuple(flag.id for flag in flags), reason="kembali ke antrean")
    assert bulk.carry_out(session, load_actor(session, user), request).done == 2


def withdraw_role(session: Session, user: User, region_code: str) -> None:
    grant = select(UserRole).where(UserRole.user_id == user.id, UserRole.region_code == region_code)
    remove_role(session, user, session.scalars(grant).one())


@pytest.mark.parametrize("deed", BulkDeed)
def test_what_lies_where_ones_role_ended_is_left_and_said(session: Session, deed: BulkDeed) -> None:
    flags, user = here_and_there(session), make_person_of_two(session, "koordinator")
    session.add(UserRole(user_id=user.id, role_name="koordinator", region_code="51"))
    holder, receiver = make_user(session), make_user(session)
    if deed is BulkDeed.RELEASE:
        for flag in flags:
            hold(flag, holder.id, "menunggu bukti")
    handed: dict[str, Any] = {"receiver": receiver.username, "reason": "cuti"}
    values = OUT_OF_AREA if deed is BulkDeed.ASSESS else handed
    done = bulk.carry_out(session, load_actor(session, user), BulkRequest(deed, tuple(flag.id for flag in flags), **values))
    withdraw_role(session, user, "33")
    assert (done.done, undoing.undo(session, load_actor(session, user), done.id)[1]) == (2, 1)
    for flag in flags:
        session.refresh(flag)
    assert (flags[0].state, flags[0].holder_id) != (flags[1].state, flags[1].holder_id)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "massal.batal")).one()
    assert event.detail["penanda"] == [flags[1].id]


def test_where_ones_role_ended_altogether_the_deed_stands_for_others_to_undo(session: Session) -> None:
    (flag, _), user = here_and_there(session), make_person_of_two(session, "pengawas")
    done = bulk.carry_out(session, load_actor(session, user), BulkRequest(BulkDeed.ASSESS, (flag.id,), **OUT_OF_AREA))
    withdraw_role(session, user, "33")
    with pytest.raises(NotFound):
        undoing.undo(session, load_actor(session, user), done.id)
    coordinator = load_actor(session, make_user(session, role="koordinator", region_code="33"))
    assert undoing.undo(session, coordinator, done.id)[1] == 1

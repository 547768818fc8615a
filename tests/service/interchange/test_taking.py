"""What comes in is signed, stands beside our own rows, and is seen where it belongs."""

import copy
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    AuditEvent,
    Case,
    CaseStatus,
    ExternalStatus,
    ReceivedCase,
    ReceivedEntry,
    User,
)
from service.accounts.actor import Actor
from service.cases.merging import merge, undo_merge
from service.cases.mirroring import enter_status
from service.cases.schemas import StatusEntry
from service.interchange import desk
from service.interchange.receiving import OtherHouse, get_origin, take_page
from service.interchange.schemas import FORMAT, Origin
from service.interchange.signing import House, hash_of
from service.sealing import Keys
from tests.service.cases.desk import make_case as make_unshared_case
from tests.service.interchange.house import (
    DAY,
    SPOILED,
    A,
    B,
    as_json,
    make_case,
    name_subject,
    pull,
    reader_of,
    take,
    take_back,
)
from tests.service.trail_of_exports import DOCUMENT


def test_a_repeat_changes_nothing(session: Session, actor: Actor) -> None:
    make_case(session, actor)
    page = pull(session, actor)
    first, again = take(session, page), take(session, page)
    assert ((first.new, first.changed), (again.new, again.changed, again.known)) == ((1, 0), (0, 0, 1))
    assert len(session.scalars(select(ReceivedEntry)).all()) == 2


@pytest.mark.parametrize("spoil", SPOILED)
def test_what_the_house_did_not_sign_is_refused_alone(session: Session, actor: Actor, spoil: Any) -> None:
    make_case(session, actor)
    make_case(session, actor)
    page = pull(session, actor)
    changes = copy.deepcopy(as_json(page))
    spoil(changes[0])
    done = take(session, page, [*changes, "karangan", {}])
    assert (done.new, len(done.refused)) == (1, 3)


def test_another_key_at_a_known_address_is_refused(session: Session, actor: Actor) -> None:
    make_case(session, actor)
    take(session, pull(session, actor))
    for key in (House(Keys(b"c"), "").key, B.key):
        with pytest.raises(OtherHouse):
            get_origin(session, Origin(key=key, name="x"), "https://a.test", own_key=B.key)


def test_an_older_version_never_replaces_a_newer_one(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    old = pull(session, actor)
    enter_status(session, actor, case.id, StatusEntry(status=ExternalStatus.AWAITS_PPK, on_day=DAY))
    take(session, pull(session, actor))
    assert take(session, old).known == 1
    values = set(session.scalars(select(ReceivedEntry.value)))
    assert "menunggu_ppk" in values


def test_what_was_refused_is_remembered_once_with_the_place_before_it(session: Session, actor: Actor) -> None:
    make_case(session, actor)
    page = pull(session, actor)
    origin = get_origin(session, page.origin, "https://a.test", own_key=B.key)
    for cursor in ("5.0", "6.0"):
        take_page(session, origin, ["karangan"], cursor, own_key=B.key)
    [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "pertukaran.tolak"))
    assert (event.detail["sejak"], event.subject_id, origin.cursor) == ("", origin.id, "6.0")


def test_what_has_had_its_time_is_whole_and_no_older_version_brings_it_back(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    old = pull(session, actor)
    take(session, old)
    take_back(session, actor, case, ExternalStatus.REFERRED)
    gone = pull(session, actor, old.cursor)
    take(session, gone)
    received = session.scalars(select(ReceivedCase)).one()
    received.envelope, received.signature = None, ""
    session.flush()
    assert (take(session, old).known, take(session, gone).known) == (1, 1)
    assert (received.document, received.envelope) == (None, None)
    assert desk.list_received(session, actor)[0].is_whole


def test_a_tombstone_that_names_another_case_is_followed_there(session: Session, actor: Actor) -> None:
    merged, first, second = (make_case(session, actor) for _ in range(3))
    cursor = pull(session, actor).cursor
    done = merge(session, actor, first.id, merged.id, "peristiwa yang sama")
    take(session, pull(session, actor, cursor))
    undo_merge(session, actor, done.id)
    merge(session, actor, second.id, merged.id, "peristiwa yang sama")
    take(session, pull(session, actor, cursor))
    received = session.scalars(select(ReceivedCase).where(ReceivedCase.remote_id == merged.id)).one()
    assert received.merged_into_id == second.id
    assert all(row.is_whole for row in desk.list_received(session, actor))


def answer_of(session: Session, about: list[int], version: int) -> ReceivedCase:
    """What house A says of its case 1, which answers these of ours."""
    document = DOCUMENT | {"about": [{"origin": B.key, "id": case_id} for case_id in about]}
    envelope = {"format": FORMAT, "origin": A.key, "id": 1, "version": version, "is_withdrawn": False}
    envelope |= {"reason": None, "merged_into": None, "document_sha256": hash_of(document)}
    change = envelope | {"document": document, "signature": A.sign(envelope)}
    origin = get_origin(session, Origin(key=A.key, name=A.name), "https://a.test", own_key=B.key)
    assert take_page(session, origin, [change], "1.1", own_key=B.key).refused == []
    return session.scalars(select(ReceivedCase)).one()


def list_told(session: Session, case: Case) -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.subject_type == "case", AuditEvent.subject_id == case.id)
    return [action for action in session.scalars(query.order_by(AuditEvent.id)) if action.startswith("pertukaran.")]


def test_a_claim_on_a_case_comes_and_goes_with_what_the_house_says(session: Session, actor: Actor) -> None:
    told, untold = make_case(session, actor), make_case(session, actor, is_referred=False)
    pull(session, actor)
    found = list[tuple[int | None, bool]]()
    for version, about in enumerate(([untold.id], [untold.id, told.id], []), start=1):
        received = answer_of(session, about, version)
        found.append((received.case_id, received.is_ours))
    assert found == [(None, False), (told.id, True), (None, False)]
    assert (list_told(session, told), list_told(session, untold)) == (["pertukaran.jawab", "pertukaran.jawab_gugur"], [])


def test_a_person_unlinks_a_claim_for_good_and_links_over_it(session: Session, actor: Actor) -> None:
    claimed, linked = (make_case(session, actor) for _ in range(2))
    pull(session, actor)
    received = answer_of(session, [claimed.id], 1)
    desk.unlink(session, actor, received.id)
    assert answer_of(session, [claimed.id, 999], 2).case_id is None
    desk.link(session, actor, received.id, linked.id)
    received = answer_of(session, [linked.id, claimed.id], 3)
    assert (received.case_id, received.is_ours) == (linked.id, False)


def test_differences_from_our_own_rows_are_named_and_ours_stay(session: Session, actor: Actor) -> None:
    make_case(session, actor)
    take(session, pull(session, actor))
    [row] = desk.list_received(session, actor)
    case = desk.adopt(session, actor, row.case.id)
    enter_status(session, actor, case.id, StatusEntry(status=ExternalStatus.REFUSED, on_day=DAY, document_number="1/A"))
    [row] = desk.list_received(session, actor)
    assert [one.conflict for one in row.entries if one.entry.value == "diteruskan_bkn"] == ["nomor_sama"]
    assert session.scalars(select(CaseStatus.status).where(CaseStatus.case_id == case.id)).all() == [ExternalStatus.REFUSED]


def test_what_others_say_stands_at_the_case_beside_our_own(session: Session, actor: Actor, sign_in) -> None:
    make_case(session, actor)
    take(session, pull(session, actor))
    own = desk.adopt(session, actor, session.scalars(select(ReceivedCase.id)).one())
    enter_status(session, actor, own.id, StatusEntry(status=ExternalStatus.REFUSED, on_day=DAY, document_number="1/A"))
    owner, case_id = session.get_one(User, actor.id), own.id
    page = sign_in(owner).get(f"/perkara/{case_id}").text
    theirs = page[page.index('id="lembaga-lain"') :]
    assert "Rumah A" in theirs
    assert "Nomor dokumen sama, isi atau harinya lain." in theirs
    assert "bukan catatan kita" in theirs


def test_the_same_document_number_suggests_a_case_and_a_person_links_it(session: Session, actor: Actor) -> None:
    make_case(session, actor)
    take(session, pull(session, actor))
    own = make_case(session, actor, is_referred=False)
    entry = StatusEntry(status=ExternalStatus.AWAITS_BKN, on_day=DAY, document_number="1/A")
    enter_status(session, actor, own.id, entry)
    [row] = desk.list_received(session, actor)
    assert own.id in row.suggested
    desk.link(session, actor, row.case.id, own.id)
    assert [one.case.id for one in desk.list_of_case(session, actor, own.id)] == [row.case.id]
    with pytest.raises(desk.AlreadyTaken):
        desk.link(session, actor, row.case.id, own.id)
    desk.unlink(session, actor, row.case.id)
    assert desk.list_of_case(session, actor, own.id) == []


def test_what_theirs_was_merged_into_is_found_at_our_case(session: Session, actor: Actor) -> None:
    merged, kept = make_case(session, actor), make_case(session, actor)
    page = pull(session, actor)
    take(session, page)
    first = session.scalars(select(ReceivedCase).where(ReceivedCase.remote_id == merged.id)).one()
    own = desk.adopt(session, actor, first.id)
    merge(session, actor, kept.id, merged.id, "peristiwa yang sama")
    take(session, pull(session, actor, page.cursor))
    rows = desk.list_of_case(session, actor, own.id)
    assert [(row.case.remote_id, row.case.withdrawal) for row in rows] == [(merged.id, "digabung"), (kept.id, None)]
    assert all(row.is_whole for row in rows)


@pytest.mark.parametrize("column", ["document", "sha256", "version", "signature"])
def test_what_was_changed_at_rest_is_seen(session: Session, actor: Actor, column: str) -> None:
    make_case(session, actor)
    take(session, pull(session, actor))
    received = session.scalars(select(ReceivedCase)).one()
    assert desk.list_received(session, actor)[0].is_whole
    other = {"document": (received.document or {}) | {"title": "Lain"}, "sha256": "0" * 64, "version": 1, "signature": "A" * 86}
    setattr(received, column, other[column])
    session.flush()
    assert not desk.list_received(session, actor)[0].is_whole


def test_a_name_that_came_with_a_case_is_shown_by_initials(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    name_subject(session, actor, case)
    take(session, pull(session, reader_of(actor, opens_names=True)))
    [row] = desk.list_received(session, actor)
    assert row.document is not None
    assert (row.document.title, row.document.subject.name) == ("R.K. mengajak", None)
    assert desk.adopt(session, actor, row.case.id).subject_name == "Rina Kartikasari"


def test_a_name_in_a_document_number_is_masked_and_goes_with_its_case(session: Session, actor: Actor, sign_in) -> None:
    case = make_case(session, actor)
    name_subject(session, actor, case)
    first = session.scalars(select(CaseStatus.id).where(CaseStatus.case_id == case.id)).one()
    entry = StatusEntry(status=ExternalStatus.REFERRED, on_day=DAY, document_number="1/Kartikasari", corrects_id=first)
    referred = enter_status(session, actor, case.id, entry)
    case_id, named = case.id, reader_of(actor, opens_names=True)
    page = pull(session, named)
    take(session, page)
    browser, last = sign_in(session.get_one(User, actor.id)), referred.id
    texts = [browser.get(path).text for path in ("/pertukaran", "/api/v1/interchange/received")]
    assert [("1/K." in text, "Kartikasari" in text) for text in texts] == [(True, False)] * 2
    back = StatusEntry(status=ExternalStatus.REFERRED, on_day=DAY, corrects_id=last, is_withdrawal=True)
    enter_status(session, actor, case_id, back)
    take(session, pull(session, named, page.cursor))
    assert set(session.scalars(select(ReceivedEntry.document_number))) == {"1/K."}


def test_other_houses_hear_of_a_case_once_it_was_linked_and_the_page_says_so(session: Session, actor: Actor, sign_in) -> None:
    make_case(session, actor)
    take(session, pull(session, actor))
    own = make_unshared_case(session, actor)
    [row] = desk.list_received(session, actor)
    told = [change.id for change in pull(session, actor).changes]
    assert own.id not in told
    text = sign_in(session.get_one(User, actor.id)).get("/pertukaran").text
    assert "menerima kabar tentang perkara kita" in text
    desk.link(session, actor, row.case.id, own.id)
    assert [change.id for change in pull(session, actor).changes] == [*told, own.id]

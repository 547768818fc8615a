"""What of our cases goes out, to whom, in which order, and what is said when it is gone."""

import json
import threading
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import (
    AuditEvent,
    BulkDeed,
    Case,
    CaseLead,
    CaseStatus,
    ExternalStatus,
    ItemKind,
    Outcome,
    Permission,
    Rights,
    record_event,
    verify_chain,
)
from models.database import make_reading_session, make_session
from service.accounts.actor import Actor, AgencyArea
from service.cases.merging import merge, undo_merge
from service.cases.mirroring import enter_status
from service.cases.schemas import CaseEdit, StatusEntry
from service.cases.service import edit, record
from service.interchange import giving, repository
from service.interchange.numbering import RESTORED
from service.interchange.repository import Place
from service.interchange.schemas import json_schema
from service.review.bulk import BulkRequest, carry_out
from service.review.undoing import undo
from tests.factories import make_source
from tests.service.interchange.house import (
    DAY,
    SCHEMA,
    make_case,
    name_subject,
    pull,
    reader_of,
    take_back,
)


def test_only_referred_cases_of_the_area_go_out(session: Session, actor: Actor) -> None:
    make_case(session, actor, is_referred=False)
    referred, _ = make_case(session, actor), make_case(session, actor, region_code="51")
    area = replace(actor, grants=frozenset({(Permission.READ_INTERCHANGE, "33")}))
    page = pull(session, area)
    assert [change.id for change in page.changes] == [referred.id]
    assert pull(session, area, page.cursor).changes == []


def test_a_change_comes_again_with_what_was_entered(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    cursor = pull(session, actor).cursor
    enter_status(session, actor, case.id, StatusEntry(status=ExternalStatus.CLARIFICATION, on_day=DAY))
    [change] = pull(session, actor, cursor).changes
    assert change.document is not None
    assert [row["status"] for row in change.document["statuses"]] == ["diteruskan_bkn", "klarifikasi"]


def test_a_reading_of_many_flags_at_once_is_told_and_so_is_its_undoing(session: Session, actor: Actor) -> None:
    make_case(session, actor)
    flag_ids = tuple(session.scalars(select(CaseLead.flag_id)))
    cursor, outcomes = pull(session, actor).cursor, []
    done = carry_out(session, actor, BulkRequest(BulkDeed.ASSESS, flag_ids, outcome=Outcome.DUPLICATE, reason="berita sama"))
    for undoes in (False, True):
        if undoes:
            undo(session, actor, done.id)
        page = pull(session, actor, cursor)
        cursor = page.cursor
        outcomes.append([lead["outcomes"] for change in page.changes for lead in (change.document or {})["leads"]])
    assert outcomes == [[["duplikat"]], [[]]]


def test_a_referral_that_was_taken_back_leaves_a_tombstone(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    cursor = pull(session, actor).cursor
    take_back(session, actor, case, ExternalStatus.REFERRED)
    page = pull(session, actor, cursor)
    assert [(change.id, change.reason, change.document) for change in page.changes] == [(case.id, "ditarik", None)]
    assert pull(session, actor, cursor).changes == page.changes  # The same again, for whoever never got it.
    enter_status(session, actor, case.id, StatusEntry(status=ExternalStatus.CLARIFICATION, on_day=DAY))
    assert pull(session, actor, page.cursor).changes == []


def test_after_a_restore_an_old_cursor_misses_nothing_and_no_version_falls_behind(session: Session, actor: Actor) -> None:
    case, other = make_case(session, actor), make_case(session, actor)
    before = pull(session, actor)
    version = before.changes[-1].version
    lost = f"{version + 300}.0"  # What it was told of until the house was put back.
    record_event(session, RESTORED, actor="cadangan", subject=("backup", None))
    enter_status(session, actor, case.id, StatusEntry(status=ExternalStatus.CLARIFICATION, on_day=DAY))
    page = pull(session, actor, lost)
    assert {change.id for change in page.changes} == {case.id, other.id}
    assert min(change.version for change in page.changes) > version + 300
    enter_status(session, actor, other.id, StatusEntry(status=ExternalStatus.CLARIFICATION, on_day=DAY))
    after = pull(session, actor, page.cursor)
    assert ([change.id for change in after.changes], pull(session, actor, after.cursor).changes) == ([other.id], [])


def test_a_cursor_beyond_our_trail_is_refused_with_what_to_do(session: Session, actor: Actor) -> None:
    make_case(session, actor)
    cursor = pull(session, actor).cursor
    assert pull(session, actor, cursor).changes == []
    with pytest.raises(giving.CursorAhead, match="--anew"):
        pull(session, actor, f"{int(cursor.partition('.')[0]) + 300}.0")


def test_a_corrected_referral_still_stands(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    row = session.scalars(select(CaseStatus)).one()
    entry = StatusEntry(status=ExternalStatus.REFERRED, on_day=DAY, document_number="1/B", corrects_id=row.id)
    enter_status(session, actor, case.id, entry)
    [change] = pull(session, actor).changes
    assert change.document is not None
    assert [one["document_number"] for one in change.document["referrals"]] == ["1/B"]


@pytest.mark.parametrize(
    ("statuses", "goes_out"),
    [
        ([ExternalStatus.REPORT], False),
        ([ExternalStatus.NOT_REGISTERED], False),
        ([ExternalStatus.REGISTERED, ExternalStatus.NO_VIOLATION], True),
        ([ExternalStatus.AWAITS_PPK], True),
        ([ExternalStatus.MORAL], True),
    ],
)
def test_what_institutions_acted_on_or_closed_goes_out_unreferred(
    session: Session, actor: Actor, statuses: list[ExternalStatus], goes_out: bool
) -> None:
    case = make_case(session, actor, is_referred=False)
    for status in statuses:
        enter_status(session, actor, case.id, StatusEntry(status=status, on_day=DAY))
    assert [change.id for change in pull(session, actor).changes] == [case.id] * goes_out


def test_a_merged_case_is_told_as_merged_and_its_entries_stand_in_the_other(session: Session, actor: Actor) -> None:
    kept, merged = make_case(session, actor, is_referred=False), make_case(session, actor)
    cursor = pull(session, actor).cursor
    done = merge(session, actor, kept.id, merged.id, "peristiwa yang sama")
    page = pull(session, actor, cursor)
    told = {change.id: change for change in page.changes}
    assert (told[merged.id].reason, told[merged.id].merged_into) == ("digabung", kept.id)
    document = told[kept.id].document or {}
    assert (document["absorbed"], [row["document_number"] for row in document["referrals"]]) == ([merged.id], ["1/A"])
    undo_merge(session, actor, done.id)
    after = {change.id: change.reason for change in pull(session, actor, page.cursor).changes}
    assert after == {merged.id: None, kept.id: "ditarik"}


def test_a_smaller_area_leaves_tombstones_and_a_larger_one_brings_what_was_there(session: Session, actor: Actor) -> None:
    java, bali = make_case(session, actor), make_case(session, actor, region_code="51")
    cursor = pull(session, reader_of(actor, "33")).cursor
    page = pull(session, reader_of(actor, "51"), cursor)
    assert {change.id: change.reason for change in page.changes} == {java.id: "di_luar_jangkauan", bali.id: None}
    assert pull(session, reader_of(actor, "51"), page.cursor).changes == []
    assert verify_chain(session).breaks == []


def test_a_case_that_goes_to_another_agency_leaves_the_first_ones_reader(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    reader = reader_of(actor, AgencyArea("", "wanasari", 1, "33.24", "kecamatan wanasari"))
    page = pull(session, reader)
    assert [change.id for change in page.changes] == [case.id]
    edit(session, actor, case.id, CaseEdit(title=case.title, agency="Kecamatan Lain"))
    [gone] = pull(session, reader, page.cursor).changes
    assert (gone.id, gone.reason) == (case.id, "di_luar_jangkauan")


def test_names_go_to_whom_the_token_opens_them_and_are_masked_again(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    number = "197001011990031002"
    name_subject(session, actor, case, number)
    named, masked = reader_of(actor, opens_names=True), reader_of(actor)
    page = pull(session, named)
    subject = (page.changes[0].document or {})["subject"]
    assert (subject["name"], subject["number"]) == ("Rina Kartikasari", number)
    [change] = pull(session, masked, page.cursor).changes
    assert "Kartikasari" not in json.dumps(change.document)
    assert (change.document or {})["subject"]["name"] is None


def test_a_name_of_a_case_that_was_taken_in_goes_only_to_whom_both_are_open(session: Session, actor: Actor) -> None:
    kept, merged = make_case(session, actor), make_case(session, actor, region_code="33", is_referred=False)
    name_subject(session, actor, merged)
    enter_status(session, actor, merged.id, StatusEntry(status=ExternalStatus.REPORT, on_day=DAY, note="Oleh Rina Kartikasari."))
    merge(session, actor, kept.id, merged.id, "peristiwa yang sama")
    for places, notes in ((("33.24",), ["Oleh R.K.."]), (("33",), ["Oleh Rina Kartikasari."])):
        page = pull(session, replace(reader_of(actor, *places, opens_names=True), token=places[0]))
        [document] = [change.document for change in page.changes if change.document]
        assert [row["note"] for row in document["statuses"] if row["note"]] == notes


def test_a_new_token_goes_on_where_another_one_of_its_owner_stood(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    cursor = pull(session, reader_of(actor, "33")).cursor
    renewed = replace(reader_of(actor, "51"), token="tarik-2")
    assert [(change.id, change.reason) for change in pull(session, renewed, cursor).changes] == [(case.id, "di_luar_jangkauan")]


def test_every_answer_that_holds_something_stands_in_the_trail(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    pull(session, pull_actor := reader_of(actor))
    pull(session, pull_actor, pull(session, pull_actor).cursor)
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "pertukaran.beri")).all()
    assert [(event.detail["token"], event.detail["perkara"], event.detail["nama"]) for event in events] == [
        ("tarik", [case.id], False)
    ] * 2


def test_nothing_leaves_beyond_rights_and_masks(session: Session, actor: Actor) -> None:
    source = make_source(session, rights=Rights.FULL_TEXT)
    text = "@akun_pegawai Rina Kartikasari hadir. " * 90
    case = make_case(session, actor, source=source, kind=ItemKind.POST, text=text, title="")
    case.subject_name = "Rina Kartikasari"
    session.flush()
    [change] = pull(session, reader_of(actor)).changes
    whole = json.dumps(change.document)
    assert change.document is not None
    assert len(change.document["leads"][0]["excerpt"]) <= 610
    assert "akun_pegawai" not in whole
    assert "Kartikasari" not in whole
    assert change.document["subject"]["initials"] == "R.K."


def test_pages_are_ordered_and_complete(session: Session, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "CASES_AT_ONCE", 2)
    monkeypatch.setattr(giving, "EVENTS_AT_ONCE", 3)
    made = [make_case(session, actor).id for _ in range(7)]
    found, after = list[tuple[int, int]](), ""
    while True:
        page = pull(session, actor, after)
        found += [(change.version, change.id) for change in page.changes]
        after = page.cursor
        if page.next is None:
            break
    assert found == sorted(found)
    assert {case_id for _, case_id in found} == set(made)


def test_a_cursor_skips_nothing_that_commits_late(session: Session, engine: Engine, actor: Actor) -> None:
    """Writers that overlap, and a reader that follows them: a plain sequence would lose rows here on PostgreSQL."""
    cases = [make_case(session, actor).id for _ in range(4)]
    session.commit()
    start = pull(session, actor).cursor
    session.rollback()
    sessions, readers, written = make_session(engine), make_reading_session(engine), list[Place]()

    def write(case_id: int) -> None:
        for _ in range(15):
            with sessions.begin() as own:
                record(own, actor, "perkara.ubah", own.get_one(Case, case_id), {})

    writers = [threading.Thread(target=write, args=(case_id,)) for case_id in cases]
    for writer in writers:
        writer.start()
    place, is_last = giving.read_cursor(start), False
    while not is_last:
        is_last = not any(writer.is_alive() for writer in writers)
        with readers() as reading:
            happened = repository.list_happened(reading, place, 500)
        place, written = happened.end, written + happened.places
    assert written == sorted(set(written))
    assert len(written) == 60


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_of_two_open_transactions_the_later_one_waits(session: Session, engine: Engine, actor: Actor) -> None:
    """The first changes a case and stays open; the second may not be seen before it, and neither is missed."""
    cases = [make_case(session, actor) for _ in range(2)]
    session.commit()
    cursor, sessions = pull(session, actor).cursor, make_session(engine)
    session.commit()

    def change(case: Case) -> None:
        with sessions.begin() as second:
            record(second, actor, "perkara.ubah", second.get_one(Case, case.id), {})

    with sessions.begin() as first:
        record(first, actor, "perkara.ubah", first.get_one(Case, cases[0].id), {})
        later = threading.Thread(target=change, args=(cases[1],))
        later.start()
        later.join(timeout=0.5)
        assert later.is_alive()
        with sessions.begin() as meanwhile:
            page = pull(meanwhile, actor, cursor)
        assert page.changes == []
    later.join()
    assert [change.id for change in pull(session, actor, page.cursor).changes] == [case.id for case in cases]


def test_the_schema_in_docs_is_that_of_the_classes() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()


def test_a_page_is_bounded_in_bytes_and_goes_on_behind_them(
    session: Session, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "BYTES_AT_ONCE", 1)
    made, after, found = [make_case(session, actor).id for _ in range(3)], "", list[int]()
    while True:
        page = pull(session, actor, after)
        assert len(page.changes) <= 1
        found += [change.id for change in page.changes]
        after = page.cursor
        if page.next is None:
            break
    assert set(found) == set(made)

"""Cases between two houses: ordered and complete, signed, received beside one's own, and there and back again."""

import copy
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import (
    Agency,
    AgencyTask,
    AuditEvent,
    Case,
    CaseReferral,
    CaseStatus,
    ExternalStatus,
    ItemKind,
    Permission,
    ReceivedCase,
    ReceivedEntry,
    Rights,
    Stage,
    User,
    verify_chain,
)
from models.database import make_reading_session, make_session
from models.settings import Settings
from service.accounts.actor import Actor, AgencyArea
from service.accounts.service import create_api_token
from service.cases.merging import merge, undo_merge
from service.cases.mirroring import enter_status
from service.cases.schemas import CaseEdit, FollowUpEntry, NewCase, StatusEntry
from service.cases.service import edit, open_case, record
from service.followup.service import enter_follow_up
from service.interchange import desk, giving, repository
from service.interchange.receiving import OtherHouse, get_origin, take_page
from service.interchange.repository import Place
from service.interchange.schemas import ChangeList, Origin, json_schema
from service.interchange.signing import House, envelope_of, hash_of
from service.sealing import Keys
from tests.factories import make_flag, make_item, make_source, make_user
from tests.processes import run_netra, serving

SCHEMA = Path(__file__).parent.parent.parent / "docs" / "interchange.schema.json"
A, B = House(Keys(b"a"), "Rumah A"), House(Keys(b"b"), "Rumah B")
DAY = date(2026, 9, 1)
ALL = frozenset((permission, None) for permission in Permission)


def actor_of(user: User) -> Actor:
    return Actor(user.id, user.username, user.name, ALL, assesses=True)


@pytest.fixture
def actor(session: Session) -> Actor:
    return actor_of(make_user(session, role="admin"))


def make_case(session: Session, actor: Actor, *, region_code: str = "33.24", is_referred: bool = True, **item: Any) -> Case:
    flag = make_flag(session, make_item(session, region_code=region_code, **item))
    new = NewCase(flag_ids=[flag.id], title="Camat mengajak memilih", office="camat", agency="Kecamatan Wanasari")
    case = open_case(session, actor, new)
    if is_referred:
        refer(session, actor, case)
    return case


def refer(session: Session, actor: Actor, case: Case) -> CaseStatus:
    agency = session.scalars(select(Agency).where(Agency.task == AgencyTask.OVERSEES_NEUTRALITY)).first()
    status = CaseStatus(case_id=case.id, status=ExternalStatus.REFERRED, on_day=DAY, user_id=actor.id, document_number="1/A")
    session.add(status)
    session.flush()
    assert agency is not None
    values = {"agency_id": agency.id, "status_id": status.id, "dossier_sha256": "0" * 64, "user_id": actor.id}
    session.add(CaseReferral(case_id=case.id, **values))
    record(session, actor, "perkara.teruskan", case, {})
    return status


def pull(session: Session, actor: Actor, after: str = "") -> ChangeList:
    """A page; whatever is asked here fits the published schema."""
    page = giving.list_changes(session, actor, A, after)
    jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(json.loads(page.model_dump_json()))
    return page


def as_json(page: ChangeList) -> list[Any]:
    return json.loads(page.model_dump_json())["changes"]


def take(session: Session, page: ChangeList, changes: list[Any] | None = None) -> Any:
    origin = get_origin(session, page.origin, "https://a.test", own_key=B.key)
    return take_page(session, origin, as_json(page) if changes is None else changes, page.cursor, own_key=B.key)


def test_only_referred_cases_of_the_area_go_out(session: Session, actor: Actor) -> None:
    make_case(session, actor, is_referred=False)
    referred, _ = make_case(session, actor), make_case(session, actor, region_code="51")
    area = replace(actor, grants=frozenset({(Permission.READ_INTERCHANGE, "33")}))
    page = pull(session, area)
    assert [change.id for change in page.changes] == [referred.id]
    assert pull(session, area, page.cursor).changes == []


def name_subject(session: Session, actor: Actor, case: Case, number: str = "") -> None:
    title, name = "Rina Kartikasari mengajak", "Rina Kartikasari"
    edit(session, actor, case.id, CaseEdit(title=title, agency=case.agency, subject_name=name, subject_number=number))


def take_back(session: Session, actor: Actor, case: Case, status: ExternalStatus) -> None:
    row = session.scalars(select(CaseStatus).where(CaseStatus.case_id == case.id, CaseStatus.status == status)).one()
    enter_status(session, actor, case.id, StatusEntry(status=status, on_day=DAY, corrects_id=row.id, is_withdrawal=True))


def test_a_change_comes_again_with_what_was_entered(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    cursor = pull(session, actor).cursor
    enter_status(session, actor, case.id, StatusEntry(status=ExternalStatus.CLARIFICATION, on_day=DAY))
    [change] = pull(session, actor, cursor).changes
    assert change.document is not None
    assert [row["status"] for row in change.document["statuses"]] == ["diteruskan_bkn", "klarifikasi"]


def test_a_referral_that_was_taken_back_leaves_a_tombstone(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    cursor = pull(session, actor).cursor
    take_back(session, actor, case, ExternalStatus.REFERRED)
    page = pull(session, actor, cursor)
    assert [(change.id, change.reason, change.document) for change in page.changes] == [(case.id, "ditarik", None)]
    assert pull(session, actor, cursor).changes == page.changes  # The same again, for whoever never got it.
    enter_status(session, actor, case.id, StatusEntry(status=ExternalStatus.CLARIFICATION, on_day=DAY))
    assert pull(session, actor, page.cursor).changes == []


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


def reader_of(actor: Actor, *places: Any, opens_names: bool = False) -> Actor:
    granted = {(Permission.READ_INTERCHANGE, place) for place in places or (None,)}
    names = {(Permission.OPEN_NAMES, place) for place in places or (None,)} if opens_names else set[Any]()
    return replace(actor, grants=frozenset(granted | names), token="tarik")


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


def test_a_repeat_changes_nothing(session: Session, actor: Actor) -> None:
    make_case(session, actor)
    page = pull(session, actor)
    first, again = take(session, page), take(session, page)
    assert ((first.new, first.changed), (again.new, again.changed, again.known)) == ((1, 0), (0, 0, 1))
    assert len(session.scalars(select(ReceivedEntry)).all()) == 2


def _without_signature(change: dict[str, Any]) -> None:
    change["signature"] = "A" * 86


def _other_content(change: dict[str, Any]) -> None:
    change["document"]["title"] = "Lain"


def _later(change: dict[str, Any]) -> None:
    change["version"] += 1


def _tombstone(change: dict[str, Any]) -> None:
    change["is_withdrawn"] = True


def _no_number(change: dict[str, Any]) -> None:
    change["id"] = -1


def _huge(change: dict[str, Any]) -> None:
    change["document"]["statuses"] *= 600


def _nul(change: dict[str, Any]) -> None:
    change["document"]["title"] = "\0"
    _sign_again(change)


def _half_a_letter(change: dict[str, Any]) -> None:
    change["document"]["lain"] = "\ud800"


def _sign_again(change: dict[str, Any]) -> None:
    change["document_sha256"] = hash_of(change["document"])
    change["signature"] = A.sign(envelope_of(change))


SPOILED = [_without_signature, _other_content, _later, _tombstone, _no_number, _huge, _nul, _half_a_letter]


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


def test_differences_from_our_own_rows_are_named_and_ours_stay(session: Session, actor: Actor) -> None:
    make_case(session, actor)
    take(session, pull(session, actor))
    [row] = desk.list_received(session, actor)
    case = desk.adopt(session, actor, row.case.id)
    enter_status(session, actor, case.id, StatusEntry(status=ExternalStatus.REFUSED, on_day=DAY, document_number="1/A"))
    [row] = desk.list_received(session, actor)
    assert [one.conflict for one in row.entries if one.entry.value == "diteruskan_bkn"] == ["nomor_sama"]
    assert session.scalars(select(CaseStatus.status).where(CaseStatus.case_id == case.id)).all() == [ExternalStatus.REFUSED]


def test_the_schema_in_docs_is_that_of_the_classes() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()


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


@pytest.fixture
def houses(sqlite_settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Settings]]:
    """One on SQLite, one on PostgreSQL, in the order that the test asks for: the first refers, the second answers."""
    import os

    from tests.conftest import _database, _run_sql  # pyright: ignore[reportPrivateUsage]

    url, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
    name = f"netra_other_{os.getpid()}"
    _run_sql(url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    other = Settings(home=tmp_path / "other", database_url=_database(url, name), _env_file=None)  # pyright: ignore[reportCallIssue]
    yield [sqlite_settings, other] if request.param == "sqlite first" else [other, sqlite_settings]
    _run_sql(url, f"DROP DATABASE {name} WITH (FORCE)")


def make_partner(session: Session, *, opens_names: bool) -> str:
    """A partner's token; its scopes say whether names go with the cases."""
    role = "mitra_nama" if opens_names else "mitra"
    scopes = ["pertukaran.baca", *(["pribadi.buka"] if opens_names else [])]
    return create_api_token(session, make_user(session, role=role), "tarik", 1, can_write=opens_names, scopes=scopes)


@pytest.mark.parametrize(("houses", "opens_names"), [("sqlite first", False), ("postgresql first", True)], indirect=["houses"])
def test_a_case_goes_to_another_house_and_its_answer_comes_back(
    houses: list[Settings], tmp_path: Path, opens_names: bool
) -> None:
    from models.database import make_engine

    engines = [make_engine(settings.database_address) for settings in houses]
    here, there = (make_session(engine) for engine in engines)
    tokens = [tmp_path / "a.token", tmp_path / "b.token"]
    for sessions, path in zip((here, there), tokens, strict=True):
        with sessions.begin() as session:
            path.write_text(make_partner(session, opens_names=opens_names))
    with here.begin() as session:
        bawaslu = actor_of(make_user(session, role="admin"))
        case = make_case(session, bawaslu)
        name_subject(session, bawaslu, case)
    with serving(houses[0]) as (here_url, _), serving(houses[1]) as (there_url, _):
        out = ("interchange", "pull", here_url, "--token-file", str(tokens[0]), "--json")
        back = ("interchange", "pull", there_url, "--token-file", str(tokens[1]), "--json")
        first = run_netra(houses[1], *out)
        assert json.loads(first.stdout)["new"] == 1, first.stderr
        with there.begin() as session:
            bkn = actor_of(make_user(session, role="admin"))
            received = session.scalars(select(ReceivedCase)).one()
            assert ("Kartikasari" in json.dumps(received.document)) is opens_names
            own = desk.adopt(session, bkn, received.id)
            assert own.subject_name == ("Rina Kartikasari" if opens_names else "")
            enter_follow_up(session, bkn, own.id, FollowUpEntry(stage=Stage.SANCTIONED, on_day=DAY, document_number="9/B"))
        assert json.loads(run_netra(houses[0], *back).stdout)["new"] == 1
        again = json.loads(run_netra(houses[0], *back).stdout)
        assert (again["new"], again["changed"]) == (0, 0)
        with here.begin() as session:
            take_back(session, bawaslu, session.get_one(Case, case.id), ExternalStatus.REFERRED)
        assert json.loads(run_netra(houses[1], *out).stdout)["withdrawn"] == 1
    assert all(run_netra(settings, "interchange", "verify").returncode == 0 for settings in houses)
    with here() as session:
        answer, entry = session.scalars(select(ReceivedCase)).one(), session.scalars(select(ReceivedEntry)).one()
        assert (answer.case_id, answer.is_ours) == (case.id, True)
        assert (entry.value, entry.document_number) == ("sanksi", "9/B")
    for engine in engines:
        engine.dispose()

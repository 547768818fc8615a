"""Cases between two houses: ordered and complete, signed, received beside one's own, and there and back again."""

import copy
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import (
    Agency,
    AgencyTask,
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
)
from models.database import make_reading_session, make_session
from models.settings import Settings
from service.accounts.actor import Actor
from service.accounts.service import create_api_token
from service.cases.mirroring import enter_status
from service.cases.schemas import FollowUpEntry, NewCase, StatusEntry
from service.cases.service import open_case, record
from service.followup.service import enter_follow_up
from service.interchange import desk, giving
from service.interchange.receiving import OtherHouse, get_origin, take_page
from service.interchange.schemas import ChangeList, Origin, json_schema
from service.interchange.signing import House
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
    return giving.list_changes(session, actor, A, after)


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


def test_a_change_comes_again_and_a_withdrawn_referral_leaves_a_tombstone(session: Session, actor: Actor) -> None:
    case = make_case(session, actor)
    cursor = pull(session, actor).cursor
    entry = StatusEntry(status=ExternalStatus.AWAITS_PPK, on_day=DAY, document_number="2/A")
    enter_status(session, actor, case.id, entry)
    [change] = pull(session, actor, cursor).changes
    assert change.document is not None
    assert [row["status"] for row in change.document["statuses"]] == ["diteruskan_bkn", "menunggu_ppk"]
    referred = session.scalars(select(CaseStatus).where(CaseStatus.status == ExternalStatus.REFERRED)).one()
    back = StatusEntry(status=ExternalStatus.REFERRED, on_day=DAY, corrects_id=referred.id, is_withdrawal=True)
    enter_status(session, actor, case.id, back)
    [tombstone] = pull(session, actor, str(change.version)).changes
    assert (tombstone.is_withdrawn, tombstone.document) == (True, None)


def test_nothing_leaves_beyond_rights_and_masks(session: Session, actor: Actor) -> None:
    source = make_source(session, rights=Rights.FULL_TEXT)
    text = "@akun_pegawai Rina Kartikasari hadir. " * 90
    case = make_case(session, actor, source=source, kind=ItemKind.POST, text=text, title="")
    case.subject_name = "Rina Kartikasari"
    session.flush()
    [change] = pull(session, actor).changes
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
    sessions, readers, written = make_session(engine), make_reading_session(engine), list[int]()

    def write(case_id: int) -> None:
        for _ in range(15):
            with sessions.begin() as own:
                record(own, actor, "perkara.ubah", own.get_one(Case, case_id), {})

    writers = [threading.Thread(target=write, args=(case_id,)) for case_id in cases]
    for writer in writers:
        writer.start()
    cursor, is_last = int(start), False
    while not is_last:
        is_last = not any(writer.is_alive() for writer in writers)
        with readers() as reading:
            written += [one.version for one in giving.repository.list_happened(reading, cursor, 500)]
        cursor = max([cursor, *written])
    assert written == sorted(set(written))
    assert len(written) == 60


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


@pytest.mark.parametrize("spoil", [_without_signature, _other_content, _later, _tombstone, _no_number, _huge])
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


@pytest.fixture
def houses(sqlite_settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Settings, Settings]]:
    """One on SQLite, one on PostgreSQL."""
    import os

    from tests.conftest import _database, _run_sql  # pyright: ignore[reportPrivateUsage]

    url, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
    name = f"netra_other_{os.getpid()}"
    _run_sql(url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield sqlite_settings, Settings(home=tmp_path / "other", database_url=_database(url, name), _env_file=None)  # pyright: ignore[reportCallIssue]
    _run_sql(url, f"DROP DATABASE {name} WITH (FORCE)")


def test_a_case_goes_to_another_house_and_its_answer_comes_back(
    houses: tuple[Settings, Settings], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from models.database import make_engine

    engines = [make_engine(settings.database_address) for settings in houses]
    here, there = (make_session(engine) for engine in engines)
    tokens = [tmp_path / "a.token", tmp_path / "b.token"]
    for sessions, path in zip((here, there), tokens, strict=True):
        with sessions.begin() as session:
            path.write_text(create_api_token(session, make_user(session, role="mitra"), "tarik", 1))
    with here.begin() as session:
        case = make_case(session, actor_of(make_user(session, role="admin")))
    with serving(houses[0]) as (here_url, _), serving(houses[1]) as (there_url, _):
        first = run_netra(houses[1], "interchange", "pull", here_url, "--token-file", str(tokens[0]), "--json")
        assert json.loads(first.stdout)["new"] == 1, first.stderr
        with there.begin() as session:
            bkn = actor_of(make_user(session, role="admin"))
            received = session.scalars(select(ReceivedCase)).one()
            own = desk.adopt(session, bkn, received.id)
            enter_follow_up(session, bkn, own.id, FollowUpEntry(stage=Stage.SANCTIONED, on_day=DAY, document_number="9/B"))
        back = run_netra(houses[0], "interchange", "pull", there_url, "--token-file", str(tokens[1]), "--json")
        assert json.loads(back.stdout)["new"] == 1, back.stderr
        again = run_netra(houses[0], "interchange", "pull", there_url, "--token-file", str(tokens[1]), "--json")
        assert (json.loads(again.stdout)["new"], json.loads(again.stdout)["changed"]) == (0, 0)
    with here() as session:
        answer = session.scalars(select(ReceivedCase)).one()
        entry = session.scalars(select(ReceivedEntry)).one()
        assert (answer.case_id, answer.is_ours) == (case.id, True)
        assert (entry.value, entry.document_number) == ("sanksi", "9/B")
    for engine in engines:
        engine.dispose()

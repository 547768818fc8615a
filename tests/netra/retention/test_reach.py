"""Words and names that lie beside the usual way: of tips, of copies, of merged cases, and what people wrote while they worked."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from models import (
    Agency,
    AuditEvent,
    Base,
    Case,
    CaseReferral,
    CaseStatus,
    Cluster,
    CorrectionDeed,
    CorrectionDeedKind,
    ExternalStatus,
    Flag,
    FlagReason,
    FlagSkip,
    GoldenReading,
    Item,
    ItemVersion,
    LegalHold,
    Origin,
    Outcome,
    ReceivedCase,
    ReceivedEntry,
    ReceivedKind,
    Tip,
    now,
)
from models.evidence.store import EvidenceWriter
from models.settings import Settings
from models.tip_items import store_tip_item
from service.cases.derived import derive
from service.corrections.notes import list_of_item
from service.interchange.documents import describe
from tests.factories import make_flag, make_item, make_user
from tests.netra.retention.conftest import MARK, OLD, Office, assess, bytes_of, run_all
from tests.service.corrections.desk import make_correction

TOLD = "Rangkayowati"
"""A word that only tips have."""
ONLY_TIPS = {"konten_bukan_pelanggaran": 0, "konten_tanpa_penanda": 0, "salinan_lepas": 0}


def dump(engine: Engine) -> str:
    with engine.connect() as connection:
        names = [*Base.metadata.tables, "flag_words"]
        return "\n".join(str(row) for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"')))


def has_words(session: Session, item_id: int) -> bool:
    session.rollback()
    return any(session.scalars(select(ItemVersion.text).where(ItemVersion.item_id == item_id)))


@pytest.fixture
def told(session: Session, settings: Settings) -> Item:
    """An item that a tip brought, whose flag was closed with it."""
    item = tell(session, settings.evidence_dir)
    session.commit()
    return item


def tell(session: Session, folder: Path, outcome: Outcome = Outcome.NO_VIOLATION) -> Item:
    with EvidenceWriter(folder) as writer:
        words = {"text": f"{TOLD} hadir di rapat.", "shown": f"{TOLD} hadir di rapat.", "link": ""}
        item = store_tip_item(session, writer, **words, region_code="33").item
    assess(session, make_flag(session, item, reason=FlagReason.TIP), outcome)
    add_tip(session, item, closed_at=now() - OLD)
    return item


def add_tip(session: Session, item: Item, **values: Any) -> None:
    day = (now() - OLD).date()
    about = {"item_id": item.id, "region_code": "33", "happened_on": day, "known_on": day}
    number = len(session.scalars(select(Tip.id)).all())
    session.add(Tip(code_sha256=f"{number:064}", text=TOLD, **about, **values))
    session.flush()


def test_the_item_of_a_closed_tip_goes_with_it(engine: Engine, session: Session, settings: Settings, told: Item) -> None:
    assert TOLD.encode() in bytes_of(settings.evidence_dir)
    result = run_all(engine, settings, **ONLY_TIPS)
    assert result.by_rule["informasi_ditutup"] == {"informasi": 1, "konten": 1, "versi": 1, "salinan": 1}
    assert TOLD.lower() not in dump(engine).lower()
    assert TOLD.encode() not in bytes_of(settings.evidence_dir)
    assert not run_all(engine, settings, **ONLY_TIPS).has_changed


def test_it_stays_while_another_tip_or_an_outlet_stands_on_it(
    engine: Engine, session: Session, settings: Settings, told: Item
) -> None:
    add_tip(session, told, closed_at=now() - timedelta(days=1))
    session.commit()
    run_all(engine, settings, **ONLY_TIPS)
    assert has_words(session, told.id)
    session.execute(update(Tip).values(closed_at=now() - OLD))
    session.add(ItemVersion(item_id=told.id, number=2, text="Berita.", text_sha256="2" * 64, method="uji"))
    session.commit()
    run_all(engine, settings, **ONLY_TIPS)
    assert has_words(session, told.id)


def test_it_stays_where_somebody_found_something_in_it(engine: Engine, session: Session, settings: Settings) -> None:
    item = tell(session, settings.evidence_dir, Outcome.INDICATION)
    session.commit()
    run_all(engine, settings, **ONLY_TIPS)
    assert has_words(session, item.id)


def test_it_goes_later_where_it_was_held_when_its_tip_lost_its_words(
    engine: Engine, session: Session, settings: Settings, told: Item
) -> None:
    session.execute(update(Tip).values(text=""))
    session.commit()
    run_all(engine, settings, **ONLY_TIPS)
    assert not has_words(session, told.id)


def duplicate(session: Session, cluster: Cluster | None) -> int:
    item = make_item(session)
    assess(session, make_flag(session, item, cluster_id=cluster.id if cluster else None), Outcome.DUPLICATE)
    return item.id


def test_a_copy_goes_with_what_it_is_a_copy_of(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    session.add_all(clusters := [Cluster(), Cluster()])
    session.flush()
    harmless, found = clusters
    session.execute(update(Flag).where(Flag.item_id == office.harmless.id).values(cluster_id=harmless.id))
    assess(session, make_flag(session, cluster_id=found.id), Outcome.NO_VIOLATION)
    assess(session, make_flag(session, cluster_id=found.id), Outcome.INDICATION)
    copies = [duplicate(session, harmless), duplicate(session, found), duplicate(session, None)]
    session.commit()
    run_all(engine, settings)
    assert [has_words(session, number) for number in copies] == [False, True, True]


def test_a_copy_waits_for_what_is_still_open(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    session.add(cluster := Cluster())
    session.flush()
    session.execute(update(Flag).where(Flag.item_id == office.harmless.id).values(cluster_id=cluster.id))
    make_flag(session, cluster_id=cluster.id)
    number = duplicate(session, cluster)
    session.commit()
    run_all(engine, settings)
    assert has_words(session, number)


def make_case(session: Session, **values: Any) -> Case:
    user = make_user(session)
    case = Case(title="Rapat dinas", discovered_at=now(), opened_by_id=user.id, subject_name=MARK, witnesses=MARK, **values)
    session.add(case)
    session.flush()
    return case


def names_left(session: Session) -> list[int]:
    session.rollback()
    return list(session.scalars(select(Case.id).where(Case.subject_name != "").order_by(Case.id)))


def test_names_of_a_merged_case_go_with_the_case_that_it_is_part_of(engine: Engine, session: Session, settings: Settings) -> None:
    ended, running = make_case(session, ended_on=(now() - OLD).date()), make_case(session)
    between = make_case(session, merged_into_id=ended.id)
    make_case(session, merged_into_id=between.id)
    of_running = make_case(session, merged_into_id=running.id, ended_on=(now() - OLD).date())
    session.commit()
    assert run_all(engine, settings).by_rule["nama_perkara"] == {"perkara": 3}
    assert names_left(session) == [running.id, of_running.id]
    told = select(AuditEvent.subject_id).where(AuditEvent.action == "perkara.lupa_nama", AuditEvent.subject_type == "case")
    assert set(session.scalars(told)) == set(session.scalars(select(Case.id))) - {running.id, of_running.id}


def test_names_of_a_merged_case_stay_where_one_of_both_was_referred_or_is_held(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    kept = session.scalars(select(Case)).one()
    kept.ended_on = (now() - OLD).date()
    merged = make_case(session, merged_into_id=kept.id)
    session.add(row := LegalHold(item_id=office.evidence.id, reason="surat", held_by="uji"))
    session.commit()
    assert run_all(engine, settings).by_rule["nama_perkara"] == {}
    session.delete(row)
    session.add(refer(session, merged))
    session.commit()
    assert run_all(engine, settings).by_rule["nama_perkara"] == {"perkara": 1}
    assert names_left(session) == [merged.id]


@pytest.mark.parametrize(
    ("statuses", "stays"),
    [
        ((ExternalStatus.MORAL, ExternalStatus.LEFT_SERVICE), True),
        ((ExternalStatus.MORAL, ExternalStatus.CANCELLED), False),
        ((ExternalStatus.REFERRED, ExternalStatus.UNSUPPORTED), True),
        ((ExternalStatus.REPORT, ExternalStatus.UNSUPPORTED), False),
    ],
)
def test_the_name_of_a_case_that_ended_stays_where_its_mirror_tells_of_a_sanction_or_a_referral(
    engine: Engine, session: Session, settings: Settings, statuses: tuple[ExternalStatus, ...], stays: bool
) -> None:
    case = make_case(session)
    for number, status in enumerate(statuses):
        day = (now() - OLD).date() + timedelta(days=number)
        session.add(CaseStatus(case_id=case.id, status=status, on_day=day, user_id=case.opened_by_id))
    derive(session, case)
    session.commit()
    run_all(engine, settings)
    assert names_left(session) == [case.id] * stays


def test_with_a_name_that_had_its_time_go_the_texts_that_say_it(engine: Engine, session: Session, settings: Settings) -> None:
    values = {"ended_on": (now() - OLD).date(), "place": f"Rumah {MARK}", "description": f"Menurut saksi, {MARK} hadir."}
    case = make_case(session, **values)
    case.title = f"{MARK} mengajak"
    note = CaseStatus(case_id=case.id, status=ExternalStatus.REPORT, on_day=now().date(), user_id=case.opened_by_id, note=MARK)
    session.add(note)
    session.commit()
    assert run_all(engine, settings).by_rule["nama_perkara"] == {"perkara": 1}
    session.rollback()
    session.refresh(case)
    assert (case.title, case.place, case.description) == ("Z. mengajak", "Rumah Z.", "Menurut saksi, Z. hadir.")
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "perkara.lupa_nama")).one()
    assert told.detail == {"tertutup": {"keadaan.catatan": [note.id]}}
    assert MARK not in describe(session, case, shows_name=True).model_dump_json()


def refer(session: Session, case: Case) -> CaseReferral:
    entry = CaseStatus(case_id=case.id, status=ExternalStatus.REFERRED, on_day=now().date(), user_id=case.opened_by_id)
    session.add(entry)
    session.flush()
    agency = session.scalars(select(Agency.id).limit(1)).one()
    about = {"case_id": case.id, "agency_id": agency, "status_id": entry.id, "user_id": case.opened_by_id}
    return CaseReferral(dossier_sha256="0" * 64, **about)


def test_what_people_wrote_while_they_worked_goes_with_the_words(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    flag = session.scalars(select(Flag).where(Flag.item_id == office.harmless.id)).one()
    flag.hand_note, flag.hold_reason = MARK, MARK
    session.add(FlagSkip(user_id=make_user(session).id, flag_id=flag.id, reason=MARK))
    session.commit()
    run_all(engine, settings)
    assert MARK.lower() not in dump(engine).lower()


def test_notes_of_correction_and_of_measured_readings_go_with_the_words(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    flag, user = session.scalars(select(Flag).where(Flag.item_id == office.harmless.id)).one(), make_user(session)
    about = {"correction_id": make_correction(session).id, "done_by_id": user.id, "item_id": office.harmless.id}
    session.add(CorrectionDeed(kind=CorrectionDeedKind.NOTE, note=MARK, **about))
    of = {"user_id": user.id, "item_version_id": flag.item_version_id, "flag_id": flag.id, "held_until": now()}
    session.add(GoldenReading(label="imbauan", note=MARK, **of))
    session.commit()
    run_all(engine, settings)
    assert MARK.lower() not in dump(engine).lower()
    session.rollback()
    assert list_of_item(session, office.harmless.id) == []


def test_with_a_name_go_notes_of_correction_that_say_it(engine: Engine, session: Session, settings: Settings) -> None:
    case = make_case(session, ended_on=(now() - OLD).date())
    about = {"correction_id": make_correction(session).id, "done_by_id": case.opened_by_id, "case_id": case.id}
    session.add(CorrectionDeed(kind=CorrectionDeedKind.NOTE, note=f"{MARK} tidak hadir.", **about))
    session.commit()
    run_all(engine, settings)
    session.rollback()
    assert session.scalars(select(CorrectionDeed.note)).one() == "Z. tidak hadir."


def test_entries_that_another_house_withdrew_lose_their_numbers_though_its_case_stands(
    engine: Engine, session: Session, settings: Settings
) -> None:
    session.add(origin := Origin(key="k", name="Bawaslu Wanasari", url="https://wanasari.test"))
    session.flush()
    about = {"origin_id": origin.id, "remote_id": 1, "version": 1, "sha256": "0" * 64, "signature": "s"}
    session.add(row := ReceivedCase(**about, document={"title": "Rapat dinas"}))
    session.flush()
    withdrawn = (None, now() - timedelta(days=29), now() - timedelta(days=31))
    for number, at in enumerate(withdrawn):
        said = {"kind": ReceivedKind.STATUS, "value": "laporan", "on_day": now().date(), "document_number": f"{number}/{MARK}"}
        session.add(ReceivedEntry(received_case_id=row.id, remote_id=number, withdrawn_at=at, **said))
    session.commit()
    assert run_all(engine, settings).by_rule["perkara_kiriman"] == {"perkara": 1}
    assert run_all(engine, settings).by_rule["perkara_kiriman"] == {}
    session.rollback()
    numbers = session.scalars(select(ReceivedEntry.document_number).order_by(ReceivedEntry.id)).all()
    assert (numbers, row.document) == ([f"0/{MARK}", f"1/{MARK}", ""], {"title": "Rapat dinas"})

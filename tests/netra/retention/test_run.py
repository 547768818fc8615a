"""What has had its time goes, everywhere; what is needed stays; and both can be proved afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, inspect, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from classifier.labels import read_labels
from crawler.items import FetchedArticle
from crawler.storing.storage import store_article
from models import (
    Assessment,
    AuditEvent,
    Base,
    Flag,
    FlagState,
    Item,
    ItemVersion,
    LegalHold,
    NoViolationReason,
    Outcome,
    Snapshot,
    Tip,
    now,
    verify_chain,
)
from models.database import make_reading_session
from models.evidence.store import EvidenceWriter
from models.settings import Settings
from netra.evidence.selection import Scope
from netra.evidence.verify import Report, verify
from netra.retention.rules import load_rules
from netra.retention.run import plan
from netra.retention.traces import overwrite_what_is_freed, wipe
from tests.factories import make_source, make_user
from tests.netra.retention.conftest import KEPT, MARK, OLD, Office, bytes_of, make_page, run_all


def verify_all(session: Session, settings: Settings) -> Report:
    session.expire_all()
    return verify(session, settings.evidence_dir, Scope(), roots=[])


def text_of(session: Session, item: Item) -> str:
    session.expire_all()
    return session.scalars(select(ItemVersion.text).where(ItemVersion.item_id == item.id)).one()


def dump(engine: Engine) -> str:
    """Every value of every table."""
    with engine.connect() as connection:
        names = [*Base.metadata.tables, "flag_words"]
        return "\n".join(str(row) for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"')))


def test_a_plan_counts_and_changes_nothing(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    before = dump(engine)
    with make_reading_session(engine)() as reader:
        counts = plan(reader, load_rules({}), now())
    assert (counts["konten_tanpa_penanda"], counts["konten_bukan_pelanggaran"]) == (1, 1)
    assert dump(engine) == before


def test_what_went_is_neither_stored_again_nor_learned_from(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    flag = session.scalars(select(Flag).where(Flag.item_id == office.harmless.id)).one()
    reason = {"outcome": Outcome.NO_VIOLATION, "no_violation_reason": NoViolationReason.IRRELEVANT}
    about = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "user_id": make_user(session).id}
    session.add(Assessment(**about, **reason, created_at=now() - OLD))
    session.commit()
    taught = read_labels(session)
    session.commit()
    run_all(engine, settings)
    assert (len(taught), read_labels(session)) == (1, [])
    with EvidenceWriter(settings.evidence_dir) as writer:
        article = FetchedArticle(f"https://contoh.test/{MARK}/0", "Rapat", f"{MARK} kembali. " * 9, method="uji")
        store_article(session, writer, article, make_source(session), fetched=make_page(article.url or "", article.text))
    assert text_of(session, office.unflagged) == ""


def test_no_word_of_what_went_is_left_in_any_table_or_file(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    assert MARK in dump(engine)
    assert MARK.encode() in bytes_of(settings.evidence_dir)
    result = run_all(engine, settings)
    assert (result.buried, result.refusals) == (4, [])
    assert MARK.lower() not in dump(engine).lower()
    assert MARK.encode() not in bytes_of(settings.evidence_dir)


def test_evidence_of_a_case_and_recent_items_stay(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    run_all(engine, settings)
    assert KEPT in text_of(session, office.evidence)
    assert KEPT in text_of(session, office.recent)
    assert bytes_of(settings.evidence_dir).count(f"<p>{KEPT}".encode()) == 4


def test_evidence_and_trail_still_verify_and_say_what_was_deleted(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    run_all(engine, settings)
    report = verify_all(session, settings)
    said = [finding.problem for finding in report.findings]
    assert (report.is_whole, len(said)) == (True, 4)
    assert any(f"deleted on {now():%Y-%m-%d} under rule konten_bukan_pelanggaran" in problem for problem in said)
    assert verify_chain(session).breaks == []


def test_hashes_stay_so_that_what_was_kept_can_still_be_named(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    query = select(Snapshot.sha256, Snapshot.warc_sha256).order_by(Snapshot.id)
    before = session.execute(query).all()
    session.commit()
    run_all(engine, settings)
    assert session.execute(query).all() == before


def test_a_changed_tombstone_is_damage(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    run_all(engine, settings)
    path = next(settings.evidence_dir.rglob("*.warc.gz"))
    path.write_bytes(path.read_bytes().replace(b"rule: konten_tanpa", b"rule: konten_lupa_"))
    assert not verify_all(session, settings).is_whole


def test_the_trail_says_counts_and_no_word(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    run_all(engine, settings)
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject_type == "retention")).all()
    assert [event.action for event in events] == ["retensi.hapus", "retensi.hapus", "retensi.byte"]
    assert events[0].detail == {
        "aturan": "konten_tanpa_penanda",
        "hari": 365,
        "jumlah": 1,
        "konten": 1,
        "versi": 1,
        "salinan": 2,
    }


def test_a_second_run_finds_nothing(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    run_all(engine, settings)
    again = run_all(engine, settings)
    assert (again.has_changed, again.refusals) == (False, [])


def test_what_is_held_stays_until_it_is_released(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    session.add(LegalHold(item_id=office.unflagged.id, reason="surat Ombudsman", held_by="uji"))
    session.commit()
    run_all(engine, settings)
    assert MARK in text_of(session, office.unflagged)
    session.execute(update(LegalHold).values(released_at=now()))
    session.commit()
    run_all(engine, settings)
    assert text_of(session, office.unflagged) == ""


def test_open_work_stays_however_old(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    session.execute(update(Flag).where(Flag.item_id == office.harmless.id).values(state=FlagState.OPEN, outcome=None))
    session.commit()
    run_all(engine, settings)
    assert MARK in text_of(session, office.harmless)


def test_a_rule_of_no_days_is_switched_off(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    run_all(engine, settings, konten_tanpa_penanda=0, salinan_lepas=0)
    assert MARK in text_of(session, office.unflagged)
    assert text_of(session, office.harmless) == ""


def test_bytes_that_a_standing_item_shares_are_not_overwritten(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    shared = session.scalars(select(ItemVersion.snapshot_id).where(ItemVersion.item_id == office.unflagged.id)).one()
    values = {column.name: getattr(session.get_one(Snapshot, shared), column.name) for column in Snapshot.__table__.columns}
    twin = Snapshot(**{name: value for name, value in values.items() if name != "id"})
    session.add(twin)
    session.commit()  # As a `revisit` would: the same bytes, of which only one copy is in the files.
    assert run_all(engine, settings, salinan_lepas=0).buried == 3
    assert verify_all(session, settings).is_whole


def test_no_statement_may_change_words_or_take_them_back(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    run_all(engine, settings)
    versions, copies = ItemVersion.__table__, Snapshot.__table__
    for statement in (
        update(versions).values(text="lain"),
        update(versions).where(versions.c.erased_at.is_(None)).values(text="", erased_at=now(), erased_rule="x"),
        update(versions).values(erased_at=None),
        update(copies).values(url="lain"),
        update(copies).where(copies.c.erased_at.is_(None)).values(sha256="0" * 64),
        update(copies).where(copies.c.erased_at.is_not(None)).values(tombstone_sha256=""),
    ):
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(statement)
        session.rollback()


def test_words_of_closed_tips_go(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    day = (now() - OLD).date()
    values = {"region_code": "33", "happened_on": day, "known_on": day, "closed_at": now() - timedelta(days=91)}
    session.add(Tip(code_sha256="1" * 64, item_id=office.recent.id, text=MARK, agency=MARK, **values))
    session.commit()
    assert run_all(engine, settings).by_rule["informasi_ditutup"] == {"informasi": 1}
    assert MARK not in dump(engine)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_freed_pages_and_the_log_of_sqlite_hold_nothing_either(
    engine: Engine, session: Session, settings: Settings, office: Office
) -> None:
    session.close()
    overwrite_what_is_freed(engine)
    assert MARK.encode() in b"".join(path.read_bytes() for path in settings.home.glob("netra.sqlite3*"))
    run_all(engine, settings)
    wipe(engine, rebuilds=True)
    for path in settings.home.rglob("*"):
        assert not path.is_file() or MARK.lower().encode() not in path.read_bytes().lower(), path.name


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_postgresql_frees_its_dead_rows(engine: Engine, session: Session, settings: Settings, office: Office) -> None:
    run_all(engine, settings)
    session.close()
    wipe(engine, rebuilds=True)
    assert "items" in inspect(engine).get_table_names()

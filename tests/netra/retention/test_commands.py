"""`netra retention` on a real home: counted, erased, killed in the middle, and said in words."""

import json
import time

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import AuditEvent, Item, ItemVersion, now, verify_chain
from models.evidence.store import EvidenceWriter
from models.settings import Settings
from netra.evidence.selection import Scope
from netra.evidence.verify import verify
from tests.engines import sqlite_every_day
from tests.factories import make_source
from tests.netra.retention.conftest import MARK, OLD, Office, bytes_of, store
from tests.processes import kill, run_netra, start_netra

MANY = 1200


def call(settings: Settings, *words: str, **variables: str) -> tuple[int, str]:
    done = run_netra(settings, "retention", *words, **variables)
    return done.returncode, done.stdout


def test_plan_then_run_then_nothing(settings: Settings, office: Office) -> None:
    code, said = call(settings, "plan", "--json")
    due = {rule["slug"]: rule["due"] for rule in json.loads(said)["rules"]}
    assert (code, due["konten_tanpa_penanda"], due["sesi"]) == (0, 1, 0)
    assert json.loads(call(settings, "run", "--json")[1])["bytes_overwritten"] == 4
    assert call(settings, "run") == (0, "nothing has had its time\n")


def test_a_file_that_cannot_be_sealed_anew_is_named_and_the_code_is_1(settings: Settings, office: Office) -> None:
    path = next(settings.evidence_dir.rglob("*.warc.gz"))
    path.write_bytes(path.read_bytes()[:-5] + b"zzzzz")
    code, said = call(settings, "run", "--json")
    assert (code, "not as it was sealed" in json.loads(said)["left"][0]["reason"]) == (1, True)


def test_holds_are_listed_and_a_wrong_number_of_days_is_said(settings: Settings, office: Office) -> None:
    assert call(settings, "holds") == (0, "nothing is held\n")
    call(settings, "hold", str(office.recent.id), "--reason", "surat 12/2024")
    assert "surat 12/2024" in call(settings, "holds")[1]
    assert call(settings, "plan", NETRA_RETENTION_DAYS="lain=3")[0] == 2


@sqlite_every_day
def test_a_run_that_is_killed_goes_on_and_nothing_is_half_gone(session: Session, settings: Settings) -> None:
    fill(session, settings)
    process = start_netra(settings, "retention", "run")
    while process.poll() is None and not session.scalar(select(func.count()).select_from(AuditEvent)):
        session.rollback()
        time.sleep(0.02)
    kill(process)
    session.rollback()
    assert call(settings, "run")[0] == 0
    left = session.scalar(select(func.count()).select_from(ItemVersion).where(ItemVersion.text != ""))
    assert (left, verify_chain(session).breaks) == (0, [])
    detail = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "retensi.hapus")).all()
    assert sum(said["versi"] for said in detail) == MANY + 1
    assert MARK.encode() not in bytes_of(settings.evidence_dir)
    assert verify(session, settings.evidence_dir, Scope(since=now()), roots=[]).is_whole


def fill(session: Session, settings: Settings) -> None:
    """One item with evidence, and many without, all old."""
    source = make_source(session)
    with EvidenceWriter(settings.evidence_dir) as writer:
        store(session, writer, 0, MARK)
    items = [Item(source_id=source.id, item_key=f"{number:064d}", url=f"https://x.test/{number}") for number in range(MANY)]
    session.add_all(items)
    session.flush()
    versions = [ItemVersion(item_id=item.id, number=1, title=MARK, text=MARK * 50, text_sha256="0" * 64) for item in items]
    session.add_all(versions)
    session.flush()
    for item, version in zip(items, versions, strict=True):
        item.current_version_id = version.id
    session.flush()
    session.execute(update(Item).values(last_seen_at=now() - OLD))
    session.commit()

"""Every byte that is not as it was written is found, and named in words."""

import shutil
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Item, Snapshot
from models.evidence.store import EvidenceWriter
from models.settings import Settings
from netra.evidence.selection import Scope
from netra.evidence.verify import Report, verify
from tests.factories import make_item
from tests.netra.evidence.conftest import make_page


def look(session: Session, settings: Settings, *items: Item) -> Report:
    return verify(session, settings.evidence_dir, Scope(tuple(item.id for item in items)), roots=[])


def only_file(settings: Settings) -> Path:
    return next(settings.evidence_dir.glob("*/*/*.warc.gz"))


def test_what_was_kept_is_whole(session: Session, settings: Settings, kept: list[Item]) -> None:
    report = look(session, settings)
    assert (report.is_whole, report.findings, report.snapshots, report.files) == (True, [], 3, 1)
    assert look(session, settings, kept[1]).snapshots == 2  # Its further page too.


def test_every_flipped_byte_is_found(session: Session, settings: Settings, kept: list[Item]) -> None:
    path = only_file(settings)
    whole = path.read_bytes()
    for at in [0, 4, 9, len(whole) - 1, *range(11, len(whole), len(whole) // 40)]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert not look(session, settings).is_whole, f"byte {at} of {len(whole)}"
    path.write_bytes(whole)
    assert look(session, settings).is_whole


def test_a_cut_file_and_a_missing_one_are_said_so(session: Session, settings: Settings, kept: list[Item]) -> None:
    path = only_file(settings)
    path.write_bytes(path.read_bytes()[:-30])
    assert "ends 30 bytes before" in " ".join(finding.problem for finding in look(session, settings).findings)
    path.unlink()
    problems = [finding.problem for finding in look(session, settings).findings]
    assert (len(problems), "the file is missing" in problems) == (4, True)


def test_a_record_that_was_replaced_by_a_sound_one_is_found(
    session: Session, settings: Settings, kept: list[Item], tmp_path: Path
) -> None:
    with EvidenceWriter(tmp_path / "palsu") as forger:
        forger.append(make_page("https://contoh.test/berita/1?é=1", "Rapat lain"))
    shutil.copy(next((tmp_path / "palsu").glob("*/*/*.warc.gz")), only_file(settings))
    problems = [finding.problem for finding in look(session, settings, kept[0]).findings]
    assert any("changed or replaced" in problem or "ends" in problem for problem in problems)


def test_a_row_of_another_address_does_not_fit_its_record(session: Session, settings: Settings, kept: list[Item]) -> None:
    one = session.scalars(select(Snapshot).order_by(Snapshot.id)).first()
    assert one is not None
    forged = {column.name: getattr(one, column.name) for column in Snapshot.__table__.columns if column.name != "id"}
    session.add(Snapshot(**(forged | {"url": "https://contoh.test/lain"})))
    session.flush()
    (finding,) = look(session, settings).findings
    assert "the record is of https://contoh.test/berita/1" in finding.problem


def test_a_torn_tail_is_a_note_and_the_next_writer_mends_it(session: Session, settings: Settings, kept: list[Item]) -> None:
    path = only_file(settings)
    whole = path.read_bytes()
    path.with_name(path.name + ".sha256").unlink()
    path.write_bytes(whole + whole[:77])
    mark = settings.evidence_dir / "open" / f"{path.name}.txt"
    mark.write_text(path.relative_to(settings.evidence_dir).as_posix())
    report = look(session, settings)
    assert (report.is_whole, "last 77 bytes" in report.findings[0].problem) == (True, True)
    with EvidenceWriter(settings.evidence_dir) as writer:
        writer.append(make_page("https://contoh.test/3", "Baru"))
        assert look(session, settings).findings == []  # The file that is being written has no seal yet.
    assert (path.read_bytes(), look(session, settings).findings) == (whole, [])


def test_a_text_without_a_copy_is_named(session: Session, settings: Settings, kept: list[Item]) -> None:
    bare = make_item(session)
    (finding,) = look(session, settings, kept[0], bare).findings
    assert (finding.place, finding.problem) == (f"item {bare.id}", "version 1 has no stored copy")


def test_rows_from_before_lengths_were_kept_are_checked_by_their_body(
    session: Session, settings: Settings, kept: list[Item]
) -> None:
    one = session.scalars(select(Snapshot).order_by(Snapshot.id)).first()
    assert one is not None
    values = {column.name: getattr(one, column.name) for column in Snapshot.__table__.columns if column.name != "id"}
    old = values | {"warc_length": 0, "warc_sha256": ""}
    session.add_all([Snapshot(**old), Snapshot(**(old | {"sha256": "0" * 64}))])
    session.flush()
    (finding,) = look(session, settings).findings
    assert "do not match their hash" in finding.problem


def test_a_row_of_another_moment_does_not_fit_its_record(session: Session, settings: Settings, kept: list[Item]) -> None:
    one = session.scalars(select(Snapshot).order_by(Snapshot.id)).first()
    assert one is not None
    values = {column.name: getattr(one, column.name) for column in Snapshot.__table__.columns if column.name != "id"}
    session.add(Snapshot(**(values | {"fetched_at": one.fetched_at.replace(year=2023)})))
    session.flush()
    (finding,) = look(session, settings).findings
    assert "the row of 2023" in finding.problem

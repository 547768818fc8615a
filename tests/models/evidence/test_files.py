"""Files of evidence: units of records, the same bytes once, a new file when one is large or of yesterday, a seal at the end."""

import hashlib
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from models import Snapshot
from models.evidence import store as evidence
from models.evidence.files import cut_torn_ends, has_living_writer, hash_file, read_seal
from models.evidence.store import EvidenceDamaged, EvidenceWriter, Fetched, read_evidence, read_unit
from models.evidence.units import make_unit, name_original

PAGE = Fetched(
    "https://contoh.test/1?a=b",
    b"<p>Apel pagi</p>" * 9000,
    "text/html",
    200,
    (("Content-Type", "text/html"), ("Set-Cookie", "sesi=rahasia")),
    datetime(2024, 10, 16, 7, 5, tzinfo=UTC),
    asked=(("User-Agent", "netra/0.1"), ("Authorization", "Bearer rahasia")),
)


def test_a_fetch_is_kept_with_what_was_asked_and_what_we_say_of_it(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        snapshot = writer.append(PAGE)
    unit = read_unit(tmp_path, snapshot)
    records = [
        (record.rec_type, record.rec_headers.get_header("WARC-Date"), record.raw_stream.read())
        for record in ArchiveIterator(BytesIO(unit), check_digests="raise")  # pyright: ignore[reportArgumentType]
    ]
    assert [kind for kind, _, _ in records] == ["response", "request", "metadata"]
    assert {moment for _, moment, _ in records} == {"2024-10-16T07:05:00.000000Z"}
    assert f"body-sha256: {snapshot.sha256}".encode() in records[2][2]
    assert (snapshot.warc_length, snapshot.warc_sha256) == (len(unit), hashlib.sha256(unit).hexdigest())
    assert b"rahasia" not in unit
    assert "rahasia" not in str(snapshot.http_headers)


def test_the_same_bytes_are_not_written_twice(tmp_path: Path) -> None:
    again = replace(PAGE, url="https://contoh.test/2", fetched_at=datetime(2024, 10, 17, tzinfo=UTC))
    with EvidenceWriter(tmp_path) as writer:
        first = writer.append(PAGE)
    with EvidenceWriter(tmp_path) as writer:
        second = writer.append(again, same_as=first)
        third = writer.append(replace(again, url="https://contoh.test/3"), same_as=second)
    assert read_evidence(tmp_path, second) == read_evidence(tmp_path, third) == PAGE.body
    assert (second.url, second.warc_length < 3000, b"Apel" in read_unit(tmp_path, third)) == (again.url, True, False)


def test_damaged_bytes_are_written_anew(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        first = writer.append(PAGE)
    (tmp_path / first.warc_file).write_bytes(b"")
    with EvidenceWriter(tmp_path) as writer:
        second = writer.append(PAGE, same_as=first)
    assert read_evidence(tmp_path, second) == PAGE.body


def test_a_reference_leads_to_no_file_but_ours(tmp_path: Path) -> None:
    (tmp_path / "luar.warc.gz").write_bytes(b"")
    with EvidenceWriter(tmp_path / "bukti") as writer:
        first = writer.append(PAGE)
        first.warc_file, named = "../luar.warc.gz", first.warc_file
        original = name_original(tmp_path / "bukti", Snapshot(**{**vars_of(first), "warc_file": named}))
        forged = tuple((name, value.replace(named, "../luar.warc.gz")) for name, value in original)
        unit = make_unit(PAGE, datetime.now(UTC), PAGE.sha256, forged)
    path = tmp_path / "bukti" / named
    offset = path.stat().st_size
    path.write_bytes(path.read_bytes() + unit)
    with pytest.raises(EvidenceDamaged, match="no file of ours"):
        read_evidence(tmp_path / "bukti", Snapshot(**{**vars_of(first), "warc_file": named, "warc_offset": offset}))


def vars_of(snapshot: Snapshot) -> dict[str, object]:
    return {name: getattr(snapshot, name) for name in ("url", "fetched_at", "sha256", "byte_count", "warc_file", "warc_offset")}


def test_a_large_file_is_finished_and_sealed(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path, largest_file=3000) as writer, writer.together():
        names = [writer.append(replace(PAGE, url=f"https://contoh.test/{number}")).warc_file for number in range(6)]
        assert read_seal(tmp_path / names[0]) == hash_file(tmp_path / names[0])
    assert 1 < len(set(names)) < 6
    assert all(read_seal(tmp_path / name) == hash_file(tmp_path / name) for name in names)
    assert list((tmp_path / "open").iterdir()) == []


def test_a_new_day_is_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EvidenceWriter(tmp_path) as writer:
        first = writer.append(PAGE)
        monkeypatch.setattr(evidence, "now", lambda: datetime(2091, 1, 2, tzinfo=UTC))
        second = writer.append(PAGE)
    assert (second.warc_file[:16], first.warc_file != second.warc_file) == ("2091/01/20910102", True)


def test_the_seal_is_one_that_sha256sum_reads(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        path = tmp_path / writer.append(PAGE).warc_file
    subprocess.run(["sha256sum", "--check", "--strict", f"{path.name}.sha256"], cwd=path.parent, check=True)


def test_the_file_of_a_dead_writer_is_sealed_by_the_next(tmp_path: Path) -> None:
    living = EvidenceWriter(tmp_path)
    name = living.append(PAGE).warc_file
    assert has_living_writer(tmp_path, name)
    assert living._mark is not None
    assert living._file is not None
    living._mark.close()  # As the kernel does when the process dies.
    living._file.close()
    assert not has_living_writer(tmp_path, name)
    assert cut_torn_ends(tmp_path) == []
    assert read_seal(tmp_path / name) == hash_file(tmp_path / name)

from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from models.evidence.store import EvidenceDamaged, EvidenceWriter, Fetched, read_evidence

PAGE = Fetched("https://contoh.test/1", b"<p>Apel \xf0\x9f\x98\x80</p>" * 50, "text/html", 200, (("Content-Type", "text/html"),))


def test_bytes_come_back_as_they_were_kept(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        snapshots = [writer.append(PAGE), writer.append(Fetched("urn:netra:import:a.csv", b'{"text": "b"}', "application/json"))]
    assert [read_evidence(tmp_path, snapshot) for snapshot in snapshots] == [PAGE.body, b'{"text": "b"}']


def test_file_is_a_warc_that_other_tools_read(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        snapshot = writer.append(PAGE)
    with (tmp_path / snapshot.warc_file).open("rb") as file:
        records = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), len(record.raw_stream.read()) > 0)
            for record in ArchiveIterator(file, check_digests="raise")  # pyright: ignore[reportArgumentType]
        ]
    assert records == [("warcinfo", None, True), ("response", PAGE.url, True), ("metadata", PAGE.url, True)]


def test_changed_byte_is_noticed(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        snapshot = writer.append(PAGE)
    snapshot.sha256 = "0" * 64
    with pytest.raises(EvidenceDamaged, match="do not match"):
        read_evidence(tmp_path, snapshot)


def test_torn_tail_of_a_killed_process_harms_no_earlier_record(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        first, second = writer.append(PAGE), writer.append(PAGE)
    path = tmp_path / first.warc_file
    path.write_bytes(path.read_bytes()[: second.warc_offset + 20])
    assert read_evidence(tmp_path, first) == PAGE.body
    with pytest.raises(EvidenceDamaged):
        read_evidence(tmp_path, second)


def test_missing_file_is_said_so(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        snapshot = writer.append(PAGE)
    (tmp_path / snapshot.warc_file).unlink()
    with pytest.raises(EvidenceDamaged, match="cannot be read"):
        read_evidence(tmp_path, snapshot)


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as one, EvidenceWriter(tmp_path) as two:
        assert one.append(PAGE).warc_file != two.append(PAGE).warc_file


def test_full_disk_leaves_no_half_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import os

    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with EvidenceWriter(tmp_path) as writer:
        first = writer.append(PAGE)
        size = (tmp_path / first.warc_file).stat().st_size
        with monkeypatch.context() as full:
            full.setattr(os, "fsync", no_space)
            with pytest.raises(OSError, match="No space left"):
                writer.append(PAGE)
        assert (tmp_path / first.warc_file).stat().st_size == size
        assert read_evidence(tmp_path, writer.append(PAGE)) == PAGE.body

"""Records that we write by hand are records to other tools."""

import gzip
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from models.evidence.members import last_whole_end
from models.evidence.store import EvidenceWriter, Fetched, cut_torn_ends, read_evidence

BODY = b"<p>Rapat di kantor camat.</p>" * 200
PLAIN = Fetched(
    "https://contoh.test/1", BODY, "text/html", 200, (("Content-Type", "text/html"), ("Transfer-Encoding", "chunked"))
)
GZIPPED = Fetched(
    "https://contoh.test/2",
    BODY,
    "text/html",
    200,
    (("Content-Type", "text/html"), ("Content-Encoding", "gzip")),
    received=gzip.compress(BODY),
)


def records(path: Path) -> list[tuple[dict[str, str], bytes]]:
    """Headers of HTTP and body of every answer; the digests of every record are checked by warcio."""
    with path.open("rb") as file:
        return [
            (dict(record.http_headers.headers), record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")  # pyright: ignore[reportArgumentType]
            if record.rec_type == "response"
        ]


def test_a_gzipped_answer_is_kept_as_it_came_and_read_as_it_was_meant(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        snapshots = [writer.append(fetched) for fetched in (PLAIN, GZIPPED, PLAIN)]
    (plain, body), (gzipped, same_body), _ = records(tmp_path / snapshots[0].warc_file)
    assert (plain["Content-Length"], gzipped["Content-Length"]) == (str(len(BODY)), str(len(GZIPPED.received)))
    assert (gzipped["Content-Encoding"], "Transfer-Encoding" in plain) == ("gzip", False)
    assert body == same_body == BODY
    assert [read_evidence(tmp_path, snapshot) for snapshot in snapshots] == [BODY] * 3


@pytest.mark.parametrize(
    "received",
    [b"", gzip.compress(BODY)[:-9], gzip.compress(BODY) + b"ekor", gzip.compress(b"lain"), b"br"],
    ids=["empty", "cut", "tail", "other", "brotli"],  # A name must not hold the second in which a test was collected.
)
def test_what_does_not_unzip_to_the_body_is_kept_unzipped(tmp_path: Path, received: bytes) -> None:
    hostile = Fetched(GZIPPED.url, BODY, "text/html", 200, GZIPPED.headers, received=received)
    with EvidenceWriter(tmp_path) as writer:
        snapshot = writer.append(hostile)
    ((headers, body),) = records(tmp_path / snapshot.warc_file)
    assert (body, "Content-Encoding" in headers) == (BODY, False)
    assert read_evidence(tmp_path, snapshot) == BODY


def test_no_outlet_writes_a_line_of_its_own_into_a_record(tmp_path: Path) -> None:
    forged = Fetched("https://contoh.test/1\r\nWARC-Type: warcinfo", BODY, "text/html", 200, (("X", "a\r\nWARC-Date: 1999"),))
    with EvidenceWriter(tmp_path) as writer:
        snapshot = writer.append(forged)
    ((headers, _),) = records(tmp_path / snapshot.warc_file)
    assert headers["X"] == "a  WARC-Date: 1999"


def test_the_torn_end_of_a_dead_writer_is_cut_off_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as living:
        snapshot = living.append(PLAIN)
        path = tmp_path / snapshot.warc_file
        assert cut_torn_ends(tmp_path) == []
        mark = next((tmp_path / "open").glob("*.txt")).read_text()
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:50])
    (tmp_path / "open" / "mati.txt").write_text(mark)
    assert cut_torn_ends(tmp_path) == [path]
    assert path.read_bytes() == whole
    assert list((tmp_path / "open").iterdir()) == []


def test_a_whole_file_ends_where_it_ends(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        first, _ = (writer.append(page) for page in (PLAIN, GZIPPED))
        path = tmp_path / first.warc_file
    with path.open("rb") as file:
        assert last_whole_end(file) == path.stat().st_size

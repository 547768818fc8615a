"""Records make way for a tombstone of exactly their length, whatever that is, and a kill in between can be made good."""

import gzip
import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from models import Snapshot, now
from models.evidence.files import hash_file, read_seal
from models.evidence.members import LONGEST_STORED
from models.evidence.overwriting import Hole, NotOverwritable, begun_offsets, overwrite
from models.evidence.store import EvidenceWriter, Fetched
from models.evidence.tombstones import TooShort, make_tombstone

PAGES = [f"https://contoh.test/{number}" for number in range(3)]


def make_copy() -> Snapshot:
    values = {"warc_file": "2024/10/a.warc.gz", "warc_offset": 7, "warc_sha256": "a" * 64, "sha256": "b" * 64}
    return Snapshot(id=1, byte_count=10, erased_at=now(), erased_rule="konten_tanpa_penanda", **values)


def write_file(folder: Path) -> list[Snapshot]:
    with EvidenceWriter(folder) as writer:
        return [writer.append(Fetched(url, url.encode() * 40, "text/html", 200)) for url in PAGES]


def hole_of(copy: Snapshot) -> Hole:
    copy.erased_at, copy.erased_rule = now(), "permintaan"
    return Hole(copy.warc_offset, copy.warc_length, lambda: make_tombstone(copy, copy.warc_length))


@pytest.mark.parametrize(
    "length", [260, 600, *(LONGEST_STORED + more for more in range(15, 32)), 2 * LONGEST_STORED + 30, 3_000_000]
)
def test_a_tombstone_is_one_record_of_any_length(length: int) -> None:
    tombstone = make_tombstone(make_copy(), length)
    (record,) = ArchiveIterator(BytesIO(tombstone))
    assert (len(tombstone), record.rec_type) == (length, "metadata")
    assert gzip.decompress(tombstone).endswith(b"\r\n\r\n")


def test_what_is_too_short_for_one_is_said_so() -> None:
    with pytest.raises(TooShort):
        make_tombstone(make_copy(), 100)


def test_the_file_keeps_its_length_its_other_records_and_a_seal(tmp_path: Path) -> None:
    copies = write_file(tmp_path)
    path = tmp_path / copies[1].warc_file
    size = path.stat().st_size
    overwrite(tmp_path, copies[1].warc_file, [hole_of(copies[1])])
    whole = path.read_bytes()
    kept = [whole[copy.warc_offset :][: copy.warc_length] for copy in (copies[0], copies[2])]
    assert [hashlib.sha256(unit).hexdigest() for unit in kept] == [copies[0].warc_sha256, copies[2].warc_sha256]
    assert (len(whole), read_seal(path)) == (size, hash_file(path))
    assert PAGES[1].encode() not in gzip.decompress(whole)


def test_a_deletion_that_was_cut_off_is_finished_with_its_own_places_alone(tmp_path: Path) -> None:
    copies = write_file(tmp_path)
    name, holes = copies[0].warc_file, [hole_of(copy) for copy in copies[:2]]
    calls = iter(range(3))  # The hash asks both, then the first is written; at the second the process "dies".

    def die() -> bytes:
        if next(calls, None) is None or next(calls, None) is None:
            raise OSError("cut off")
        return holes[1].fill()

    with pytest.raises(OSError, match="cut off"):
        overwrite(tmp_path, name, [holes[0], Hole(holes[1].offset, holes[1].length, die)])
    assert begun_offsets(tmp_path, name) == {holes[0].offset, holes[1].offset}
    with pytest.raises(NotOverwritable, match="not those that it began with"):
        overwrite(tmp_path, name, [holes[0]])
    overwrite(tmp_path, name, holes)
    assert (begun_offsets(tmp_path, name), read_seal(tmp_path / name)) == (set(), hash_file(tmp_path / name))


def test_a_damaged_file_is_not_sealed_as_if_it_were_whole(tmp_path: Path) -> None:
    copies = write_file(tmp_path)
    path = tmp_path / copies[0].warc_file
    path.write_bytes(path.read_bytes()[:-5] + b"zzzzz")
    with pytest.raises(NotOverwritable, match="not as it was sealed"):
        overwrite(tmp_path, copies[0].warc_file, [hole_of(copies[0])])


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    with EvidenceWriter(tmp_path) as writer:
        copy = writer.append(Fetched(PAGES[0], b"isi", "text/html", 200))
        with pytest.raises(NotOverwritable, match="no seal yet"):
            overwrite(tmp_path, copy.warc_file, [hole_of(copy)])

"""The plain form of an archive: every flipped byte is found, and nothing but our own parts is ever taken."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from netra.keeping.archive import FACTS, MANIFEST, SEAL, ArchiveReader, ArchiveWriter, is_safe_name
from netra.keeping.errors import ArchiveDamaged, KeepingError

PARTS = {FACTS: b"{}", "database/00000000.z": b"x" * 700, "home/settings.env": b"# \n"}
PATH = Path("uji.tar")


def write(parts: dict[str, bytes] = PARTS) -> bytes:
    sink = io.BytesIO()
    writer = ArchiveWriter(sink, io.BytesIO(), moment=1_700_000_000)
    for name, data in parts.items():
        writer.add_bytes(name, data)
    writer.close()
    return sink.getvalue()


def read(data: bytes) -> dict[str, bytes]:
    reader = ArchiveReader(io.BytesIO(data), PATH)
    return {name: reader.read_whole(10_000) for name, _ in reader.parts()}


def test_what_was_written_is_read_and_tar_reads_it_too() -> None:
    data = write()
    found = read(data)
    assert {name: found[name] for name in PARTS} == PARTS
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert archive.getnames() == [*PARTS, MANIFEST, SEAL]


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_a_flipped_byte_is_found_wherever_it_is(step: int) -> None:
    data = write()
    for at in range(0, len(data), step):
        flipped = bytearray(data)
        flipped[at] ^= 1
        with pytest.raises(ArchiveDamaged):
            read(bytes(flipped))


@pytest.mark.parametrize("cut", [0, 100, 512, 1_000, 3_000])
def test_a_cut_archive_and_one_with_a_tail_are_refused(cut: int) -> None:
    with pytest.raises(ArchiveDamaged):
        read(write()[:cut])
    with pytest.raises(ArchiveDamaged, match="sealed"):
        read(write() + b"\0")


@pytest.mark.parametrize(
    "name", ["../a", "/etc/passwd", "home/../../a", "home//a", ".ssh/a", "home/.a", "a\\b", "a\nb", "a:b", ""]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert not is_safe_name(name)
    with pytest.raises(ArchiveDamaged):
        read(write({**PARTS, name or ".": b"x"}))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_devices_and_folders_are_refused(kind: bytes) -> None:
    with pytest.raises(ArchiveDamaged, match="no part"):
        read(_with_member(lambda info: setattr(info, "type", kind)))


@pytest.mark.parametrize("shape", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_names_that_need_a_header_of_their_own_are_refused_unread(shape: int) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=shape) as archive:
        archive.addfile(tarfile.TarInfo("home/" + "é" * 300), io.BytesIO())
    with pytest.raises(ArchiveDamaged):
        read(write()[:1024] + made.getvalue())


def test_parts_twice_or_out_of_their_order_are_refused() -> None:
    data = write()
    with pytest.raises(ArchiveDamaged, match="no business"):
        read(data[:1024] + data[:1024] + data[1024:])
    with pytest.raises(ArchiveDamaged, match="no business"):
        read(write({FACTS: b"{}", "home/b": b"", "home/a": b""}))


def test_a_part_that_only_claims_to_be_large_takes_no_memory() -> None:
    with pytest.raises(ArchiveDamaged, match="larger than any"):
        read(_with_member(lambda info: setattr(info, "size", 8 * 1024**3 - 1), link=""))


def test_a_file_that_shrinks_while_it_is_read_makes_no_archive() -> None:
    writer = ArchiveWriter(io.BytesIO(), io.BytesIO(), moment=0)
    with pytest.raises(KeepingError, match="became shorter"):
        writer.add("home/a", 10, [b"short"])


def _with_member(change: Callable[[tarfile.TarInfo], None], *, link: str = "/etc/passwd") -> bytes:
    info = tarfile.TarInfo("home/a")
    info.mode, info.linkname, info.mtime = 0o600, link, 1_700_000_000
    change(info)
    return write()[:1024] + info.tobuf(tarfile.USTAR_FORMAT) + bytes(1024)

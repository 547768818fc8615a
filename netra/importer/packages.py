"""Zip packages of strangers: how large they may be unpacked, and what is read of them.

A member is never unpacked further than its entry says, so the sum of what the entries say bounds the work.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netra.importer.options import Refused

MEBIBYTE = 1024 * 1024
MOST_MEMBERS = 20_000
ENCRYPTED = 0x1


@contextmanager
def open_package(path: Path, largest: int) -> Iterator[zipfile.ZipFile]:
    """A package whose unpacked parts are together no larger than `largest`; raises Refused else."""
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
        raise Refused(f"not a sound zip file: {error} (export it again)") from error
    with package:
        check_package(package, largest)
        yield package


def check_package(package: zipfile.ZipFile, largest: int) -> None:
    members = package.infolist()
    if len(members) > MOST_MEMBERS:
        raise Refused(f"more than {MOST_MEMBERS} files in one zip (split it)")
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise Refused("the zip has a password (unpack it, and import what is in it)")
    if (size := sum(member.file_size for member in members)) > largest:
        raise Refused(f"unpacked it would take {size // MEBIBYTE} MiB, more than {largest // MEBIBYTE} (split it)")

"""Writes a WACZ: a ZIP of stored files with fixed dates, so that the same content is the same bytes, each with its hash."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

WACZ_VERSION = "1.1.1"
FIXED_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass
class Package:
    """A WACZ being written; `finish` adds the list of its files, last."""

    archive: ZipFile
    resources: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def add(self, path: str, content: bytes | Iterable[bytes]) -> None:
        """One file, in pieces where it is large."""
        digest, length = hashlib.sha256(), 0
        with self.archive.open(_entry(path), "w", force_zip64=True) as file:
            for piece in [content] if isinstance(content, bytes) else content:
                file.write(piece)
                digest.update(piece)
                length += len(piece)
        self.resources.append(
            {"name": path.rpartition("/")[2].lower(), "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": length}
        )

    def finish(self, about: dict[str, Any]) -> None:
        head = {"profile": "data-package", "wacz_version": WACZ_VERSION, **about, "resources": self.resources}
        listing = as_json(head)
        self.archive.writestr(_entry("datapackage.json"), listing)
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(listing).hexdigest()}"}
        self.archive.writestr(_entry("datapackage-digest.json"), as_json(digest))


def open_package(path: Path) -> Package:
    return Package(ZipFile(path, "x", ZIP_STORED))


def as_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def as_lines(values: Iterable[object]) -> Iterator[bytes]:
    for value in values:
        yield (json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _entry(path: str) -> ZipInfo:
    entry = ZipInfo(path, FIXED_DATE)
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_STORED, 3, 0o644 << 16
    return entry

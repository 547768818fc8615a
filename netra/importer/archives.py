"""Web archives: .warc, .warc.gz, and .wacz, whose hashes are checked before anything in it is read."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from crawler.addresses import is_web_url
from crawler.errors import NotAnArticle
from crawler.pages import extract
from models.evidence.store import Fetched
from netra.importer.columns import read_time
from netra.importer.options import ImportOptions, ImportRow, Refused
from netra.importer.packages import MEBIBYTE, open_package

LONGEST_PAGE = 8 * MEBIBYTE
"""As for the crawlers."""
LARGEST_WACZ = 8 * 1024 * MEBIBYTE
LARGEST_LIST = 16 * MEBIBYTE
"""Bytes of a datapackage.json."""
CHUNK = 1024 * 1024
LIST, LIST_DIGEST = "datapackage.json", "datapackage-digest.json"
LARGEST_WARC = 32 * 1024 * MEBIBYTE
"""Unpacked bytes of one WARC file: about as much as a minute unpacks."""
LONGEST_LINE = MEBIBYTE
"""Of a header; warcio by itself reads a line to its end, be it gigabytes of zeros."""
UNPACKING = (EOFError, BadZipFile, NotImplementedError, zlib.error)
"""What a broken part of a package raises, or one that is packed in a way that Python does not know."""
BROKEN = (ArchiveLoadFailed, EOFError, ValueError, AttributeError, zlib.error, BadZipFile)  # warcio's own, of bad headers.


class BoundedArchive(ArchiveIterator):
    """warcio's reader, which never unpacks a line or a file beyond its bounds."""

    INC_RECORD = ""  # It would write the bytes of strangers to the terminal.

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._unpacked = 0
        reader: Any = self.reader
        read, readline = reader.read, reader.readline
        reader.read = lambda length=None: self._count(read(length))
        reader.readline = lambda length=None: self._count_line(readline(min(length or LONGEST_LINE, LONGEST_LINE)))

    def _count(self, unpacked: bytes) -> bytes:
        self._unpacked += len(unpacked)
        if self._unpacked > LARGEST_WARC:
            raise ArchiveLoadFailed(f"unpacked it takes more than {LARGEST_WARC // MEBIBYTE} MiB (split it)")
        return unpacked

    def _count_line(self, line: bytes) -> bytes:
        if len(line) >= LONGEST_LINE:
            raise ArchiveLoadFailed(f"a line of more than {LONGEST_LINE // MEBIBYTE} MiB")
        return self._count(line)


def read_warc(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    with path.open("rb") as file:
        yield from _read_records(str(path), file, options)


def read_wacz(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    """The responses of every WARC in the package. A part that does not match its hash is refused, and the rest goes on."""
    with open_package(path, LARGEST_WACZ) as package:
        stated = _read_list(package)
        names = [name for name in package.namelist() if name.startswith("archive/") and name.endswith((".warc", ".warc.gz"))]
        if not names:
            raise Refused("no archive/*.warc.gz in it (export it again)")
        for name in names:
            if trouble := _check_hash(package, name, stated):
                yield ImportRow(f"{path}:{name}", refusal=trouble)
                continue
            with package.open(name) as file:
                yield from _read_records(f"{path}:{name}", file, options)


def _read_list(package: ZipFile) -> dict[str, str]:
    """Name → hash, as the package states them; the list itself is checked against its digest where there is one."""
    try:
        raw = _read_bounded(package, LIST)
        stated = {str(part["path"]): str(part["hash"]) for part in json.loads(raw)["resources"]}
        digest = json.loads(_read_bounded(package, LIST_DIGEST)) if LIST_DIGEST in package.namelist() else {}
        own = str(digest.get("hash", ""))
        is_own = not own or _matches(own, hashlib.new(_algorithm(own), raw).hexdigest())
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, *UNPACKING) as error:
        raise Refused(f"no readable {LIST} in it, so nothing vouches for its bytes (export it again): {error}") from error
    if not is_own:
        raise Refused(f"{LIST} does not match {LIST_DIGEST}: it was changed after the export")
    return stated


def _read_bounded(package: ZipFile, name: str) -> bytes:
    if package.getinfo(name).file_size > LARGEST_LIST:
        raise ValueError(f"{name} is larger than {LARGEST_LIST // MEBIBYTE} MiB")
    return package.read(name)


def _check_hash(package: ZipFile, name: str, stated: dict[str, str]) -> str:
    """Why a part is not to be believed; empty where its bytes are those that the list states."""
    if name not in stated:
        return f"{LIST} does not name it: nothing vouches for its bytes"
    try:
        digest = hashlib.new(_algorithm(stated[name]))
        with package.open(name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except (ValueError, OSError, *UNPACKING) as error:
        return f"cannot be checked: {error}"
    return "" if _matches(stated[name], digest.hexdigest()) else f"its bytes do not match their hash in {LIST}: it was changed"


def _algorithm(stated: str) -> str:
    name = stated.partition(":")[0] if ":" in stated else "sha256"
    if name not in ("sha256", "sha512", "sha1", "md5"):
        raise ValueError(f"the hash {name!r} is not one that we know")
    return name


def _matches(stated: str, digest: str) -> bool:
    return stated.rpartition(":")[2].lower() == digest


def _read_records(path: str, file: IO[bytes], options: ImportOptions) -> Iterator[ImportRow]:
    number = 0
    try:
        for number, record in enumerate(BoundedArchive(file), start=1):
            if record.rec_type == "response" and record.http_headers is not None:
                yield _read_record(f"{path}:{number}", record, options)
    except BROKEN as error:
        yield ImportRow(f"{path}:{number + 1}", refusal=f"the archive is torn here: {error}")
        return
    if number == 0:
        yield ImportRow(path, refusal="the archive holds no record")


def _read_record(place: str, record: ArcWarcRecord, options: ImportOptions) -> ImportRow:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    status = record.http_headers.get_statuscode()
    content_type = record.http_headers.get_header("Content-Type") or ""
    if not is_web_url(url):
        return ImportRow(place, refusal=f"{url[:200]!r} is no web address")
    if status != "200" or "html" not in content_type:
        return ImportRow(place, skipped="bukan halaman (status atau jenisnya)")
    try:
        body = record.content_stream().read(LONGEST_PAGE + 1)
    except AttributeError:  # warcio asks the brotli library for what it does not have; the next record may be plain.
        return ImportRow(place, refusal=f"{url}: packed in a way that we do not read")
    if len(body) > LONGEST_PAGE:
        return ImportRow(place, refusal=f"{url}: larger than {LONGEST_PAGE // MEBIBYTE} MiB")
    return _read_page(place, url, body, record, options)


def _read_page(place: str, url: str, body: bytes, record: Any, options: ImportOptions) -> ImportRow:
    seen_at = read_time(record.rec_headers.get_header("WARC-Date"))
    try:
        article = extract(body, url, place=options.place, hosts=options.outlets.of(url), seen_at=seen_at)
    except NotAnArticle as error:
        return ImportRow(place, refusal=f"{url}: {error.reason}")
    headers = tuple(record.http_headers.headers)
    content_type = record.http_headers.get_header("Content-Type") or ""
    fetched = Fetched(url, body, content_type, int(record.http_headers.get_statuscode()), headers, seen_at)
    return ImportRow(place, article, fetched, options.region, source=options.source)

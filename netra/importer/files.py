"""From files to rows, without a database. A row that cannot be used is refused by name and line; the rest goes on."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from crawler.addresses import is_web_url
from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.pages import extract
from models.evidence import Fetched
from netra.importer.columns import ImportOptions, ImportRow, Refused, clean_text, read_object, read_time, urn_of
from netra.importer.tables import find_encoding, read_csv

MEBIBYTE = 1024 * 1024
LONGEST_LINE = 16 * MEBIBYTE
LONGEST_PAGE = 8 * MEBIBYTE
"""As for the crawlers."""


def read_rows(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    """Every row of a file. A file that cannot be opened is one refused row."""
    name = path.name.lower()
    reader = next((found for ending, found in READERS.items() if name.endswith(ending)), None)
    if reader is None:
        yield ImportRow(str(path), refusal=f"not a kind of file that we read ({', '.join(READERS)})")
        return
    try:
        yield from reader(path, options)
    except Refused as refusal:
        yield ImportRow(str(path), refusal=str(refusal))
    except OSError as error:
        yield ImportRow(str(path), refusal=f"cannot be read: {error.strerror or error}")


def _read_whole(path: Path) -> bytes:
    """The bytes of a file that is one text."""
    with path.open("rb") as file:
        body = file.read(LONGEST_PAGE + 1)
    if len(body) > LONGEST_PAGE:
        raise Refused(f"larger than {LONGEST_PAGE // MEBIBYTE} MiB")
    return body


def _read_text(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    body = _read_whole(path)
    text = clean_text(body.decode(find_encoding(path), "replace"))
    if not text:
        yield ImportRow(str(path), refusal="the file is empty")
        return
    article = FetchedArticle(url=None, title="", text=text, method="impor", kind=options.kind)
    yield ImportRow(str(path), article, _fetched(path, body, "text/plain"), options.region)


def _read_html(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    body = _read_whole(path)
    try:
        article = extract(body)
    except NotAnArticle as error:
        yield ImportRow(str(path), refusal=error.reason)
        return
    yield ImportRow(str(path), article, _fetched(path, body, "text/html"), options.region)


def _read_jsonl(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    with path.open("rb") as file:
        for number, line in enumerate(_bounded_lines(file), start=1):
            if line.strip():
                yield _read_line(f"{path}:{number}", line, options)


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines of a file; of one that is too long, only as much as shows it."""
    while line := file.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 1)
        yield line


def _read_line(place: str, line: bytes, options: ImportOptions) -> ImportRow:
    if len(line) > LONGEST_LINE:
        return ImportRow(place, refusal=f"a line of more than {LONGEST_LINE // MEBIBYTE} MiB")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return ImportRow(place, refusal=f"not JSON: {error}")
    if not isinstance(found, dict):
        return ImportRow(place, refusal="not a JSON object")
    return read_object(place, found, options, body=line.strip())


def _read_warc(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    number = 0
    with path.open("rb") as file:
        try:
            for number, record in enumerate(ArchiveIterator(file), start=1):
                if record.rec_type == "response" and record.http_headers is not None:
                    yield _read_record(f"{path}:{number}", record, options)
        except (ArchiveLoadFailed, EOFError, ValueError, AttributeError, zlib.error) as error:  # warcio's own, of bad headers.
            yield ImportRow(f"{path}:{number + 1}", refusal=f"the archive is torn here: {error}")
            return
    if number == 0:
        yield ImportRow(str(path), refusal="the archive holds no record")


def _read_record(place: str, record: ArcWarcRecord, options: ImportOptions) -> ImportRow:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    status = record.http_headers.get_statuscode()
    content_type = record.http_headers.get_header("Content-Type") or ""
    try:
        body = record.content_stream().read(LONGEST_PAGE + 1)
    except AttributeError:  # warcio asks the brotli library for what it does not have; the next record may be plain.
        return ImportRow(place, refusal=f"{url}: packed in a way that we do not read")
    if not is_web_url(url):
        return ImportRow(place, refusal=f"{url[:200]!r} is no web address")
    if len(body) > LONGEST_PAGE:
        return ImportRow(place, refusal=f"{url}: larger than {LONGEST_PAGE // MEBIBYTE} MiB")
    if status != "200" or "html" not in content_type:
        return ImportRow(place, refusal=f"{url}: status {status}, {content_type or 'no type'}: not a page")
    try:
        article = extract(body, url)
    except NotAnArticle as error:
        return ImportRow(place, refusal=f"{url}: {error.reason}")
    seen_at = read_time(record.rec_headers.get_header("WARC-Date"))
    fetched = Fetched(url, body, content_type, int(status), tuple(record.http_headers.headers), seen_at)
    return ImportRow(place, article, fetched, options.region)


def _fetched(path: Path, body: bytes, content_type: str) -> Fetched:
    return Fetched(urn_of(path), body, content_type)


READERS: dict[str, Callable[[Path, ImportOptions], Iterable[ImportRow]]] = {
    ".txt": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".csv": read_csv,
    ".jsonl": _read_jsonl,
    ".warc": _read_warc,
    ".warc.gz": _read_warc,
}

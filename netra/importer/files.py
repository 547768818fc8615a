"""From files to rows, without a database. A row that cannot be used is refused by name and line; the rest goes on."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.pages import extract
from models.evidence import Fetched
from netra.importer.columns import ImportOptions, ImportRow, read_object, read_time

LONGEST_FIELD = 4 * 1024 * 1024
"""Characters. A longer one is no article, and Python's csv stops at 128 KiB without this."""


def read_rows(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    """Every row of a file. A file that cannot be opened is one refused row."""
    name = path.name.lower()
    reader = next((found for ending, found in READERS.items() if name.endswith(ending)), None)
    if reader is None:
        yield ImportRow(str(path), refusal=f"not a kind of file that we read ({', '.join(READERS)})")
        return
    try:
        yield from reader(path, options)
    except OSError as error:
        yield ImportRow(str(path), refusal=f"cannot be opened: {error.strerror or error}")


def _read_text(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    body = path.read_bytes()
    text = _decode(body).strip()
    if not text:
        yield ImportRow(str(path), refusal="the file is empty")
        return
    article = FetchedArticle(url=None, title="", text=text, method="impor", kind=options.kind)
    yield ImportRow(str(path), article, _fetched(path, body, "text/plain"), options.region)


def _read_html(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    body = path.read_bytes()
    try:
        article = extract(body)
    except NotAnArticle as error:
        yield ImportRow(str(path), refusal=error.reason)
        return
    yield ImportRow(str(path), article, _fetched(path, body, "text/html"), options.region)


def _read_csv(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    csv.field_size_limit(LONGEST_FIELD)
    text = _decode(path.read_bytes())
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text))
    header = [name.strip() for name in next(lines, [])]
    while True:
        line = lines.line_num + 1
        place = f"{path}:{line}"
        try:
            values = next(lines, None)
        except csv.Error as error:
            yield ImportRow(place, refusal=f"broken CSV: {error}")
            continue
        if values is None:
            return
        if not any(values):
            continue
        if len(values) != len(header):
            yield ImportRow(place, refusal=f"{len(values)} columns, the header has {len(header)}")
            continue
        yield read_object(place, dict(zip(header, values, strict=True)), options)


def _read_jsonl(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            place = f"{path}:{number}"
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield ImportRow(place, refusal=f"not JSON: {error}")
                continue
            if isinstance(found, dict):
                yield read_object(place, found, options)
            else:
                yield ImportRow(place, refusal="not a JSON object")


def _read_warc(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    number = 0
    with path.open("rb") as file:
        try:
            for number, record in enumerate(ArchiveIterator(file), start=1):
                if record.rec_type == "response" and record.http_headers is not None:
                    yield _read_record(f"{path}:{number}", record, options)
        except (ArchiveLoadFailed, EOFError, ValueError) as error:
            yield ImportRow(f"{path}:{number + 1}", refusal=f"the archive is torn here: {error}")
            return
    if number == 0:
        yield ImportRow(str(path), refusal="the archive holds no record")


def _read_record(place: str, record: ArcWarcRecord, options: ImportOptions) -> ImportRow:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    status = record.http_headers.get_statuscode()
    content_type = record.http_headers.get_header("Content-Type") or ""
    body = record.content_stream().read(LONGEST_FIELD)
    if status != "200" or "html" not in content_type:
        return ImportRow(place, refusal=f"{url}: status {status}, {content_type or 'no type'}: not a page")
    try:
        article = extract(body, url)
    except NotAnArticle as error:
        return ImportRow(place, refusal=f"{url}: {error.reason}")
    seen_at = read_time(record.rec_headers.get_header("WARC-Date"))
    fetched = Fetched(url, body, content_type, int(status), tuple(record.http_headers.headers), seen_at)
    return ImportRow(place, article, fetched, options.region)


def _decode(body: bytes) -> str:
    """UTF-8 with or without a mark; what is not UTF-8 came from an old Windows program."""
    try:
        return body.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace").replace("\0", "")


def _find_delimiter(text: str) -> str:
    """Indonesian Excel writes semicolons."""
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _fetched(path: Path, body: bytes, content_type: str) -> Fetched:
    return Fetched(f"urn:netra:import:{path.name}", body, content_type)


READERS: dict[str, Callable[[Path, ImportOptions], Iterable[ImportRow]]] = {
    ".txt": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".csv": _read_csv,
    ".jsonl": _read_jsonl,
    ".warc": _read_warc,
    ".warc.gz": _read_warc,
}

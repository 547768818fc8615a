"""From files to rows, without a database. A row that cannot be used is refused by name and line; the rest goes on."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from crawler.errors import NotAnArticle
from crawler.items import FetchedArticle
from crawler.pages import extract
from models import ItemKind
from models.evidence.store import Fetched
from models.legal.deadline import local_day
from netra.importer.archives import LONGEST_PAGE, read_wacz, read_warc
from netra.importer.chat_files import MIN_WORDS, UNNAMED, chat_name, looks_like_chat, read_chat, read_chat_zip
from netra.importer.columns import clean_text, urn_of
from netra.importer.objects import read_json, read_jsonl
from netra.importer.options import ImportOptions, ImportRow, Origin, Refused
from netra.importer.packages import MEBIBYTE
from netra.importer.sheets import read_xlsx
from netra.importer.tables import UTF_16, find_encoding, read_csv


def read_files(paths: Sequence[Path], options: ImportOptions) -> Iterator[ImportRow]:
    """The rows of all files, each with the file that it is of; those that the caller does not want are skipped by count."""
    for path in paths:
        origin = _origin_of(path)
        for row in read_rows(path, options):
            yield replace(_keep_wanted(row, options), origin=origin)


def read_rows(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    """Every row of a file. A file that cannot be opened is one refused row."""
    name = path.name.lower()
    reader = next((found for ending, found in READERS.items() if name.endswith(ending)), None)
    if reader is None:
        yield ImportRow(str(path), refusal=f"not a kind of file that we read ({', '.join(READERS)}; a picture needs --text)")
        return
    try:
        yield from reader(path, options)
    except Refused as refusal:
        yield ImportRow(str(path), refusal=str(refusal))
    except OSError as error:
        yield ImportRow(str(path), refusal=f"cannot be read: {error.strerror or error}")


def _keep_wanted(row: ImportRow, options: ImportOptions) -> ImportRow:
    article = row.article
    if article is None:
        return row
    day = local_day(article.published_at, row.region) if article.published_at else None
    fewest = (MIN_WORDS if article.method == "impor-whatsapp" else 0) if options.min_words is None else options.min_words
    if (options.since or options.until) and day is None:
        return ImportRow(row.place, skipped="tanpa tanggal")
    if day and ((options.since and day < options.since) or (options.until and day > options.until)):
        return ImportRow(row.place, skipped="di luar rentang tanggal")
    return ImportRow(row.place, skipped="terlalu pendek") if len(article.text.split()) < fewest else row


def _origin_of(path: Path) -> Origin | None:
    """Name and hash, for the trail. The name of a chat may be that of a person: the hash must do."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
    is_chat = chat_name(path.stem) != UNNAMED or "whatsapp" in path.stem.lower()
    return Origin(f"obrolan WhatsApp{path.suffix}" if is_chat else clean_text(path.name)[:200], digest)


def _read_whole(path: Path) -> bytes:
    """The bytes of a file that is one text."""
    with path.open("rb") as file:
        body = file.read(LONGEST_PAGE + 1)
    if len(body) > LONGEST_PAGE:
        raise Refused(f"larger than {LONGEST_PAGE // MEBIBYTE} MiB (cut it)")
    return body


def _read_text(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    if looks_like_chat(path, options):
        yield from read_chat(path, options)
        return
    body = _read_whole(path)
    text = clean_text(body.decode(find_encoding(path, options), "replace"))
    if not text:
        yield ImportRow(str(path), refusal="the file is empty")
        return
    article = FetchedArticle(url=None, title="", text=text, method="impor", kind=options.kind or ItemKind.NEWS)
    yield ImportRow(str(path), article, _fetched(path, body, "text/plain"), options.region, source=options.source)


def _read_html(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    body = _read_whole(path)
    if b"\0" in body and not body.startswith(UTF_16):
        yield ImportRow(str(path), refusal="not a page but a program's own bytes (save the page again as HTML)")
        return
    try:
        article = extract(body, place=options.place)
    except NotAnArticle as error:
        yield ImportRow(str(path), refusal=error.reason)
        return
    yield ImportRow(str(path), article, _fetched(path, body, "text/html"), options.region, source=options.source)


def _fetched(path: Path, body: bytes, content_type: str) -> Fetched:
    return Fetched(urn_of(path), body, content_type)


READERS: dict[str, Callable[[Path, ImportOptions], Iterable[ImportRow]]] = {
    ".txt": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
    ".xlsx": read_xlsx,
    ".zip": read_chat_zip,
    ".warc": read_warc,
    ".warc.gz": read_warc,
    ".wacz": read_wacz,
}

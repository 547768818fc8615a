"""Chat exports on the disk (.txt, or the .zip with its media): each message an item of its own, under its chat's name.

A chat is not public. The names of those who write in it are kept nowhere but in the evidence of their own message: the item
shows a keyed hash, by which one author can be counted, and initials.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import TextIO
from zipfile import ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from crawler.connectors.concealment import hash_author
from crawler.dates.moments import ZONE_NAMES
from crawler.items import FetchedArticle
from models import ItemKind
from models.evidence.store import Fetched
from models.reference import timezone_of
from netra.importer.chats import LONGEST_MESSAGE, Message, find_month_first, is_chat, read_messages
from netra.importer.columns import clean_text
from netra.importer.options import ImportOptions, ImportRow, Refused
from netra.importer.packages import MEBIBYTE, open_package
from netra.importer.tables import find_encoding

LARGEST_CHAT = 256 * MEBIBYTE
LARGEST_ZIP = 8 * 1024 * MEBIBYTE
"""Media make exports large; they are not unpacked."""
LONGEST_LINE = 1024 * 1024
SNIFFED_LINES = 50
MIN_WORDS = 3
"""Fewer words say nothing of politics, and greetings would fill the queue."""
CHAT_NAME = re.compile(r"(?:Chat WhatsApp (?:dengan|-)|WhatsApp Chat (?:with|-)|Obrolan WhatsApp (?:dengan|-))\s*(.+)", re.I)
PHONE = re.compile(r"\+?\d[\d\s().-]{6,}\d")
UNNAMED = "obrolan tanpa nama"


def looks_like_chat(path: Path, options: ImportOptions) -> bool:
    with path.open(encoding=find_encoding(path, options), errors="replace") as file:
        return is_chat(file.readline(LONGEST_LINE) for _ in range(SNIFFED_LINES))


def read_chat(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    if path.stat().st_size > LARGEST_CHAT:
        raise Refused(f"a chat of more than {LARGEST_CHAT // MEBIBYTE} MiB (cut it)")
    with path.open(encoding=find_encoding(path, options), errors="replace") as file:
        yield from _read_file(str(path), file, chat_name(path.stem), options)


def read_chat_zip(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    """The one chat in a zip; its media stay unpacked, and are named in the messages that carry them."""
    with open_package(path, LARGEST_ZIP) as package:
        member = _find_chat(package)
        name = chat_name(Path(member.filename).stem)
        with package.open(member) as file:
            text = io.StringIO(file.read().decode("utf-8-sig", "replace"))
        yield from _read_file(str(path), text, name if name != UNNAMED else chat_name(path.stem), options)


def chat_name(stem: str) -> str:
    """What the file says of its chat; a telephone number is no name.

    >>> chat_name("Chat WhatsApp dengan Grup Kecamatan")
    'Grup Kecamatan'
    """
    found = CHAT_NAME.fullmatch(stem.replace("_", " ").strip())
    name = clean_text(found[1])[:120] if found else ""
    return name if name and not PHONE.search(name) else UNNAMED


def _find_chat(package: ZipFile) -> ZipInfo:
    texts = [member for member in package.infolist() if member.filename.lower().endswith(".txt")]
    named = [member for member in texts if re.search(r"_chat\.txt$|whatsapp", member.filename, re.I)] or texts
    if len(named) != 1:
        raise Refused("no chat in it that could be told from other files (unpack it, and import the .txt)")
    if named[0].file_size > LARGEST_CHAT:
        raise Refused(f"a chat of more than {LARGEST_CHAT // MEBIBYTE} MiB (cut it)")
    return named[0]


def _read_file(path: str, file: TextIO, name: str, options: ImportOptions) -> Iterator[ImportRow]:
    month_first = find_month_first(_lines(file))
    file.seek(0)
    place = timezone_of(options.region)
    is_empty = True
    for message in read_messages(_lines(file), ZoneInfo(place), month_first=month_first):
        is_empty = False
        yield _make_row(f"{path}:{message.line}", message, name, options)
    if is_empty:
        yield ImportRow(path, refusal="no message in it (export the chat again, without editing it)")


def _lines(file: TextIO) -> Iterator[str]:
    """Lines of bounded length; the rest of a longer one is taken for lines of their own."""
    while line := file.readline(LONGEST_LINE):
        yield line


def _make_row(place: str, message: Message, chat: str, options: ImportOptions) -> ImportRow:
    if message.left:
        return ImportRow(place, skipped=message.left)
    if message.is_cut:
        return ImportRow(place, refusal=f"a message of more than {LONGEST_MESSAGE} characters (is this one chat?)")
    author = hash_author(options.author_key, "whatsapp", message.author.casefold())
    article = FetchedArticle(
        url=_urn(author, message),
        title="",
        text=clean_text(message.text),
        author=f"wa-{author[:12]}",
        author_name=mask_name(message.author),
        published_at=message.sent_at,
        published_zone=_zone_name(message.sent_at.tzinfo),
        method="impor-whatsapp",
        kind=ItemKind.POST,
        site=f"WhatsApp: {options.source or chat}",
        captions=tuple(f"lampiran: {clean_text(name)}" for name in message.attachments),
        tags=("disunting",) if message.is_edited else (),
    )
    body = message.raw.encode("utf-8", "surrogatepass")
    fetched = Fetched(article.url or "", body, "text/plain; charset=utf-8")
    return ImportRow(place, article, fetched, options.region, source=options.source or f"WhatsApp: {chat}")


def mask_name(name: str) -> str:
    """Initials: enough to tell writers apart on a screen, too little to look one up.

    >>> mask_name("Budi Rekaan"), mask_name("+62 812-0000-0000")
    ('B••• R•••••', 'nomor •••')
    """
    if PHONE.search(name):
        return "nomor •••"
    return " ".join(word[0] + "•" * (len(word) - 1) for word in clean_text(name).split())


def _urn(author: str, message: Message) -> str:
    """One message, however often its chat is exported and however the file is named then: who wrote what, and when."""
    said = "\0".join([author, message.sent_at.isoformat(timespec="minutes"), message.text])
    return f"urn:netra:whatsapp:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()}"


def _zone_name(zone: tzinfo | None) -> str:
    return ZONE_NAMES.get(str(zone), "")

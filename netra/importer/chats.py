"""WhatsApp's chat exports as messages: Android and iOS, Indonesian and English, 12 and 24 hours. No files, no database.

A line that begins with a date begins a message; every other line goes on with the one before. Days come before months,
unless the chat itself shows that they do not.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from itertools import pairwise

LONGEST_MESSAGE = 256 * 1024
"""Characters; WhatsApp takes 65,536."""
LONGEST_NAME = 200
INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
SPACE = r"[ \u00a0\u202f]"
DAY = r"(?P<a>\d{1,4})[/.\-](?P<b>\d{1,2})[/.\-](?P<c>\d{2,4})"
CLOCK = rf"(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})(?:[:.](?P<second>\d{{2}}))?(?:{SPACE}?(?P<half>[AaPp])\.?[Mm]\.?)?"
WHEN = rf"{DAY}(?:,|{SPACE}+pukul)?{SPACE}+{CLOCK}"
BEGIN = re.compile(rf"(?:\[{WHEN}\]{SPACE}|{WHEN.replace('?P<', '?P<d')}{SPACE}[-\u2013]{SPACE})(?P<rest>.*)", re.DOTALL)

OMITTED = re.compile(
    r"<?(?:media|gambar|foto|video|audio|stiker|gif|dokumen|kartu kontak|catatan video|image|sticker|document|contact card|"
    r"video note) (?:tidak disertakan|omitted)>?",
    re.I,
)
ATTACHED = re.compile(
    r"<(?:attached|terlampir): ?(?P<ios>[^<>\n]{1,200})>|"
    r"(?P<android>[^\n<>:/\\]{1,200}\.\w{2,5}) \((?:file|berkas) (?:attached|terlampir)\)",
    re.I,
)
DELETED = re.compile(
    r"(?:Anda (?:telah )?menghapus pesan ini|Pesan ini (?:telah )?dihapus(?: oleh admin[^\n]{0,100})?|You deleted this message|"
    r"This message was deleted(?: by admin[^\n]{0,100})?)\.?",
    re.I,
)
EDITED = re.compile(r"\s*<(?:Pesan ini (?:telah )?diedit|This message was edited)>", re.I)
SYSTEM_NAME = re.compile(
    r"(?:mengubah|mengganti) (?:subjek|ikon|deskripsi|nomor|nama|pengaturan)|changed (?:the|this|their|to)\b|"
    r"(?:membuat|created) (?:grup|group)|(?:menambahkan|mengeluarkan|added|removed) \S",
    re.I,
)
"""In front of a colon: a line of WhatsApp that quotes something, and no name."""
SYSTEM_TEXT = re.compile(
    r"(?:Pesan dan (?:panggilan|telepon)[^\n]{0,40}terenkripsi secara end-to-end|Messages and calls are end-to-end encrypted)"
    r"[^\n]{0,300}|(?:Panggilan (?:suara|video) (?:tak|tidak) terjawab|Missed (?:voice|video) call)[^\n]{0,80}|"
    r"(?:Menunggu pesan ini|Waiting for this message)[^\n]{0,120}|null",
    re.I,
)
"""Behind a name and yet of WhatsApp. Only whole texts: what a person wrote about a group is a person's."""


class Left(StrEnum):
    """Why a line of a chat is no item; each is counted."""

    SYSTEM = "baris sistem"
    MEDIA = "hanya media"
    DELETED = "pesan terhapus"


@dataclass
class Message:
    """One message as written; `left` says why it is none that can be kept."""

    line: int
    sent_at: datetime
    author: str
    text: str
    raw: str
    left: str = ""
    is_edited: bool = False
    attachments: tuple[str, ...] = ()
    is_cut: bool = False
    """Longer than any message can be: the rest was not kept."""


@dataclass
class _Draft:
    line: int
    begin: re.Match[str]
    lines: list[str] = field(default_factory=list[str])
    size: int = 0


def is_chat(lines: Iterable[str]) -> bool:
    """Whether the first line that is not empty begins a message."""
    first = next((line for line in lines if _clean(line).strip()), "")
    return _begin(first) is not None


def find_month_first(lines: Iterable[str]) -> bool:
    """Whether months come before days: said by a number above 12, else by the order that leaves fewer steps back in time."""
    days = [(int(found[0]), int(found[1]), int(found[2])) for line in lines if (found := _day_of(line))]
    if any(a > 31 for a, _, _ in days):
        return False
    if any(a > 12 for a, _, _ in days) or not any(b > 12 for _, b, _ in days):
        return not any(a > 12 for a, _, _ in days) and _steps_back(days, month_first=True) < _steps_back(days, month_first=False)
    return True


def read_messages(lines: Iterable[str], zone: tzinfo, *, month_first: bool) -> Iterator[Message]:
    """Messages in the order of the chat. A line that only looks like a date stays a line of its message."""
    draft: _Draft | None = None
    for number, line in enumerate(lines, start=1):
        begin = _begin(line)
        if begin is not None and _moment(begin, zone, month_first=month_first) is not None:
            if draft is not None:
                yield _finish(draft, zone, month_first=month_first)
            draft = _Draft(number, begin)
        if draft is not None and draft.size < LONGEST_MESSAGE:
            draft.lines.append(line.rstrip("\r\n"))
            draft.size += len(line)
    if draft is not None:
        yield _finish(draft, zone, month_first=month_first)


def _finish(draft: _Draft, zone: tzinfo, *, month_first: bool) -> Message:
    moment = _moment(draft.begin, zone, month_first=month_first)
    assert moment is not None
    rest, raw = draft.begin["rest"], "\n".join(draft.lines)[:LONGEST_MESSAGE]
    author, colon, first = rest.partition(": ")
    if not colon and rest.rstrip().endswith(":"):  # The message begins on the next line.
        author, colon, first = rest.rstrip()[:-1], ":", ""
    text = _clean("\n".join([first.rstrip("\r\n"), *draft.lines[1:]])).strip()[:LONGEST_MESSAGE]
    author = " ".join(author.split()).lstrip("~ ")
    if not colon or len(author) > LONGEST_NAME or SYSTEM_NAME.search(author) or SYSTEM_TEXT.fullmatch(text):
        return Message(draft.line, moment, "", text, raw, Left.SYSTEM)
    return _read_words(Message(draft.line, moment, author, text, raw, is_cut=draft.size >= LONGEST_MESSAGE))


def _read_words(message: Message) -> Message:
    """Take out what WhatsApp put between the words: files by name, marks of edits, media that were left out."""
    if DELETED.fullmatch(message.text):
        message.left = Left.DELETED
        return message
    message.attachments = tuple((found["ios"] or found["android"]).strip() for found in ATTACHED.finditer(message.text))
    text = ATTACHED.sub("", message.text)
    bare = EDITED.sub("", text)
    message.is_edited = bare != text
    has_media = bool(message.attachments)
    kept = [line for line in bare.split("\n") if not OMITTED.fullmatch(line.strip())]
    has_media = has_media or len(kept) < bare.count("\n") + 1
    message.text = "\n".join(kept).strip()
    if not message.text:
        message.left = Left.MEDIA if has_media else Left.SYSTEM
    return message


def _begin(line: str) -> re.Match[str] | None:
    start = line[:60]
    return BEGIN.match(_clean(line)) if any(mark.isdigit() for mark in start[:6]) else None


def _clean(text: str) -> str:
    """Without marks of direction, which iOS writes before names and attachments."""
    return text.translate(INVISIBLE)


def _part(begin: re.Match[str], name: str) -> str:
    return begin[name] or begin[f"d{name}"] or ""


def _day_of(line: str) -> tuple[str, str, str] | None:
    begin = _begin(line)
    return None if begin is None else (_part(begin, "a"), _part(begin, "b"), _part(begin, "c"))


def _moment(begin: re.Match[str], zone: tzinfo, *, month_first: bool) -> datetime | None:
    day = _read_day(*(int(_part(begin, name)) for name in "abc"), month_first=month_first)
    hour, half = int(_part(begin, "hour")), _part(begin, "half").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if day is None or hour > 23 or int(_part(begin, "minute")) > 59 or int(_part(begin, "second") or 0) > 59:
        return None
    return datetime(
        day.year, day.month, day.day, hour, int(_part(begin, "minute")), int(_part(begin, "second") or 0), tzinfo=zone
    )


def _read_day(a: int, b: int, c: int, *, month_first: bool) -> date | None:
    year, month, day = (a, b, c) if a > 31 else (c, a, b) if month_first else (c, b, a)
    try:
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None


def _steps_back(days: list[tuple[int, int, int]], *, month_first: bool) -> int:
    found = [_read_day(*day, month_first=month_first) for day in days]
    return sum(1 for before, after in pairwise(found) if before is None or after is None or after < before)

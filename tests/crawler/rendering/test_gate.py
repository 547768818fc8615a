"""What a page in the browser gets: its own hosts' files within bounds, and nothing else."""

from collections.abc import Iterator

import pytest

from crawler.rendering import gate as gates
from crawler.rendering.gate import Gate
from crawler.rendering.job import RenderFailed, RenderJob
from models.settings import Settings
from tests.crawler.site import Site, serving

OWN = ("127.0.0.1",)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as site:
        yield site


def open_gate(url: str, *, hosts: tuple[str, ...] = OWN, private: bool = True) -> Gate:
    return Gate(Settings(crawl_private_hosts=private, _env_file=None), RenderJob(url, hosts, OWN))


def test_files_of_the_own_hosts_are_given_without_cookies(site: Site) -> None:
    site.replies["/a.css"] = 200, {"Content-Type": "text/css", "Set-Cookie": "x=1"}, b"p{}"
    reply = open_gate(site.url).reply(f"{site.url}/a.css", "GET")
    assert reply is not None
    assert (reply.status, reply.headers, reply.body) == (200, {"content-type": "text/css"}, b"p{}")


def test_other_hosts_are_refused_also_behind_a_redirect(site: Site) -> None:
    other = site.url.replace("127.0.0.1", "localhost")
    site.replies["/go"] = 302, {"Location": f"{other}/there"}, b""
    gate = open_gate(site.url)
    for url in (
        f"{other}/x",
        f"{site.url}/go",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ws://127.0.0.1/",
    ):
        assert gate.reply(url, "GET") is None, url
    assert gate.refused == 5
    assert "/there" not in site.asked


def test_a_host_that_the_file_names_but_is_private_is_refused(site: Site) -> None:
    gate = open_gate(site.url, hosts=(*OWN, "169.254.169.254", "localhost"), private=False)
    assert gate.reply("http://169.254.169.254/", "GET") is None
    assert gate.reply(site.url.replace("127.0.0.1", "localhost"), "GET") is None
    assert site.asked == []


def test_only_get_is_asked_and_robots_txt_holds_for_files_too(site: Site) -> None:
    site.replies["/robots.txt"] = b"User-agent: *\nDisallow: /api\n"
    gate = open_gate(site.url)
    assert gate.reply(f"{site.url}/x", "POST") is None
    assert gate.reply(f"{site.url}/api/track", "GET") is None
    assert site.asked == ["/robots.txt"]


def test_number_size_and_time_of_files_are_bounded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.replies["/a"] = b"x" * 600
    monkeypatch.setattr(gates, "MOST_BYTES", 1_000)
    monkeypatch.setattr(gates, "MOST_FILES", 3)
    gate = open_gate(site.url)
    assert [gate.reply(f"{site.url}/a", "GET") is not None for _ in range(4)] == [True, False, False, False]
    assert site.asked.count("/a") == 3
    monkeypatch.setattr(gates, "SECONDS", 0.0)
    assert open_gate(site.url).reply(f"{site.url}/a", "GET") is None


@pytest.mark.parametrize("reply", [(404, {}, b""), (200, {"Content-Type": "application/pdf"}, b"%PDF")])
def test_what_is_no_page_is_not_shown(site: Site, reply: tuple[int, dict[str, str], bytes]) -> None:
    site.replies["/a"] = reply
    with pytest.raises(RenderFailed, match="no page to show"):
        open_gate(f"{site.url}/a").fetch_page()


def test_a_page_may_not_stand_on_a_host_of_its_files(site: Site) -> None:
    site.replies["/a"] = 302, {"Location": site.url.replace("127.0.0.1", "localhost")}, b""
    with pytest.raises(RenderFailed, match="on none of the hosts"):
        open_gate(f"{site.url}/a", hosts=(*OWN, "localhost")).fetch_page()

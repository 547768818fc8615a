"""`netra sources` as operators meet it: filters, live checks with exit codes, a new outlet from its home page."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.catalogue import read_source_file
from models.settings import Settings
from netra.crawls.crawling import CrawlProcesses
from tests.crawler.site import Site, rss, serving
from tests.processes import run_netra

HOME = b"<title>Kabar Wanasari</title><link rel='alternate' type='application/rss+xml' href='/kabar.xml'>"
MEMBERS = {
    "detik-jateng": ("detik", "jateng", "33"),
    "detik-bali": ("detik", "bali", "51"),
    "antaranews-jateng": ("antaranews", "jateng", "33"),
}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as site:
        yield site


@pytest.fixture
def local(sqlite_settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a small catalogue of its own."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for slug, (family, at, region) in MEMBERS.items():
        text = f"name: {slug}\nfamily: {family}\nat: {at}\nregion: '{region}'\nconfidence: C\n"
        (folder / f"{slug}.yml").write_text(text, encoding="utf-8")
    return sqlite_settings.model_copy(update={"sources_dir": folder, "crawl_private_hosts": True})


def write_source(settings: Settings, url: str) -> None:
    text = f"name: Kabar\nfamily: mandiri\nhome_url: {url}\nconfidence: C\nfeeds: [{{kind: rss, url: '{url}/rss'}}]\n"
    (settings.sources_dir / "kabar.yml").write_text(text, encoding="utf-8")


def test_sources_are_filtered_and_nothing_is_said_to_be_nothing(local: Settings) -> None:
    rows = json.loads(run_netra(local, "sources", "list", "--region", "33", "--family", "detik", "--json").stdout)
    assert [(row["slug"], row["state"], row["region"]) for row in rows] == [("detik-jateng", "belum_pernah", "33")]
    none = run_netra(local, "sources", "list", "--state", "gagal")
    assert (none.returncode, "no source is like that" in none.stderr) == (0, True)
    assert "Sources: detik-bali" in run_netra(local, "sources", "check", "detik-bal").stderr


def test_a_check_says_what_is_wrong_and_the_exit_code_tells(local: Settings, site: Site) -> None:
    write_source(local, site.url)
    site.replies["/rss"] = rss(f"{site.url}/a")
    (row,) = json.loads(run_netra(local, "sources", "check", "kabar", "--json").stdout)
    assert (row["code"], row["is_sound"], row["entries"]) == ("ok", True, 1)
    site.replies["/rss"] = (403, {}, b"")
    result = run_netra(local, "sources", "check", "kabar")
    assert (result.returncode, "ask the publisher" in result.stderr) == (1, True)
    assert run_netra(local, "sources", "check", "--offline").returncode == 0


def test_where_no_name_is_found_only_the_network_is_doubted(local: Settings, site: Site) -> None:
    for path in local.sources_dir.iterdir():
        path.unlink()
    write_source(local, "http://tidak-ada.invalid")
    kabar = (local.sources_dir / "kabar.yml").read_text(encoding="utf-8")
    (local.sources_dir / "lain.yml").write_text(kabar.replace("tidak-ada", "pindah"), encoding="utf-8")
    offline = run_netra(local, "sources", "check")
    assert (offline.returncode, offline.stdout) == (1, "")
    assert offline.stderr.splitlines()[1:] == ["not one name was found: is this machine on the internet?"]  # After the bar.
    write_source(local, site.url)
    site.replies["/rss"] = rss(f"{site.url}/a")
    online = run_netra(local, "sources", "check")
    assert (online.returncode, "lain: http://pindah.invalid/rss" in online.stderr) == (1, True)
    assert "2 feeds, 1 need a person" in online.stdout


def test_an_outlet_is_shown_first_written_once_and_never_over_another(local: Settings, site: Site) -> None:
    site.replies = {"/": HOME, "/kabar.xml": rss(f"{site.url}/a")}
    ask, path = ("sources", "add", site.url, "--name", "kabar"), local.sources_dir / "kabar.yml"
    shown = run_netra(local, *ask)
    assert (shown.returncode, "works  rss" in shown.stdout, path.exists()) == (0, True, False), shown.stderr
    assert f"nothing was written; --write writes {path}" in shown.stderr
    assert run_netra(local, *ask, "--write").returncode == 0
    assert read_source_file(path).rights == "metadata_only"
    again = run_netra(local, *ask, "--write")
    assert (again.returncode, "exists already" in again.stderr) == (2, True)


def test_an_outlet_without_a_list_or_without_a_server_is_not_added(local: Settings, site: Site) -> None:
    site.replies = {"/": b"<title>Kabar</title>"}
    assert run_netra(local, "sources", "add", site.url, "--name", "kabar", "--write").returncode == 1
    gone = run_netra(local, "sources", "add", "http://tidak-ada.invalid")
    assert (gone.returncode, "DNS" in gone.stderr) == (2, True)
    shy = local.model_copy(update={"crawl_private_hosts": False})
    assert "NETRA_CRAWL_CONTACT" in run_netra(shy, "sources", "add", site.url).stderr
    assert not (local.sources_dir / "kabar.yml").exists()


def test_sections_of_one_site_are_crawled_in_turn(local: Settings) -> None:
    processes = CrawlProcesses(local, ["detik-bali", "detik-jateng", "antaranews-jateng"])
    processes.running["detik-bali"] = None  # type: ignore[assignment]
    processes.waiting.remove("detik-bali")
    assert processes._next() == "antaranews-jateng"
    processes.waiting.remove("antaranews-jateng")
    assert processes._next() is None

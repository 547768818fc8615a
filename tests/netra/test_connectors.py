"""`netra connectors`: what may be read live, what is missing, and why not."""

import json

from models.settings import Settings
from tests.crawler.connectors.api import Api, crawl, reply, serving, settings_for, source
from tests.processes import run_netra


def test_every_platform_is_listed_with_its_state_and_reason(sqlite_settings: Settings) -> None:
    result = run_netra(sqlite_settings, "connectors", "list", "--json")
    states = {row["platform"]: (row["state"], bool(row["reason"])) for row in json.loads(result.stdout)}
    assert (states["mastodon"], states["tiktok"], states["crowdtangle"]) == (
        ("works", True),
        ("import_only", True),
        ("ended", True),
    )
    assert "NETRA_YOUTUBE_KEY" in run_netra(sqlite_settings, "connectors", "list").stdout


def test_an_unknown_platform_is_one_line(sqlite_settings: Settings) -> None:
    result = run_netra(sqlite_settings, "connectors", "show", "friendster")
    assert (result.returncode, "Platforms: mastodon" in result.stderr) == (2, True)


def test_check_names_what_an_enabled_source_lacks(sqlite_settings: Settings) -> None:
    prepared = settings_for(
        sqlite_settings, source("youtube", "https://www.googleapis.com", [{"search": "ASN netral"}], hosts=["www.googleapis.com"])
    )
    result = run_netra(prepared, "connectors", "check")
    assert (result.returncode, result.stderr.strip()) == (1, "youtube: uji: fill NETRA_YOUTUBE_KEY")
    filled = prepared.model_copy(update={"youtube_key": type(prepared.youtube_key)("kunci-rekaan")})
    assert run_netra(filled, "connectors", "check").returncode == 0


def test_show_says_how_far_a_query_was_read_and_check_that_it_fails(sqlite_settings: Settings) -> None:
    with serving(Api(lambda asked: reply({"error": "Record not found"}, 404))) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, [{"hashtag": "ASN"}]))
        assert "none was read yet" in run_netra(prepared, "connectors", "show", "mastodon").stdout
        crawl(prepared)
    shown = json.loads(run_netra(prepared, "connectors", "show", "mastodon", "--json").stdout)
    assert [(query["query"], query["failures"]) for query in shown["queries"]] == [("hashtag:asn", 1)]
    checked = run_netra(prepared, "connectors", "check")
    assert (checked.returncode, "hashtag:asn failed 1 times" in checked.stderr) == (1, True)

"""Mastodon, against an invented instance that answers as docs.joinmastodon.org says."""

import pytest

from models import ConnectorCursor, FetchEvent, FetchOutcome, Item, ItemKind, ItemVersion, PostRecord, RunState
from models.settings import Settings
from tests.crawler.connectors.api import (
    Api,
    Asked,
    Reply,
    crawl,
    everything_kept,
    reply,
    rows,
    serving,
    settings_for,
    source,
    texts_of,
)
from tests.crawler.connectors.instance import Instance, account, status

TAG = [{"hashtag": "NetralitasASN"}]


def test_a_hashtag_is_read_page_by_page_and_then_only_what_is_new(settings: Settings) -> None:
    instance = Instance([status(number) for number in range(7)], page_size=3)
    api = Api(instance.answer)
    with serving(api) as base:
        prepared = settings_for(settings, source("mastodon", base, TAG))
        assert crawl(prepared).state is RunState.FINISHED
        assert [asked.one("max_id") for asked in api.asked] == ["", "100004", "100001", "100000"]
        assert len(texts_of(prepared)) == 7
        api.asked.clear()
        instance.statuses = [*instance.statuses, status(8, "Kiriman baru")]
        run = crawl(prepared)
    assert next(asked.one("since_id") for asked in api.asked) == "100006"
    assert run.counts["disimpan"] == 1
    assert texts_of(prepared)[f"{base}/@sari/100008"] == "Kiriman baru"


def test_a_post_keeps_words_language_author_and_figures(sqlite_settings: Settings) -> None:
    post = status(1, 'Ayo pilih <a href="x">#<span>Paslon</span></a> nomor 2!<br>Salam 🙏', spoiler_text="Politik", language="jv")
    with serving(Api(Instance([post]).answer)) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, TAG))
        crawl(prepared)
    [item], [version], [record] = (rows(prepared, table) for table in (Item, ItemVersion, PostRecord))
    assert (item.kind, item.url) == (ItemKind.POST, f"{base}/@sari/100001")
    assert version.text == "Politik\n\nAyo pilih #Paslon nomor 2!\nSalam 🙏"
    assert (version.author, version.author_name, version.author_bio) == ("@sari", "Sari 🌾", "Guru SD di Wanasari")
    assert (version.language, record.reposts, version.published_at.isoformat()) == ("jv", 3, "2024-02-06T07:01:00+00:00")
    assert len(record.author_hash) == 64
    assert "id-sari" not in record.author_hash


def test_who_opts_out_and_what_is_not_public_is_counted_and_not_kept(sqlite_settings: Settings) -> None:
    posts = [
        status(1, "tetap"),
        status(2, "rahasia-satu", account=account("budi", note="<p>Jangan <a>#<span>NoBot</span></a></p>")),
        status(3, "rahasia-dua", account=account("cici", noindex=True)),
        status(4, "rahasia-tiga", account=account("dodi", fields=[{"name": "x", "value": "#nobots"}])),
        status(5, "rahasia-empat", visibility="unlisted"),
        status(6, "", reblog=status(99, "rahasia-lima")),
    ]
    with serving(Api(Instance(posts).answer)) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, TAG))
        run = crawl(prepared)
    assert list(texts_of(prepared).values()) == ["tetap"]
    assert (run.counts["menolak_bot"], run.counts["bukan_publik"], run.counts["ulangan"]) == (3, 1, 1)
    assert b"rahasia-" not in everything_kept(sqlite_settings.home)


def test_an_edited_post_gets_a_version_and_a_deleted_one_is_noted_until_it_returns(settings: Settings) -> None:
    instance = Instance([status(1, "Mari netral"), status(2, "Akan dihapus")])
    with serving(Api(instance.answer)) as base:
        prepared = settings_for(settings, source("mastodon", base, TAG, recheck_hours=0))
        crawl(prepared)
        instance.statuses = [status(1, "Mari pilih nomor 2")]
        run = crawl(prepared)
        gone = [record.remote_id for record in rows(prepared, PostRecord) if record.gone_at]
        instance.statuses = [*instance.statuses, status(2, "Akan dihapus")]
        crawl(prepared)
    versions = {(version.number, version.text) for version in rows(prepared, ItemVersion)}
    assert versions == {(1, "Mari netral"), (2, "Mari pilih nomor 2"), (1, "Akan dihapus")}
    assert (gone, run.counts["hilang"]) == (["100002"], 1)
    assert [record.gone_at for record in rows(prepared, PostRecord)] == [None, None]


def test_an_account_is_looked_up_and_its_boosts_are_not_asked_for(sqlite_settings: Settings) -> None:
    api = Api(Instance([status(1)]).answer)
    with serving(api) as base:
        crawl(settings_for(sqlite_settings, source("mastodon", base, [{"account": "@sari@wanasari.test"}, {"public": "local"}])))
    lookup, statuses, public = api.asked[0], api.asked[1], next(asked for asked in api.asked if "public" in asked.path)
    assert (lookup.one("acct"), statuses.path) == ("sari@wanasari.test", "/api/v1/accounts/77/statuses")
    assert (statuses.one("exclude_reblogs"), public.one("local")) == ("true", "true")


def test_a_short_pause_is_kept_and_the_reading_goes_on(sqlite_settings: Settings) -> None:
    refusals = iter([reply({"error": "Too many requests"}, 429, Retry_After="1")])

    def refuse_once(asked: Asked) -> Reply | None:
        return next(refusals, None)

    with serving(Api(Instance([status(1)], before=refuse_once).answer)) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, TAG))
        run = crawl(prepared)
    assert (run.state, run.counts["disimpan"], run.counts["galat_batas_laju"]) == (RunState.FINISHED, 1, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry_After": "900"},
        {"Retry_After": "9" * 400},
        {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "2099-01-01T00:00:00.000Z"},
    ],
)
def test_a_long_pause_postpones_the_run_and_nobody_asks_before(sqlite_settings: Settings, headers: dict[str, str]) -> None:
    api = Api(lambda asked: reply({"error": "Too many requests"}, 429, **headers))
    with serving(api) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, TAG))
        first, second = crawl(prepared), crawl(prepared)
    assert first.state is second.state is RunState.FINISHED
    assert first.reason.startswith("ditunda sampai")
    assert len(api.asked) == 1


def test_the_last_allowed_request_makes_the_next_one_wait(sqlite_settings: Settings) -> None:
    headers = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "2099-01-01T00:00:00.000Z"}
    instance = Instance([status(number) for number in range(4)], page_size=2, headers=headers)
    with serving(Api(instance.answer)) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, TAG))
        run = crawl(prepared)
    [cursor] = rows(prepared, ConnectorCursor)
    assert (run.counts["disimpan"], cursor.next_page, cursor.mark) == (2, "100002", "")
    assert cursor.wait_until is not None


def test_an_instance_that_wants_a_token_says_which_setting_to_fill(sqlite_settings: Settings) -> None:
    with serving(Api(lambda asked: reply({"error": "This method requires an authenticated user"}, 422))) as base:
        run = crawl(settings_for(sqlite_settings, source("mastodon", base, TAG)))
    assert run.state is RunState.FAILED
    assert "NETRA_MASTODON_TOKEN" in run.reason


def test_a_token_goes_to_its_own_instance_alone(sqlite_settings: Settings) -> None:
    api = Api(Instance([status(1)]).answer)
    with serving(api) as base:
        entry = source("mastodon", base, TAG)
        crawl(settings_for(sqlite_settings, entry, mastodon_token="lain.test=token-lain-123"))
        crawl(settings_for(sqlite_settings, entry, mastodon_token="lain.test=token-lain-123,127.0.0.1=token-sini-456"))
    sent = [asked.headers.get("Authorization") for asked in api.asked]
    assert set(sent) == {None, "Bearer token-sini-456"}


def test_one_query_that_fails_leaves_the_others_alone(sqlite_settings: Settings) -> None:
    def refuse_one(asked: Asked) -> Reply | None:
        return reply({"error": "Record not found"}, 404) if asked.path.endswith("/tag/hilang") else None

    with serving(Api(Instance([status(1)], before=refuse_one).answer)) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, [{"hashtag": "hilang"}, *TAG]))
        run = crawl(prepared)
    [event] = [event for event in rows(prepared, FetchEvent) if event.outcome is FetchOutcome.FAILED]
    assert (run.state, run.counts["disimpan"], run.counts["galat_tidak_ada"]) == (RunState.FINISHED, 1, 1)
    assert event.reason == "tidak_ada: yang diminta tidak ada [hashtag:hilang]"

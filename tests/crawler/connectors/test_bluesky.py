"""Bluesky, against an invented server that answers as docs.bsky.app says."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from models import FetchEvent, ItemVersion, PostRecord, RunState
from models.settings import Settings
from tests.crawler.connectors.api import (
    Api,
    Asked,
    Reply,
    crawl,
    everything_kept,
    moment,
    reply,
    rows,
    serving,
    settings_for,
    source,
    texts_of,
)

SEARCH = [{"search": "netralitas ASN"}]
PASSWORD = "abcd-efgh-ijkl-mnop"
LOGIN = {"bluesky_handle": "pemantau.contoh.test", "bluesky_app_password": PASSWORD}


def post(number: int, text: str = "", *, name: str = "rini", **values: Any) -> dict[str, Any]:
    did = f"did:plc:{name}"
    return {
        "uri": f"at://{did}/app.bsky.feed.post/3k{number:04}",
        "cid": "bafy",
        "author": {"did": did, "handle": f"{name}.contoh.test", "displayName": f"{name.title()} 🌻", "labels": []},
        "record": {
            "$type": "app.bsky.feed.post",
            "text": text or f"Kiriman {number}",
            "createdAt": moment(number),
            "langs": ["id"],
        },
        "repostCount": 2,
        "indexedAt": moment(number),
        **values,
    }


@dataclass
class Server:
    """Sessions that expire after so many uses, a search paged by cursor, feeds, posts and profiles."""

    posts: Sequence[dict[str, Any]]
    page_size: int = 2
    uses: int = 1000
    tokens: int = 0
    bios: dict[str, str] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Reply:
        method = asked.path.rsplit(".", 1)[-1]
        if method == "createSession":
            is_right = json.loads(asked.body)["password"] == PASSWORD
            return self._session() if is_right else _refuse(401, "AuthenticationRequired")
        if method == "refreshSession":
            is_right = asked.headers["Authorization"].startswith("Bearer refresh-")
            return self._session() if is_right else _refuse(400, "ExpiredToken")
        self.uses -= 1
        if asked.headers.get("Authorization") != f"Bearer access-{self.tokens}" or self.uses == 0:
            return _refuse(400, "ExpiredToken")
        return self._data(method, asked)

    def _session(self) -> Reply:
        self.tokens += 1
        return reply({"accessJwt": f"access-{self.tokens}", "refreshJwt": f"refresh-{self.tokens}", "did": "did:plc:kita"})

    def _data(self, method: str, asked: Asked) -> Reply:
        if method == "getProfiles":
            return reply({"profiles": [{"did": did, "description": self.bios.get(did, "")} for did in asked.query["actors"]]})
        if method == "getPosts":
            return reply({"posts": [known for known in self.posts if known["uri"] in asked.query["uris"]]})
        start = int(asked.one("cursor") or 0)
        page = list(self.posts)[start : start + self.page_size]
        more = {"cursor": str(start + self.page_size)} if start + self.page_size < len(self.posts) else {}
        if method == "getAuthorFeed":
            return reply({"feed": [known if "post" in known else {"post": known} for known in page], **more})
        return reply({"posts": page, **more})


def _refuse(status: int, error: str) -> Reply:
    return reply({"error": error, "message": f"{error}: {PASSWORD}"}, status)


def test_a_search_is_read_by_its_cursor_with_the_office_from_the_profile(settings: Settings) -> None:
    server = Server([post(3), post(2), post(1, "Saya dukung paslon 1 🙌")], bios={"did:plc:rini": "Camat Wanasari"})
    api = Api(server.answer)
    with serving(api) as base:
        prepared = settings_for(settings, source("bluesky", base, SEARCH), **LOGIN)
        assert crawl(prepared).state is RunState.FINISHED
    assert texts_of(prepared)["https://bsky.app/profile/did:plc:rini/post/3k0001"] == "Saya dukung paslon 1 🙌"
    version = rows(prepared, ItemVersion)[0]
    assert (version.author, version.author_name, version.author_bio) == ("@rini.contoh.test", "Rini 🌻", "Camat Wanasari")
    searches = [asked for asked in api.asked if asked.path.endswith("searchPosts")]
    assert [asked.one("cursor") for asked in searches] == ["", "2"]


def test_a_session_that_ran_out_is_renewed_and_kept_for_the_next_run(sqlite_settings: Settings) -> None:
    server = Server([post(number) for number in range(5, 0, -1)], uses=3)
    api = Api(server.answer)
    with serving(api) as base:
        prepared = settings_for(sqlite_settings, source("bluesky", base, SEARCH), **LOGIN)
        first, second = crawl(prepared), crawl(prepared)
    assert (first.state, second.state, len(texts_of(prepared))) == (RunState.FINISHED, RunState.FINISHED, 5)
    assert [name.rsplit(".", 1)[-1] for name in api.paths()].count("createSession") == 1


def test_no_secret_is_kept_anywhere(sqlite_settings: Settings) -> None:
    with serving(Api(Server([post(1)], uses=2).answer)) as base:
        prepared = settings_for(sqlite_settings, source("bluesky", base, SEARCH), **LOGIN)
        crawl(prepared)
        crawl(settings_for(sqlite_settings, source("bluesky", base, SEARCH), **LOGIN | {"bluesky_app_password": "salah-sandi"}))
    kept = everything_kept(sqlite_settings.home)
    assert b"Kiriman 1" in kept
    assert [word for word in (b"refresh-", b"access-", b"Bearer", b"salah-sandi", PASSWORD.encode()) if word in kept] == []
    assert (sqlite_settings.home / "secrets" / "bluesky-session.json").stat().st_mode & 0o077 == 0


def test_a_refused_password_ends_the_run_with_the_setting_to_mend(sqlite_settings: Settings) -> None:
    wrong = LOGIN | {"bluesky_app_password": "salah-sandi"}
    with serving(Api(Server([post(1)]).answer)) as base:
        run = crawl(settings_for(sqlite_settings, source("bluesky", base, SEARCH), **wrong))
    assert (run.state, run.counts) == (RunState.FAILED, {"gagal": 1, "galat_kredensial": 1})
    assert "NETRA_BLUESKY_HANDLE" in run.reason


def test_a_run_without_login_says_what_to_fill_and_asks_nothing(sqlite_settings: Settings) -> None:
    api = Api(Server([]).answer)
    with serving(api) as base:
        run = crawl(settings_for(sqlite_settings, source("bluesky", base, SEARCH)))
    assert (run.reason, api.asked) == ("belum diisi: NETRA_BLUESKY_HANDLE, NETRA_BLUESKY_APP_PASSWORD", [])


def test_reposts_and_those_who_opt_out_are_counted(sqlite_settings: Settings) -> None:
    hidden = {"did": "did:plc:tutup", "handle": "tutup.contoh.test", "labels": [{"val": "!no-unauthenticated"}]}
    repost = {"post": post(9, name="lain"), "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}
    feed = [repost, post(3), post(2, name="tutup", author=hidden), post(1, name="bot")]
    server = Server(feed, page_size=10, bios={"did:plc:bot": "suka kopi #NoBot"})
    with serving(Api(server.answer)) as base:
        prepared = settings_for(sqlite_settings, source("bluesky", base, [{"author": "rini.contoh.test"}]), **LOGIN)
        run = crawl(prepared)
    assert (run.counts["disimpan"], run.counts["ulangan"], run.counts["menolak_bot"]) == (1, 1, 2)
    assert [record.reposts for record in rows(prepared, PostRecord)] == [2]


@pytest.mark.parametrize(
    ("status", "error", "word"),
    [(400, "InvalidRequest", "permintaan_ditolak"), (429, "RateLimitExceeded", "batas_laju"), (502, "UpstreamFailure", "server")],
)
def test_errors_are_named_by_their_class(sqlite_settings: Settings, status: int, error: str, word: str) -> None:
    server = Server([])

    def answer(asked: Asked) -> Reply:
        is_search = asked.path.endswith("searchPosts")
        return reply({"error": error}, status, RateLimit_Reset="1") if is_search else server.answer(asked)

    with serving(Api(answer)) as base:
        prepared = settings_for(sqlite_settings, source("bluesky", base, SEARCH), connector_wait_minutes=0, **LOGIN)
        run = crawl(prepared)
    assert run.counts.get(f"galat_{word}", 0) >= 1
    assert any(event.reason.startswith(f"{word}: ") for event in rows(prepared, FetchEvent))

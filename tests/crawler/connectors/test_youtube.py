"""The YouTube Data API, against an invented server that answers as developers.google.com says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crawler.connectors.quota import mark_exhausted, spend_units, units_spent
from crawler.connectors.youtube import next_quota_day, quota_day
from models import ConnectorCursor, ItemVersion, PostRecord, QuotaSpent, RunState
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

KEY = "AIza-kunci-rekaan-123456"
SEARCH = [{"search": "netralitas ASN"}]


def video(name: str, number: int = 1) -> dict[str, Any]:
    snippet = {"title": "Camat & paslon", "description": f"Video {name}", "channelId": "UCwanasari0001"}
    return {
        "id": {"kind": "youtube#video", "videoId": name},
        "snippet": {**snippet, "channelTitle": "Wanasari TV", "publishedAt": moment(number)},
    }


def comment(name: str, text: str, number: int = 1, **values: Any) -> dict[str, Any]:
    snippet = {"textDisplay": text, "authorDisplayName": f"@{name}", "authorChannelId": {"value": f"UC{name}"}}
    return {"id": f"Ug{name}", "snippet": {**snippet, "publishedAt": moment(number), **values}}


def thread(top: dict[str, Any], *replies: dict[str, Any], of: str = "video0001") -> dict[str, Any]:
    snippet = {"videoId": of, "topLevelComment": top, "totalReplyCount": len(replies)}
    return {"id": top["id"], "snippet": snippet, **({"replies": {"comments": list(replies)}} if replies else {})}


@dataclass
class Server:
    """Searches, comment threads by video, look-ups; what is in `errors` by method answers so."""

    videos: Sequence[dict[str, Any]] = ()
    threads: dict[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    bios: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Reply] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Reply:
        method = asked.path.rsplit("/", 1)[-1]
        if asked.headers.get("X-Goog-Api-Key") != KEY:
            return refusal(400, "badRequest", "API key not valid. Please pass a valid API key.")
        if method in self.errors:
            return self.errors[method]
        start = int(asked.one("pageToken") or 0)
        ids = asked.one("id").split(",")
        entries = {
            "search": list(self.videos),
            "commentThreads": list(self.threads.get(asked.one("videoId"), ())),
            "channels": [{"id": known, "snippet": {"description": bio}} for known, bio in self.bios.items() if known in ids],
            "videos": [{**known, "id": known["id"]["videoId"]} for known in self.videos if known["id"]["videoId"] in ids],
            "comments": [top for top in self._comments() if top["id"] in ids],
        }[method]
        page = entries[start : start + 2] if method in ("search", "commentThreads") else entries
        more = {"nextPageToken": str(start + 2)} if len(entries) > start + 2 and page is not entries else {}
        return reply({"kind": "youtube#listResponse", "items": page, **more})

    def _comments(self) -> list[dict[str, Any]]:
        return [one["snippet"]["topLevelComment"] for threads in self.threads.values() for one in threads]


def refusal(status: int, reason: str, message: str = "") -> Reply:
    errors = [{"message": message or f"<b>{KEY}</b>", "domain": "youtube.quota", "reason": reason}]
    return reply({"error": {"code": status, "message": message or f"<b>{KEY}</b>", "errors": errors}}, status)


def test_a_search_finds_videos_and_their_comments_within_the_counted_units(settings: Settings) -> None:
    top, answer = comment("sari", "Saya PNS, dukung nomor 1 💪"), comment("budi", "Netral dong!", parentId="Ugsari")
    server = Server([video("video0001")], {"video0001": [thread(top, answer)]}, {"UCsari": "Guru di Wanasari"})
    with serving(Api(server.answer)) as base:
        prepared = settings_for(settings, source("youtube", base, SEARCH), youtube_key=KEY)
        assert crawl(prepared).state is RunState.FINISHED
        crawl(prepared)
    texts = texts_of(prepared)
    assert texts["https://www.youtube.com/watch?v=video0001"] == "Camat & paslon\n\nVideo video0001"
    assert texts["https://www.youtube.com/watch?lc=Ugsari&v=video0001"] == "Saya PNS, dukung nomor 1 💪"
    bios = {version.author_name: version.author_bio for version in rows(prepared, ItemVersion)}
    assert bios == {"Wanasari TV": "", "@sari": "Guru di Wanasari", "@budi": ""}
    assert [record.refers_to for record in rows(prepared, PostRecord)] == ["", "video0001", "Ugsari"]
    # Twice a search (100), its videos (1) and their channels (1); then, when the video is known, comments and channels.
    assert [spent.units for spent in rows(prepared, QuotaSpent)] == [206]


def test_the_key_is_kept_nowhere(sqlite_settings: Settings) -> None:
    server = Server([video("video0001")], errors={"commentThreads": refusal(403, "forbidden")})
    api = Api(server.answer)
    with serving(api) as base:
        prepared = settings_for(sqlite_settings, source("youtube", base, SEARCH), youtube_key=KEY)
        crawl(prepared), crawl(prepared)
    assert all("key" not in asked.query for asked in api.asked)
    assert KEY.encode() not in everything_kept(sqlite_settings.home)


def test_closed_comments_are_no_fault_and_not_asked_again(sqlite_settings: Settings) -> None:
    server = Server([video("video0001")], errors={"commentThreads": refusal(403, "commentsDisabled")})
    api = Api(server.answer)
    with serving(api) as base:
        prepared = settings_for(sqlite_settings, source("youtube", base, SEARCH), youtube_key=KEY)
        runs = [crawl(prepared) for _ in range(2)]
        server.videos = ()
        runs.append(crawl(prepared))
    assert [run.state for run in runs] == [RunState.FINISHED] * 3
    assert runs[1].counts["galat_komentar_ditutup"] == 1
    assert api.paths().count("commentThreads") == 1


@pytest.mark.parametrize("reason", ["quotaExceeded", "dailyLimitExceeded"])
def test_a_quota_that_google_says_is_used_up_postpones_to_its_midnight(sqlite_settings: Settings, reason: str) -> None:
    api = Api(Server(errors={"search": refusal(403, reason)}).answer)
    with serving(api) as base:
        prepared = settings_for(sqlite_settings, source("youtube", base, SEARCH), youtube_key=KEY)
        first, second = crawl(prepared), crawl(prepared)
    assert first.state is second.state is RunState.FINISHED
    assert first.reason.split(": ")[0].endswith(("PST", "PDT"))
    assert len(api.asked) == 1
    assert rows(prepared, QuotaSpent)[0].units == prepared.youtube_daily_units
    assert rows(prepared, ConnectorCursor)[0].wait_until == next_quota_day(datetime.now(UTC))


def test_searches_leave_units_for_comments(sqlite_settings: Settings) -> None:
    server = Server([video("video0001")], {"video0009": [thread(comment("sari", "Hadir"), of="video0009")]})
    queries = [*SEARCH, {"search": "ASN kampanye"}, {"video": "video0009"}]
    with serving(Api(server.answer)) as base:
        prepared = settings_for(sqlite_settings, source("youtube", base, queries), youtube_key=KEY, youtube_daily_units=150)
        run = crawl(prepared)
    assert (run.state, run.counts["disimpan"], run.counts["galat_kuota"]) == (RunState.FINISHED, 2, 1)


def test_an_edited_comment_gets_a_version_and_a_deleted_one_is_noted(sqlite_settings: Settings) -> None:
    server = Server(threads={"video0001": [thread(comment("sari", "Netral")), thread(comment("budi", "Hilang nanti"))]})
    with serving(Api(server.answer)) as base:
        prepared = settings_for(
            sqlite_settings, source("youtube", base, [{"video": "video0001"}], recheck_hours=0), youtube_key=KEY
        )
        crawl(prepared)
        server.threads = {"video0001": [thread(comment("sari", "Pilih nomor 2"))]}
        crawl(prepared)
    assert {record.remote_id for record in rows(prepared, PostRecord) if record.gone_at} == {"video0001/Ugbudi"}
    assert sorted(version.text for version in rows(prepared, ItemVersion)) == ["Hilang nanti", "Netral", "Pilih nomor 2"]


def test_a_wrong_key_is_said_to_be_one(sqlite_settings: Settings) -> None:
    with serving(Api(Server().answer)) as base:
        run = crawl(settings_for(sqlite_settings, source("youtube", base, SEARCH), youtube_key="kunci-yang-salah"))
    assert run.state is RunState.FAILED
    assert run.reason.endswith("YouTube menolak kunci: periksa NETRA_YOUTUBE_KEY")


@pytest.mark.parametrize(
    ("utc", "day"), [("2024-02-06T07:59", "2024-02-05"), ("2024-02-06T08:00", "2024-02-06"), ("2024-07-06T07:00", "2024-07-06")]
)
def test_the_day_turns_at_midnight_in_california(utc: str, day: str) -> None:
    assert quota_day(datetime.fromisoformat(f"{utc}+00:00")).isoformat() == day


def test_units_are_taken_only_while_they_last(session: Session) -> None:
    day = quota_day(datetime.now(UTC))
    taken = [spend_units(session, "youtube", day, 100, limit=250) for _ in range(3)]
    assert (taken, units_spent(session, "youtube", day)) == ([True, True, False], 200)
    mark_exhausted(session, "youtube", day, limit=250)
    assert not spend_units(session, "youtube", day, 1, limit=250)

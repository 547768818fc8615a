"""What an API should never answer, and may: the query that got it fails in words, nothing else does."""

import json

import pytest

from models import ConnectorCursor, FetchEvent, RunState
from models.settings import Settings
from tests.crawler.connectors.api import (
    JSON,
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

TAGS = [{"hashtag": "rusak"}, {"hashtag": "baik"}]
LARGE = json.dumps([status(1, "x" * 5_000_000)]).encode()


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ((200, JSON, b'[{"id": "1", "cont'), "tak_terbaca"),
        ((200, JSON, b"<html>masuk dulu</html>"), "tak_terbaca"),
        ((200, JSON, b'{"error": "bukan daftar"}'), "tak_terbaca"),
        ((200, JSON, b"[" * 200_000), "tak_terbaca"),
        ((200, JSON, b"\xff\xfe[]"), "tak_terbaca"),
        ((200, JSON, LARGE), "tak_terbaca"),
        ((302, {"Location": "http://169.254.169.254/latest/meta-data"}, b""), "dialihkan"),
        ((301, {"Location": "/api/v1/lain"}, b""), "dialihkan"),
    ],
    ids=["cut", "html", "object", "deep", "bytes", "5 MB", "private", "redirect"],
)
def test_a_query_with_a_bad_answer_fails_alone(sqlite_settings: Settings, answer: Reply, word: str) -> None:
    good = Instance([status(7, "Tetap tersimpan")])

    def answers(asked: Asked) -> Reply:
        return answer if asked.path.endswith("/rusak") else good.answer(asked)

    with serving(Api(answers)) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, TAGS))
        run = crawl(prepared)
    assert (run.state, run.counts["disimpan"], run.counts[f"galat_{word}"]) == (RunState.FINISHED, 1, 1)
    assert any(event.reason.endswith("[hashtag:rusak]") for event in rows(prepared, FetchEvent))
    assert [cursor.failures for cursor in rows(prepared, ConnectorCursor)] == [1, 0]


def test_entries_of_wrong_types_cost_themselves_alone(sqlite_settings: Settings) -> None:
    broken = [
        {},
        None,
        7,
        status(1, id=5),
        status(2, account=None),
        status(3, content=["daftar"]),
        status(4, account=account(acct="../../etc/passwd")),
        status(5, id="../1"),
        status(6, account=account(acct="a@b.test/@c")),
        status(7, content="<p></p>"),
    ]
    odd = [
        status(8, "tanggal aneh \x00", created_at="besok", reblogs_count="banyak", language=None, in_reply_to_id=None),
        status(9, "dari masa depan", created_at="2999-01-01T00:00:00Z", account=account(display_name=None, note=None)),
    ]
    body = json.dumps([*broken, *odd]).encode()
    with serving(Api(lambda asked: (200, JSON, body))) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, [{"hashtag": "aneh"}]))
        run = crawl(prepared)
    assert (run.state, run.counts["disimpan"]) == (RunState.FINISHED, 2)
    assert (run.counts["tak_terbaca"], run.counts["kosong"]) == (9, 1)


def test_script_in_a_post_is_no_text(sqlite_settings: Settings) -> None:
    post = status(1, "Halo<script>alert(1)</script> <b onclick=x>warga</b> &lt;i&gt;")
    with serving(Api(Instance([post]).answer)) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, [{"hashtag": "naskah"}]))
        crawl(prepared)
    assert list(texts_of(prepared).values()) == ["Halo warga <i>"]


def test_a_walk_without_end_is_cut_at_its_pages(sqlite_settings: Settings) -> None:
    endless = iter(range(10**6, 0, -1))

    def answers(asked: Asked) -> Reply:
        number = next(endless)
        return reply([status(number)], Link=f'<https://x.test/?max_id={number}>; rel="next"')

    api = Api(answers)
    with serving(api) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, [{"hashtag": "tiada", "max_pages": 3}]))
        run = crawl(prepared)
    assert (run.state, len(api.asked)) == (RunState.FINISHED, 3)


def test_evidence_of_a_post_holds_that_post_alone(sqlite_settings: Settings) -> None:
    posts = [status(1, "Kiriman Sari"), status(2, "Kiriman Budi", account=account("budi"), visibility="private")]
    with serving(Api(Instance(posts, headers={"Set_Cookie": "sesi=kue-rahasia"}).answer)) as base:
        prepared = settings_for(sqlite_settings, source("mastodon", base, [{"hashtag": "bukti"}]))
        crawl(prepared)
    kept = everything_kept(sqlite_settings.home)
    assert b"Kiriman Sari" in kept
    assert b"Kiriman Budi" not in kept
    assert b"kue-rahasia" not in kept

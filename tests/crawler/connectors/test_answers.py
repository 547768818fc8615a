"""What the platforms' files make of an answer, without network and database."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from crawler.connectors import bluesky, mastodon, youtube
from crawler.connectors.concealment import author_key, conceal_headers, conceal_url, hash_author, token_of
from crawler.connectors.cutting import MAX_PARTS, cut_answer
from crawler.connectors.limits import read_limit
from crawler.connectors.markup import text_of_html
from crawler.connectors.posts import article_of, opts_out
from crawler.connectors.problems import Answer, ApiProblem, ProblemKind
from tests.crawler.connectors.instance import account, status

NOON = datetime(2024, 2, 6, 12, 0, tzinfo=UTC)


def test_every_entry_is_cut_with_exactly_its_own_bytes() -> None:
    body = '{"cursor": "x", "posts" :[ {"a": "é\\u00e9 🙏"} ,{"b":[1, 2]}], "rest": {"c": null}}'.encode()
    cut = cut_answer(body, "posts")
    assert [part.raw for part in cut.parts] == ['{"a": "é\\u00e9 🙏"}'.encode(), b'{"b":[1, 2]}']
    assert (cut.parts[1].value, cut.rest) == ({"b": [1, 2]}, {"cursor": "x", "rest": {"c": None}})


@pytest.mark.parametrize("body", [b"", b"{}", b"[", b'{"posts": 5}', b'{"posts": [1', b"null", b'{"posts": [NaN]}', b'{"posts'])
def test_what_is_no_list_is_a_problem_and_no_error(body: bytes) -> None:
    with pytest.raises(ApiProblem) as caught:
        cut_answer(body, "posts")
    assert caught.value.kind is ProblemKind.UNREADABLE


def test_an_answer_of_many_entries_is_bounded() -> None:
    assert len(cut_answer(json.dumps([{}] * (MAX_PARTS * 3)).encode()).parts) == MAX_PARTS


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Satu</p><p>Dua<br />Tiga &amp; empat</p>", "Satu\n\nDua\nTiga & empat"),
        ('<p><span class="h-card"><a href="x">@<span>budi</span></a></span> halo 👋🏽</p>', "@budi halo 👋🏽"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("teks < 5 & > 3", "teks < 5 & > 3"),
        ("<style>x</style><script>y", ""),
    ],
)
def test_markup_becomes_plain_text(markup: str, text: str) -> None:
    assert text_of_html(markup) == text


@pytest.mark.parametrize(
    ("headers", "remaining", "reset"),
    [
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2024-02-06T12:05:00.000Z"}, 0, NOON + timedelta(minutes=5)),
        ({"ratelimit-remaining": "7", "ratelimit-reset": "1707221100"}, 7, NOON + timedelta(minutes=5)),
        ({"ratelimit-remaining": "7", "ratelimit-reset": "30"}, 7, NOON + timedelta(seconds=30)),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "99999999999999"}, 0, NOON + timedelta(days=1)),
        ({"ratelimit-remaining": "banyak", "ratelimit-reset": "besok"}, None, None),
        ({}, None, None),
    ],
)
def test_limits_are_read_in_every_dialect(headers: dict[str, str], remaining: int | None, reset: datetime | None) -> None:
    limit = read_limit(headers, NOON)
    assert (limit.remaining, limit.reset_at) == (remaining, reset)


@pytest.mark.parametrize(
    "link", ["", "<", '<http://[x?max_id=1>; rel="next"', '<https://x.test/?max_id=../9>; rel="next"', 'rel="next"']
)
def test_a_link_header_without_a_next_page_ends_the_walk(link: str) -> None:
    assert mastodon.read_next(link) == ""


def test_a_mark_is_held_back_so_that_late_posts_are_not_missed() -> None:
    fresh = (NOON - timedelta(minutes=10)).isoformat()
    settled = (NOON - timedelta(hours=3)).isoformat()
    body = json.dumps([status(3, created_at=fresh), status(2, created_at=settled), status(1)]).encode()
    page = mastodon.read_statuses(body, "https://satu.test")
    assert mastodon.held_back_mark(page, NOON) == "100002"


def test_a_far_server_cannot_say_where_a_post_stands() -> None:
    far = status(1, url="https://www.berita.test/utama", account=account("budi@jauh.test", id="9"))
    page = mastodon.read_statuses(json.dumps([far]).encode(), "https://satu.test")
    assert page.posts[0].url == "https://satu.test/@budi@jauh.test/100001"


def test_a_bluesky_post_must_be_of_its_author() -> None:
    view = {"author": {"did": "did:plc:a", "handle": "a.test"}, "record": {"text": "x"}, "indexedAt": ""}
    posts = [{**view, "uri": f"at://did:plc:{name}/app.bsky.feed.post/3k1"} for name in ("a", "lain")]
    page = bluesky.read_posts(json.dumps({"posts": posts}).encode())
    assert ([post.remote_id for post in page.posts], page.skipped["tak_terbaca"]) == (
        ["at://did:plc:a/app.bsky.feed.post/3k1"],
        1,
    )


@pytest.mark.parametrize(
    ("status_code", "error", "kind"),
    [
        (400, "ExpiredToken", ProblemKind.SESSION),
        (401, "AuthenticationRequired", ProblemKind.CREDENTIALS),
        (401, "AuthFactorTokenRequired", ProblemKind.CREDENTIALS),
        (400, "InvalidCursor", ProblemKind.STALE_PAGE),
        (400, "ActorNotFound", ProblemKind.NOT_FOUND),
        (400, "InvalidRequest", ProblemKind.BAD_REQUEST),
        (429, "RateLimitExceeded", ProblemKind.RATE),
        (502, "UpstreamFailure", ProblemKind.SERVER),
        (403, {"bukan": "kata"}, ProblemKind.CREDENTIALS),
    ],
)
def test_errors_of_bluesky_are_told_apart(status_code: int, error: object, kind: ProblemKind) -> None:
    body = json.dumps({"error": error, "message": "rahasia"}).encode()
    problem = bluesky.explain_answer(Answer(status_code, body))
    assert problem.kind is kind
    assert "rahasia" not in problem.reason


@pytest.mark.parametrize(
    ("status_code", "reason", "kind"),
    [
        (403, "quotaExceeded", ProblemKind.QUOTA),
        (403, "rateLimitExceeded", ProblemKind.RATE),
        (403, "commentsDisabled", ProblemKind.COMMENTS_OFF),
        (404, "videoNotFound", ProblemKind.NOT_FOUND),
        (400, "invalidPageToken", ProblemKind.STALE_PAGE),
        (400, "keyInvalid", ProblemKind.CREDENTIALS),
        (400, "processingFailure", ProblemKind.BAD_REQUEST),
        (403, "forbidden", ProblemKind.CREDENTIALS),
        (500, "backendError", ProblemKind.SERVER),
    ],
)
def test_errors_of_youtube_are_told_apart(status_code: int, reason: str, kind: ProblemKind) -> None:
    body = json.dumps({"error": {"code": status_code, "errors": [{"reason": reason}]}}).encode()
    assert youtube.explain_answer(Answer(status_code, body)).kind is kind


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error": 5}', b'{"error": {"errors": [7]}}', b'{"error": {"errors": {}}}'])
def test_an_error_without_its_documented_shape_is_told_by_its_status(body: bytes) -> None:
    assert youtube.explain_answer(Answer(503, body)).kind is bluesky.explain_answer(Answer(503, body)).kind is ProblemKind.SERVER


def test_secrets_leave_headers_addresses_and_other_instances() -> None:
    headers = [("Authorization", "Bearer x"), ("Set-Cookie", "y"), ("x-goog-api-key", "z"), ("Date", "kini")]
    assert conceal_headers(headers) == [("Date", "kini")]
    assert conceal_url("https://api.test/a?key=x&q=b%20c&access_token=y") == "https://api.test/a?q=b+c"
    assert token_of(SecretStr("satu.test=a=b"), "satu.test") == "a=b"
    assert token_of(SecretStr("satu.test=a"), "lain.test") == ""


def test_one_author_has_one_hash_in_one_data_directory_only(tmp_path: Path) -> None:
    here, there = author_key(tmp_path / "a"), author_key(tmp_path / "b")
    assert author_key(tmp_path / "a") == here
    assert hash_author(here, "bluesky", "did:plc:a") == hash_author(here, "bluesky", "did:plc:a")
    assert len({hash_author(key, site, "1") for key in (here, there) for site in ("bluesky", "mastodon")}) == 4
    assert (tmp_path / "a" / "secrets" / "author-key").stat().st_mode & 0o077 == 0


def test_a_post_of_any_length_is_bounded() -> None:
    long = status(1, "panjang " * 10_000, account=account("x", display_name="n" * 9_000, note="b" * 9_000))
    post = mastodon.read_statuses(json.dumps([long]).encode(), "https://satu.test").posts[0]
    article = article_of(post, "mastodon")
    assert (len(article.text), len(article.author_name), len(article.author_bio)) == (20_000, 200, 2_000)


@pytest.mark.parametrize(
    ("bio", "is_out"), [("Suka #NoBot", True), ("#noindex!", True), ("#nobody knows", False), ("guru", False)]
)
def test_opting_out_is_read_from_a_profile(bio: str, is_out: bool) -> None:
    assert opts_out(bio) is is_out

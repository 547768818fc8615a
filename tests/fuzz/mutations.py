"""Small valid documents, broken in every way that a wire, a disk or an enemy breaks them."""

import random
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

NASTY = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\r", b"\n\n", b"%00", b"\\u0000", b"\\ud800"),
    *(b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&#0;", b"&#xD800;", b"&lol;", b"<script>", b"</", b"<" * 300, b"<div>" * 300),
    *(
        b"{",
        b"}",
        b"[" * 300,
        b'"',
        b"\\",
        b":",
        b",",
        b"null",
        b"true",
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9" * 400,
        b"-1",
        b"0x1",
    ),
    *(b'{"a":' * 300, b'""', b"'", b";", b"\t", b"=HYPERLINK(1)", b"file:///etc/passwd", b"http://[::1", b"//", b"javascript:"),
    *(
        b"9999-99-99",
        b"0000-00-00T00:00:00Z",
        b"31/02/24",
        b"24.61",
        b"2024-10-16T25:61:61+99:99",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
    ),
    *(
        b"Content-Length: -1",
        b"WARC/9.9",
        b"User-agent: *",
        b"Crawl-delay: 1e400",
        b"Disallow: " + b"*a" * 60 + b"$",
        b"Allow: /%zz",
    ),
)
LONGEST = 200_000
"""Bytes of a broken document: what is longer is cut off by limits that have tests of their own."""
Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def _flip(dice: random.Random, body: bytes, _others: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(body) or 1)
    return body[:at] + bytes([(body[at] if body else 0) ^ (1 << dice.randrange(8))]) + body[at + 1 :]


def _cut(dice: random.Random, body: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = sorted((dice.randrange(len(body) + 1), dice.randrange(len(body) + 1)))
    return body[:start] + body[end:] if dice.random() < 0.5 else body[:end]


def _insert(dice: random.Random, body: bytes, _others: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(body) + 1)
    return body[:at] + dice.choice(NASTY) + body[at:]


def _replace(dice: random.Random, body: bytes, _others: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(body) + 1)
    return body[:at] + dice.choice(NASTY) + body[at + dice.randrange(1, 20) :]


def _repeat(dice: random.Random, body: bytes, _others: Sequence[bytes]) -> bytes:
    start = dice.randrange(len(body) + 1)
    piece = body[start : start + dice.randrange(1, 120)]
    return body[:start] + piece * dice.choice((2, 3, 50, 500)) + body[start:]


def _splice(dice: random.Random, body: bytes, others: Sequence[bytes]) -> bytes:
    other = dice.choice(others)
    return body[: dice.randrange(len(body) + 1)] + other[dice.randrange(len(other) + 1) :]


def _noise(dice: random.Random, body: bytes, _others: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(body) + 1)
    return body[:at] + dice.randbytes(dice.randrange(1, 40)) + body[at:]


MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _insert, _replace, _repeat, _splice, _noise)


@st.composite
def broken(draw: st.DrawFn, samples: Sequence[bytes]) -> bytes:
    """One sample, broken by dice that Hypothesis throws."""
    return break_one(random.Random(draw(st.integers(0, 2**63))), samples)


def break_one(dice: random.Random, samples: Sequence[bytes]) -> bytes:
    """One sample after one to six mutations."""
    body = dice.choice(samples)
    for _ in range(dice.randint(1, 6)):
        body = dice.choice(MUTATIONS)(dice, body, samples)[:LONGEST]
    return body

"""Pages that misbehave as bytes: too slow, too large, broken off."""

import asyncio
import gzip
import zlib
from functools import partial

import brotli
from scrapy.utils._compression import zstd

from models import FetchCause, FetchOutcome
from tests.crawler.hostile.cases import page
from tests.crawler.hostile.web import Visit, response
from tests.crawler.press import article

STORED, REFUSED, FAILED = FetchOutcome.STORED, FetchOutcome.REFUSED, FetchOutcome.FAILED
LARGE = "terlalu besar (lebih dari 8 MiB)"
MIB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


async def drip_headers(visit: Visit) -> None:
    await visit.drip(HEAD + b"X-Later: " + b"x" * 5000, 0.2)


async def say_nothing(visit: Visit) -> None:
    await visit.writer.wait_closed()


async def drip_body(visit: Visit) -> None:
    await visit.send(HEAD + b"Content-Length: 5000\r\n\r\n")
    await visit.drip(article(1) + b" " * 5000, 0.2)


async def drip_chunks(visit: Visit) -> None:
    await visit.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await visit.send(b"5\r\nhalo \r\n")
        await asyncio.sleep(0.2)


async def flow_for_ever(visit: Visit) -> None:
    await visit.send(HEAD + b"\r\n" + article(2))
    while True:
        await visit.send(b" " * 65536)


async def flow_chunks_for_ever(visit: Visit) -> None:
    await visit.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await visit.send(b"10000\r\n" + b" " * 65536 + b"\r\n")


async def one_endless_header(visit: Visit) -> None:
    await visit.send(HEAD + b"X-Large: ")
    for _ in range(1600):
        await visit.send(b"x" * 65536)


async def endless_headers(visit: Visit) -> None:
    await visit.send(HEAD)
    for number in range(100_000):
        await visit.send(b"X-Header-%d: nilai\r\n" % number)


async def continue_for_ever(visit: Visit) -> None:
    while True:
        await visit.send(b"HTTP/1.1 100 Continue\r\nX-Wait: ya\r\n\r\n" * 100)


async def say_goodbye(visit: Visit) -> None:
    """End without a byte."""


async def fall_over(visit: Visit) -> None:
    await visit.send(HEAD + b"Content-Length: 5000\r\n\r\n" + article(3)[:200])
    visit.reset()


def packed(body: bytes, encoding: str) -> bytes:
    return response(body, more={"Content-Encoding": encoding})


def bomb(kind: str, visit: Visit) -> bytes:
    zeros = b"\0" * (9 * MIB)
    match kind:
        case "gzip":
            return packed(gzip.compress(zeros, 1), kind)
        case "br":
            return packed(brotli.compress(zeros, quality=1), kind)
        case "zstd":
            return packed(zstd.compress(zeros), kind)
        case "deflate":
            return packed(zlib.compress(zeros), kind)
        case _:
            return packed(gzip.compress(gzip.compress(zeros)), "gzip, gzip")


def with_cookies(count: int) -> bytes:
    cookies = "".join(f"Set-Cookie: sesi{number}=rahasia; Path=/\r\n" for number in range(count)).encode()
    return HEAD + cookies + b"Connection: close\r\n\r\n" + article(4)


SLOW = [
    page("headers come one byte at a time", "lambat-kepala", drip_headers, FAILED, FetchCause.TIMEOUT, "tidak menjawab"),
    page("the connection opens and nothing comes", "lambat-kepala", say_nothing, FAILED, FetchCause.TIMEOUT, "tidak menjawab"),
    page("the body comes one byte at a time", "lambat-badan", drip_body, FAILED, FetchCause.TIMEOUT, "tidak menjawab"),
    page("chunks come slowly and never end", "lambat-badan", drip_chunks, FAILED, FetchCause.TIMEOUT, "tidak menjawab"),
]
LARGE_PAGES = [
    page("a body without length never ends", "besar", flow_for_ever, REFUSED, FetchCause.TOO_LARGE, LARGE),
    page("chunks come fast and never end", "besar", flow_chunks_for_ever, REFUSED, FetchCause.TOO_LARGE, LARGE),
    page("9 MiB that say so", "besar", response(article(5) + b" " * 9 * MIB), REFUSED, FetchCause.TOO_LARGE, LARGE),
    page("gzip bomb", "besar", partial(bomb, "gzip"), REFUSED, FetchCause.TOO_LARGE, LARGE),
    page("gzip bomb in gzip", "besar", partial(bomb, "twice"), REFUSED, FetchCause.TOO_LARGE, LARGE),
    page("deflate bomb", "besar", partial(bomb, "deflate"), REFUSED, FetchCause.TOO_LARGE, LARGE),
    page("brotli bomb", "besar", partial(bomb, "br"), REFUSED, FetchCause.TOO_LARGE, LARGE),
    page("zstd bomb", "besar", partial(bomb, "zstd"), REFUSED, FetchCause.TOO_LARGE, LARGE),
    page("one header of 100 MB", "besar", one_endless_header, FAILED, FetchCause.PROTOCOL, "tidak ada habisnya"),
    page("100,000 headers", "besar", endless_headers, FAILED, FetchCause.PROTOCOL, "tidak ada habisnya"),
    page("interim answers without end", "besar", continue_for_ever, FAILED, FetchCause.PROTOCOL, "tidak ada habisnya"),
    page("300 cookies", "besar", with_cookies(300), STORED),
]
BROKEN = [
    page("the connection closes before a byte", "rusak", say_goodbye, FAILED, FetchCause.CONNECTION, "sambungan putus"),
    page("the connection is reset in the body", "rusak", fall_over, FAILED, FetchCause.CONNECTION, "sambungan putus"),
    page("Content-Length is too long", "rusak", response(article(6), length=90_000), FAILED, FetchCause.CONNECTION, "putus"),
    page("Content-Length is too short", "rusak", response(article(7), length=300), STORED),
    page(
        "gzip ends too early", "rusak", packed(gzip.compress(article(8))[:-200], "gzip"), FAILED, FetchCause.ENCODING, "kompresi"
    ),
    page("gzip that is none", "rusak", packed(article(9), "gzip"), FAILED, FetchCause.ENCODING, "kompresi"),
    page("a packing that nobody knows", "rusak", packed(article(10), "rahasia"), FAILED, FetchCause.ENCODING, "tidak dikenal"),
    page("HTTP 0.9", "rusak", article(11).replace(b"<", b"\r\n<"), FAILED, FetchCause.PROTOCOL, "bukan HTTP"),
    page("noise instead of HTTP", "rusak", bytes(range(256)) + b"\r\n\r\n", FAILED, FetchCause.PROTOCOL, "bukan HTTP"),
]

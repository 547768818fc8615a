"""Packed answers are unpacked whole, within the bound, or not at all."""

import gzip
import zlib

import brotli
import pytest
from scrapy.utils._compression import zstd

from crawler.middlewares.reasons import PackingBroken, TooLarge
from crawler.middlewares.unpacking import unpack

TEXT = b"Rapat digelar di kantor camat. " * 20_000
PACKED = [
    (b"gzip", gzip.compress(TEXT)),
    (b"deflate", zlib.compress(TEXT)),
    (b"deflate", zlib.compress(TEXT)[2:-4]),
    (b"br", brotli.compress(TEXT, quality=1)),
    (b"zstd", zstd.compress(TEXT)),
]


@pytest.mark.parametrize(("encoding", "body"), PACKED)
def test_every_packing_that_we_ask_for_is_unpacked(encoding: bytes, body: bytes) -> None:
    assert unpack(body, encoding, len(TEXT)) == TEXT


@pytest.mark.parametrize(("encoding", "body"), PACKED)
@pytest.mark.parametrize("share", [0.2, 0.9])
def test_an_answer_that_ends_too_early_is_broken(encoding: bytes, body: bytes, share: float) -> None:
    with pytest.raises(PackingBroken):
        unpack(body[: int(len(body) * share)], encoding, len(TEXT))


@pytest.mark.parametrize(("encoding", "body"), PACKED)
def test_more_than_we_take_is_too_large(encoding: bytes, body: bytes) -> None:
    with pytest.raises(TooLarge):
        unpack(body, encoding, len(TEXT) - 1)


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"zstd"])
def test_what_is_not_packed_is_broken(encoding: bytes) -> None:
    with pytest.raises(PackingBroken):
        unpack(b"<html>Rapat di kantor camat</html>" * 10, encoding, len(TEXT))

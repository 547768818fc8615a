"""Unzipping that never gives more than we take, and never takes half an answer for a whole one."""

import zlib
from collections.abc import Iterator

import brotli
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response
from scrapy.utils._compression import zstd

from crawler.middlewares.reasons import TOO_LARGE, PackingBroken, TooLarge

CHUNK = 64 * 1024
NO_PACKING = {b"", b"identity", b"none", b"utf-8"}
"""What outlets write into Content-Encoding of answers that are not packed."""
BROKEN = "kompresi jawaban rusak"


class StrictUnpacking(HttpCompressionMiddleware):
    """As Scrapy's, which gives what it could unpack of an answer that ends too early: half a page would be stored."""

    def process_response(self, request: Request, response: Response, spider: object = None) -> Request | Response:
        unpacked = super().process_response(request, response)
        left = {encoding.strip().lower() for encoding in unpacked.headers.getlist("Content-Encoding")}
        if left - NO_PACKING:
            raise PackingBroken(f"kompresi jawaban tidak dikenal: {b', '.join(sorted(left)).decode('latin-1')[:80]}")
        return unpacked

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        return unpack(body, encoding, max_size) if body else b""


def unpack(body: bytes, encoding: bytes, max_size: int) -> bytes:
    """The whole of a packed answer; raises PackingBroken or TooLarge."""
    whole = bytearray()
    try:
        for chunk in _chunks_of(body, encoding):
            whole += chunk
            if len(whole) > max_size:
                raise TooLarge(TOO_LARGE)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        raise PackingBroken(f"{BROKEN}: {error}"[:200]) from error
    return bytes(whole)


def _chunks_of(body: bytes, encoding: bytes) -> Iterator[bytes]:
    match encoding:
        case b"br":
            return _unbrotli(body)
        case b"zstd":
            return _unzstd(body)
        case b"deflate" if not _has_zlib_header(body):  # Some servers send it bare.
            return _inflate(body, -zlib.MAX_WBITS)
        case _:
            return _inflate(body, zlib.MAX_WBITS | 32)


def _has_zlib_header(body: bytes) -> bool:
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0


def _inflate(body: bytes, window: int) -> Iterator[bytes]:
    unzip = zlib.decompressobj(window)
    while not unzip.eof:
        yield unzip.decompress(body, CHUNK)
        if not unzip.eof and not unzip.unconsumed_tail:
            raise EOFError("berakhir sebelum selesai")
        body = unzip.unconsumed_tail


def _unbrotli(body: bytes) -> Iterator[bytes]:
    unpack = brotli.Decompressor()
    yield unpack.process(body, output_buffer_limit=CHUNK)
    while not unpack.is_finished():
        chunk = unpack.process(b"", output_buffer_limit=CHUNK)
        if not chunk and not unpack.is_finished():
            raise EOFError("berakhir sebelum selesai")
        yield chunk


def _unzstd(body: bytes) -> Iterator[bytes]:
    unpack = zstd.ZstdDecompressor()
    while not unpack.eof:
        chunk = unpack.decompress(body, CHUNK)
        if not chunk and not unpack.eof and unpack.needs_input:
            raise EOFError("berakhir sebelum selesai")
        body = b""
        yield chunk

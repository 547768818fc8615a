"""From bytes to text: the charset that the header, the page or its first bytes name; windows-1252 as the last word."""

import codecs
import re

CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
HEAD_BYTES = 4096
NOT_OF_THE_WEB = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
"""Python decodes text by these too; no browser does, and some need minutes or give halves of letters."""
BROWSERS_READ_AS_1252 = {"iso8859-1", "ascii"}


def decode_page(body: bytes, content_type: str = "") -> str:
    """Decode as a browser would; a page that lies about its charset still gives text."""
    for mark, charset in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, errors="replace")
    for charset in _claims(body, content_type):
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A page that was cut in the middle of a letter is still UTF-8.
        if error.reason == "unexpected end of data":
            return body[: error.start].decode("utf-8")
        return body.decode("windows-1252", errors="replace")


def _claims(body: bytes, content_type: str) -> list[str]:
    named = [found[1] for found in [CHARSET.search(content_type)] if found]
    named += [found[1].decode("ascii", "replace") for found in [META_CHARSET.search(body[:HEAD_BYTES])] if found]
    return [charset for charset in map(_known, named) if charset]


def _known(name: str) -> str | None:
    try:
        codec = codecs.lookup(name).name
        b" ".decode(codec, "replace")  # Python's list also holds codecs from bytes to bytes, such as zlib.
    except (LookupError, UnicodeError):
        return None
    if codec.replace("_", "-") in NOT_OF_THE_WEB:
        return None
    return "windows-1252" if codec in BROWSERS_READ_AS_1252 else codec

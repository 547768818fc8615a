"""Handles of private accounts are masked on screen; the stored text keeps them."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from models.addresses import is_web_url

HANDLE = re.compile(r"(?<![\w@.])@([\w.]{2,})")
NAMED = re.compile(
    r'("(?:acct|username|handle|screen_name|user_name|unique_id|authorDisplayName|author)"\s{0,9}:\s{0,9}"@?)([^"\\]{2,200})'
)
"""Keys under which the entries of platforms say handles, often without `@`."""
WORD = re.compile(r'(?:(?<=["/@:=>])|(?<=\\u003e))[\w.-]{2,100}(?:@[\w.-]{2,100})?')
"""Where a handle may stand in such an entry: behind a quote, in an address, behind a tag. Words of the text are left alone."""

OWN = "urn:netra:"
"""Begins what the house itself calls an import or a tip that has no address."""


def mask_handles(text: str) -> str:
    """`@pegawai` → `@p••••••`. The length stays, so that the offsets of the evidence stay true."""
    return HANDLE.sub(lambda match: f"@{_mask(match[1])}", text)


def mask_post(text: str) -> str:
    """The words of a post. Where they are an address alone, that is masked as the address of a post is.

    >>> mask_post("https://contoh.test/pegawai/status/1"), mask_post("kata @pegawai")
    ('https://contoh.test/…', 'kata @p••••••')
    """
    is_address = len(text.split(None, 1)) == 1 and is_web_url(text.strip())
    return mask_address(text.strip()) or "" if is_address else mask_handles(text)


def mask_entry(text: str, handles: Iterable[str] = ()) -> str:
    """The raw entry of a platform, with the handles that it says without `@` masked too, also in addresses.

    >>> mask_entry('{"username": "pegawai", "url": "https://contoh.test/pegawai"} kata pegawai')
    '{"username": "p••••••", "url": "https://contoh.test/p••••••"} kata pegawai'
    """
    named = (match[2] for match in NAMED.finditer(text))
    names = {form for handle in (*handles, *named) for form in _forms_of(handle)}
    masked = NAMED.sub(lambda match: match[1] + _mask(match[2]), text)
    masked = WORD.sub(lambda match: _mask(match[0]) if match[0].casefold().rstrip(".-") in names else match[0], masked)
    return mask_handles(masked)


def mask_address(address: str | None) -> str | None:
    """Where a post stands, without its account, which addresses of platforms name.

    >>> mask_address("https://contoh.test/pegawai/status/1"), mask_address("at://did:plc:pegawai/1")
    ('https://contoh.test/…', '…')
    """
    if not address or address.startswith(OWN):
        return address
    try:
        parts = urlsplit(address)
    except ValueError:  # Brackets that are none.
        return "…"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}/…" if host and parts.scheme in {"http", "https"} else "…"


def _forms_of(handle: str) -> tuple[str, str]:
    """`@nama@contoh.test` is also written `nama@contoh.test` and, at home, `nama`."""
    bare = handle.strip().lstrip("@").casefold()
    return bare, bare.partition("@")[0]


def _mask(name: str) -> str:
    return f"{name[0]}{'•' * (len(name) - 1)}"

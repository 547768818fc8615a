"""What a sender writes of private people: numbers, addresses, links and names are masked, in all that is read, found and scored.

The stored bytes keep what was written; every look at them is logged.
"""

import hashlib
import re

from service.items.privacy import mask_address, mask_handles
from service.tips.names import find_names

NUMBER = re.compile(r"(?<!\w)\d(?:[ .-]?\d){14,18}(?!\w)")
"""Of an identity card (16 digits), of a civil servant (18), or of an account as long."""
PHONE = re.compile(r"(?<!\w)(?:\+?62|0)[ .-]?8\d(?:[ .-]?\d){6,11}(?!\w)")
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
LINK = re.compile(
    r"(?<![\w@.-])(?:https?://[^\s/?#]{1,255}[/?#]|(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}/)\S{0,2000}[^\s.,;:!?)\]}'\"”]",
    re.IGNORECASE,
)
SHOWN = 2
MARK = 8
"""Characters of the hash behind a link: two links in the same words stay two texts."""


def mask_private(text: str) -> str:
    """
    >>> mask_private("NIK 3324000101900001, telepon 0812-0000-0000, surel budi@contoh.test, akun @budi")
    'NIK 33••••••••••••••, telepon 08••••••••••••, surel bu••••••••••••••, akun @b•••'
    >>> mask_private("Pak Camat menyuruh Bu Lilis Handayani.")
    'Pak Camat menyuruh Bu L•••• H••••••••.'
    >>> mask_private("Lihat contoh.test/lilis dan https://contoh.test/lilis/2.")
    'Lihat contoh.test/…c5d5c656 dan https://contoh.test/…2516c4a8.'
    """
    text = LINK.sub(_mask_link, text)
    for begin, end in find_names(text):
        text = f"{text[: begin + 1]}{'•' * (end - begin - 1)}{text[end:]}"
    for private in (MAIL, NUMBER, PHONE):
        text = private.sub(lambda match: match[0][:SHOWN] + "•" * (len(match[0]) - SHOWN), text)
    return mask_handles(text)


def _mask_link(match: re.Match[str]) -> str:
    """Its host and what tells it from another one. A link of a sender stands without its scheme as often as with it."""
    link, scheme = match[0], "" if "://" in match[0] else "https://"
    masked = mask_address(scheme + link) or ""
    return masked.removeprefix(scheme) + hashlib.sha256(link.encode()).hexdigest()[:MARK]

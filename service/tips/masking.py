"""What a sender writes of private people: numbers, addresses, links and names are masked, in all that is read, found and scored.

The stored bytes keep what was written; every look at them is logged.
"""

import re
from collections.abc import Callable

from service.items.privacy import mask_handles
from service.sealing import Keys
from service.tips.names import find_names

NUMBER = re.compile(r"(?<!\w)\d(?:[ .-]?\d){14,18}(?!\w)")
"""Of an identity card (16 digits), of a civil servant (18), or of an account as long."""
PHONE = re.compile(r"(?<!\w)(?:\+?62|0)[ .-]?8\d(?:[ .-]?\d){6,11}(?!\w)")
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
ENDS = (
    "id|com|net|org|me|co|link|ly|gl|be|tv|info|news|xyz|site|online|app|page|io|gg|to|cc|us|my|sg|asia|biz|dev|live|shop|store"
    "|blog|club|fun|space|tech|edu|gov|mobi|su|ru|cn|jp|kr|in|uk|au|nl|de|eu|fr|tk|ml|ws|vn"
)
"""Of a host that stands without its scheme: "Kec.Wanasari/Kab.Brebes" is no link."""
LINK = re.compile(
    r"(?:(?P<scheme>https?://)(?P<host>[^\s/?#\\]+)"
    rf"|(?<![\w-])(?P<bare>(?:[\w-]{{1,63}}\.){{1,6}}(?:{ENDS})(?::\d{{1,5}})?))"
    r"(?P<rest>[/?#\\]\S*[^\s.,;:!?)\]}'\"”])",
    re.IGNORECASE,
)
SHOWN = 2
LINKS = "tautan"
"""Purpose of the key behind the marks of links."""
MARK = 10
"""Characters of a mark: two links in the same words stay two texts."""
MARKED = re.compile(rf"/…[0-9a-f]{{{MARK}}}")
OLD_MARK = re.compile(r"(?<=…)[0-9a-f]{8}(?![0-9a-f])")
"""Of no key: who tried enough links found the one behind it."""


def mask_private(text: str, mark: Callable[[str], str] | None = None) -> str:
    """What stands behind the host of a link is left out, or told by its mark.

    >>> mask_private("Lihat facebook.com/lilis dan https://contoh.test/lilis/2.")
    'Lihat facebook.com/… dan https://contoh.test/….'
    """
    return mask_people(LINK.sub(lambda link: f"{_host_of(link)}/…{mark(link[0]) if mark else ''}", text))


def mask_people(text: str) -> str:
    """
    >>> mask_people("NIK 3324000101900001, telepon 0812-0000-0000, surel budi@contoh.test, akun @budi")
    'NIK 33••••••••••••••, telepon 08••••••••••••, surel bu••••••••••••••, akun @b•••'
    >>> mask_people("Pak Camat menyuruh Bu Lilis Handayani.")
    'Pak Camat menyuruh Bu L•••• H••••••••.'
    """
    for begin, end in find_names(text):
        text = f"{text[: begin + 1]}{'•' * (end - begin - 1)}{text[end:]}"
    for private in (MAIL, NUMBER, PHONE):
        text = private.sub(lambda match: match[0][:SHOWN] + "•" * (len(match[0]) - SHOWN), text)
    return mask_handles(text)


def mask_links(text: str) -> str:
    """Links of a text that may be masked already. The length stays, so that the offsets of the evidence stay true.

    >>> mask_links("contoh.id/lilis, https://contoh.test/…c5d5c65602, https://contoh.test/…c5d5c656")
    'contoh.id/…••••, https://contoh.test/…c5d5c65602, https://contoh.test/…••••••••'
    """
    return OLD_MARK.sub(lambda mark: "•" * len(mark[0]), LINK.sub(_hide, text))


def marker_of(keys: Keys) -> Callable[[str], str]:
    """What tells a link from another one, to nobody without our key."""
    return lambda link: keys.digest(LINKS, link)[:MARK]


def _hide(link: re.Match[str]) -> str:
    if MARKED.fullmatch(link["rest"]):
        return link[0]
    host = _host_of(link)
    return f"{host}/…".ljust(len(link[0]), "•")


def _host_of(link: re.Match[str]) -> str:
    """Without the name of somebody who is signed in."""
    return link["bare"] or link["scheme"] + link["host"].rpartition("@")[2]

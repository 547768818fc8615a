"""Which of two texts of one item stands: the one that came, or the one that is there and says more."""

import re
import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.addresses import is_web_url
from crawler.items import FetchedArticle
from models import ItemVersion, VersionPart

SUMMARY = "kanal"
"""The method of a text that a list gave in place of the page."""
TEASERS = {SUMMARY, "gdelt"}
"""Methods of texts that any other one is better than."""
IMPORTED = "impor"
"""The method of a text that a table or a person brought."""
CUT = re.compile(r"[\[(]?\.{3,}[\])]?")
"""Where a snippet leaves something out; `…` is three dots once letters have one form."""


def is_fuller(session: Session, current: ItemVersion, article: FetchedArticle) -> bool:
    """Whether a list's summary or an import's snippet comes to a fuller text, or a beginning to more pages.

    An address alone is no text. A text without pages of its own (an import, a tip) is fuller than a beginning where it is longer.
    """
    if article.cut_after:
        further = session.scalar(select(func.count()).where(VersionPart.version_id == current.id)) or 0
        return further + 1 > article.cut_after or (_is_text(current) and _length(article.text) < _length(current.text))
    if is_snippet(article, current.title, current.text):
        return True
    return article.method == SUMMARY and _is_text(current)


def is_snippet(article: FetchedArticle, title: str, text: str) -> bool:
    """Whether an import brings less than this, and nothing else: all that it says stands here, in its order."""
    if article.method != IMPORTED:
        return False
    stored, said, at = normalise(f"{title} {text}"), normalise(article.text), 0
    if len(said) >= len(normalise(text)):
        return False
    for piece in filter(None, map(str.strip, CUT.split(said))):
        found = stored.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def normalise(text: str) -> str:
    """The words alone: one form of each letter, one space, no case."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_text(current: ItemVersion) -> bool:
    return current.method not in TEASERS and not _is_address(current.text)


def _length(text: str) -> int:
    return len(normalise(text))


def _is_address(text: str) -> bool:
    return len(text.split()) == 1 and is_web_url(text)

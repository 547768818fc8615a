"""Names that cannot be taken for somebody else's."""

import re
import unicodedata

from service.errors import InvalidInput

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
LONGEST_NAME = 200
LOOKED_UP = 80


def username_to_look_up(typed: str) -> str:
    """As it was typed, in the form in which usernames are kept. Nothing that cannot be one is refused here: time tells."""
    return typed.replace("\0", "").strip().lower()[:LOOKED_UP]


def new_username(typed: str) -> str:
    """Plain letters, digits, dots and dashes: no two of them look alike but for l and 1."""
    username = typed.strip().lower()
    if not USERNAME.fullmatch(username):
        raise InvalidInput("nama_pengguna")
    return username


def person_name(typed: str) -> str:
    """A full name in Latin letters. Others, and signs that nobody sees, could show one person as another in the trail."""
    name = " ".join(unicodedata.normalize("NFKC", typed).split())
    if not name or len(name) > LONGEST_NAME or not all(map(_is_plain, name)):
        raise InvalidInput("nama_lengkap")
    return name


def label_of(typed: str, longest: int = 120) -> str:
    """What a token or another thing is called by its owner."""
    label = " ".join(typed.split())
    if not label or len(label) > longest or not label.isprintable():
        raise InvalidInput("nama_token")
    return label


def _is_plain(character: str) -> bool:
    if character.isalpha():
        return unicodedata.name(character, "").startswith("LATIN")
    return character.isdigit() or character in " .,'’-()/" or unicodedata.category(character) == "Mn"

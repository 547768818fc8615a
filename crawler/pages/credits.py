"""Who wrote and who edited: names as bylines print them, and as the head of a page gives them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

NAME = r"[A-Z][\w.'’-]*(?:[ ,]{1,2}(?:[A-Z][\w.'’-]*|bin|binti|van|de)){0,5}"
AUTHOR = re.compile(
    rf"\b(?:[Pp]ewarta|[Pp]enulis|[Rr]eporter|[Jj]urnalis|[Kk]ontributor|[Ll]aporan|[Oo]leh|[Ww]artawan|PENULIS|REPORTER|PEWARTA|OLEH)"
    rf"(?:\s+(?:Wartawan|wartawan|Tim|kontributor)(?:\s+[\w.]+)?)?\s*(?:[:|/]\s*|\s(?=[A-Z][a-z])){{1,2}}({NAME})"
)
EDITOR = re.compile(rf"\b(?:[Ee]ditor|[Pp]enyunting|[Rr]edaktur|EDITOR)\s*(?:[:|/]\s*|\s(?=[A-Z][a-z])){{1,2}}({NAME})")
NEXT_ROLE = re.compile(
    r"[\s,|-]*\b(?:Editor|Penulis|Pewarta|Reporter|Redaktur|Copyright|Penyunting|Uploader|Sumber|Tags?|Foto)\b.*$", re.S
)
PREFIX = re.compile(
    r"^\s*(?:oleh|pewarta|penulis|reporter|jurnalis|kontributor|editor|ditulis oleh|by|author)\b\s*[:|]?\s+", re.I
)
LONGEST_CREDIT = 200
"""Characters of a line that is a byline."""
LONGEST_NAME = 120


@dataclass(frozen=True)
class Credits:
    author: str = ""
    editor: str = ""


def find_credits(lines: Iterable[str]) -> Credits:
    """The first author and the first editor that a byline names."""
    author = editor = ""
    for line in lines:
        line = line[:LONGEST_CREDIT]
        author = author or _first(AUTHOR, line)
        editor = editor or _first(EDITOR, line)
        if author and editor:
            break
    return Credits(author, editor)


def plain_name(text: str) -> str:
    """A name without the words around it: `Oleh: Sekar W | 10:00 WIB` becomes `Sekar W`."""
    name = PREFIX.sub("", " ".join(text.split()))
    name = re.split(r"\s*[|•]\s*|\s+-\s+|,?\s+\d", name, maxsplit=1)[0]
    return name[:LONGEST_NAME].strip(" ,;:-–")


def _first(pattern: re.Pattern[str], line: str) -> str:
    found = pattern.search(line)
    return NEXT_ROLE.sub("", found[1]).strip(" ,-") if found else ""

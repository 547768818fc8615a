"""Names of private people in what a sender writes: found by what stands before them, never by a list of names.

A name counts where somebody introduces themselves, behind a salutation, and behind a word of kin; then it is found wherever it
stands again. Who holds an office or stands for one is no private person: what is said beside the name tells.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from models.queue.offices import read_offices

Span = tuple[int, int]

WORDS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("names.yml").read_text(encoding="utf-8"))
ENDS, PUBLIC = frozenset(WORDS["ends"]), frozenset(WORDS["public"])

PART = r"(?:[^\W\d_a-z][a-zà-ÿ'’]+(?:-[A-Z][a-z]+)?|[A-Z]\.)"
NAME = rf"{PART}(?:\s{PART}){{0,3}}"
SALUTATION = rf"(?<![\w-])(?i:{'|'.join(WORDS['salutations'])})\.?\s+"
KIN = rf"\b(?i:(?:{'|'.join(WORDS['kin'])})(?:[ ]saya|[ ]kami|nya))\s"
BEHIND = re.compile(rf"(?:(?:{KIN})?{SALUTATION}|{KIN})({NAME})")
SHOUTED = re.compile(rf"\b(?:{'|'.join(WORDS['salutations']).upper()})[.]?[ ]([A-Z]{{3,}})\b")
OWN = re.compile(
    r"(?i:\bnama[ ]saya(?:[ ]adalah)?[ ]|\bsaya[ ]bernama[ ]|\bperkenalkan,?[ ](?:nama[ ])?saya[ ]"
    r"|\b(?:nama(?:[ ]lengkap|[ ]pelapor)?|pelapor)\s{0,3}:\s{0,3})"
    r"([^\W\d_][\w'’]*(?:[ ][^\W\d_][\w'’]*){0,4})"
)
"""Whatever case it is written in: here nothing but a name can follow."""
FROM = re.compile(rf"\b[Ss]aya,?[ ]({NAME})(?=,?\s(?:dari|warga|tinggal|penduduk|mahasiswa|siswa)\b)")
SIGNED = re.compile(
    rf"(?im:\b(?:hormat[ ](?:saya|kami)|w?assalam\w*|salam|terima[ ]kasih|ttd)\b[.,]?\s{{0,3}}\n\s{{0,3}})({NAME})\s*(?:\n|\Z)"
)
CONTESTS = re.compile(r"(?i)\b(?:\w*(?:dukung|pilih|milih|coblos|menangkan)\w*|vote[ ]for)[ ](?:\w+[ ])?$")
STANDS = re.compile(r"(?i),?[ ](?:(?:selaku|sebagai|adalah)[ ])?(?:calon|cabup|cagub|paslon)\b")
AS = re.compile(r"\s*[,(]?\s*(?:(?:selaku|sebagai|adalah)[ ])?")
PLACE = re.compile(rf"\b(?:{'|'.join(WORDS['places'])})\.?[ ]$")
NEAR = 60
SHORTEST_AGAIN = 4
"""Letters of a word that is looked for where it stands alone."""


def find_names(text: str) -> list[Span]:
    """Where they stand, each word of a name by itself.

    >>> text = "Pak Camat memaksa Bu Lilis. Jangan sebut Lilis."
    >>> [text[begin:end] for begin, end in find_names(text)]
    ['Lilis', 'Lilis']
    """
    found = set(_introduced(text))
    known = {text[begin:end] for begin, end in found if end - begin >= SHORTEST_AGAIN}
    alone = (match.span() for match in re.finditer(r"[\w'’]+", text) if match[0] in known)
    return sorted(found | {span for span in alone if not PLACE.search(_before(text, span[0]))})


def _introduced(text: str) -> Iterator[Span]:
    for pattern in (OWN, FROM, SIGNED):
        for match in pattern.finditer(text):
            yield from _parts(text, *match.span(1))
    for pattern in (BEHIND, SHOUTED):
        for match in pattern.finditer(text):
            parts = list(_parts(text, *match.span(1)))
            if parts and not _is_public(text, match.start(), parts):
                yield from parts


def _parts(text: str, begin: int, end: int) -> Iterator[Span]:
    """Words up to what ends a name."""
    for number, word in enumerate(re.finditer(r"[\w'’-]+\.?", text[begin:end])):
        said = word[0].casefold()
        if said in ENDS or (number and said in PUBLIC):
            return
        yield begin + word.start(), begin + word.end()


def _is_public(text: str, begin: int, parts: list[Span]) -> bool:
    """An office in place of the name or beside it, or somebody who is voted for."""
    first, before, end = text[slice(*parts[0])].casefold(), _before(text, begin), parts[-1][1]
    after = text[end : end + NEAR]
    if first in PUBLIC or _names_office(first) or CONTESTS.search(before) or STANDS.match(after):
        return True
    clause = re.split(r"[.;:!?\n]", before)[-1].rstrip()
    if clause.endswith((",", "bernama")) and _names_office(clause):
        return True
    rest = AS.sub("", after, count=1)
    return any(office.match(rest) for office in read_offices().values())


def _names_office(words: str) -> bool:
    return any(office.search(words) for office in read_offices().values())


def _before(text: str, begin: int) -> str:
    return text[max(0, begin - NEAR) : begin]

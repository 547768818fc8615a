"""Names of months as they are found on pages: Indonesian, English, short, old spellings, and slips of the keyboard."""

from functools import lru_cache

FULL = (
    ("januari", "january"),
    ("februari", "pebruari", "february"),
    ("maret", "march"),
    ("april",),
    ("mei", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("agustus", "august"),
    ("september",),
    ("oktober", "october"),
    ("november", "nopember"),
    ("desember", "december"),
)
SHORT = {
    "jan": 1,
    "feb": 2,
    "peb": 2,
    "mar": 3,
    "mrt": 3,
    "apr": 4,
    "mei": 5,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "agu": 8,
    "ags": 8,
    "agt": 8,
    "agust": 8,
    "aug": 8,
    "sep": 9,
    "sept": 9,
    "okt": 10,
    "oct": 10,
    "nov": 11,
    "nop": 11,
    "des": 12,
    "dec": 12,
}
NAMES = SHORT | {name: number for number, names in enumerate(FULL, start=1) for name in names}
SHORTEST_SLIP = 5
"""Letters of a word that may be a misspelt month: shorter ones are too near to other words."""


@lru_cache(maxsize=1024)
def month_of(word: str) -> int | None:
    """1 to 12; a full name with one letter wrong, missing, doubled or swapped counts, where it can mean one month only.

    >>> month_of("Agusuts"), month_of("Nopember"), month_of("Pebuari"), month_of("Persen")
    (8, 11, 2, None)
    """
    word = word.lower()
    if word in NAMES:
        return NAMES[word]
    if len(word) < SHORTEST_SLIP:
        return None
    near = {number for name, number in NAMES.items() if len(name) >= SHORTEST_SLIP and _is_one_slip(word, name)}
    return near.pop() if len(near) == 1 else None


def _is_one_slip(word: str, name: str) -> bool:
    """Whether one letter changed, dropped, added, or two neighbours swapped, make `name` of `word`."""
    start = next(
        (place for place, (left, right) in enumerate(zip(word, name, strict=False)) if left != right), min(len(word), len(name))
    )
    left, right = word[start:], name[start:]
    is_swapped = len(left) > 1 and len(right) > 1 and (left[0], left[1]) == (right[1], right[0]) and left[2:] == right[2:]
    return is_swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]

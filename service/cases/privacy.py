"""A name is masked wherever it is shown, until somebody opens it with a reason."""

import re
from collections.abc import Callable

from models import Case

MASKED_NUMBER = "••••••"
SHORTEST_PART = 5
"""Letters: shorter parts of names are ordinary words too often."""


def mask_name(name: str) -> str:
    """Initials, as the press writes them.

    >>> mask_name("Rina Kartikasari")
    'R.K.'
    """
    return "".join(f"{word[0].upper()}." for word in re.findall(r"\w[\w'’-]*", name))


def mask_number(number: str) -> str:
    return MASKED_NUMBER if number else ""


def masker_of(case: Case, *, shows_name: bool = False) -> Callable[[str], str]:
    """What every free text of a case goes through: people write names into titles and notes too."""
    return str if shows_name else masker_for(case.subject_name, case.subject_number)


def masker_for(name: str, number: str) -> Callable[[str], str]:
    """Hides the whole name, each longer part of it where it stands as a name, and the number however it is spaced.

    >>> masker_for("Rina Kartikasari", "197001011990031002")("Kartikasari (NIP 19700101 199003 1 002) hadir.")
    'K. (NIP ••••••) hadir.'
    """
    patterns = [*_patterns_of_name(name), *_patterns_of_number(number)]
    if not patterns:
        return str

    def masked(text: str) -> str:
        for pattern, mask in patterns:
            text = pattern.sub(mask, text)
        return text

    return masked


def _patterns_of_name(name: str) -> list[tuple[re.Pattern[str], str]]:
    core = [word for word in name.split(",", 1)[0].split() if not word.endswith(".")]  # Without titles.
    patterns = [(_together(words), mask_name(" ".join(words))) for words in (name.split(), core) if words]
    if len(core) > 1:
        parts = [part for word in core for part in re.findall(r"[^\W\d_]+", word) if len(part) >= SHORTEST_PART]
        forms = {form for part in parts if part[0].isupper() for form in (part, part.upper(), part.title())}
        patterns += [(re.compile(_alone(re.escape(form))), f"{form[0]}.") for form in sorted(forms)]
    return patterns


def _together(words: list[str]) -> re.Pattern[str]:
    return re.compile(_alone(r"\s+".join(re.escape(word) for word in words)), re.IGNORECASE)


def _patterns_of_number(number: str) -> list[tuple[re.Pattern[str], str]]:
    characters = [re.escape(one) for one in number if one.isalnum()]
    if not characters:
        return [(re.compile(re.escape(number)), MASKED_NUMBER)] if number else []
    return [(re.compile(_alone(r"[\s.\-]?".join(characters)), re.IGNORECASE), MASKED_NUMBER)]


def _alone(pattern: str) -> str:
    return rf"(?<!\w){pattern}(?!\w)"

"""A name is masked wherever it is shown, until somebody opens it with a reason."""

import re
from collections.abc import Callable, Sequence
from functools import reduce

from models import Case

MASKED_NUMBER = "••••••"
SHORTEST_PART = 5
"""Letters: shorter parts of names are ordinary words too often."""
_APOSTROPHES = "'’‘`"
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_LONG_PART = re.compile(rf"[^\W\d_](?:[{_APOSTROPHES}]?[^\W\d_]){{{SHORTEST_PART - 1},}}")
"""An apostrophe stands within a name (Ma'ruf), and counts as no letter."""


def mask_name(name: str) -> str:
    """Initials, as the press writes them.

    >>> mask_name("Rina Kartikasari")
    'R.K.'
    """
    return "".join(f"{word[0].upper()}." for word in re.findall(rf"\w[\w{_APOSTROPHES}-]*", name))


def mask_number(number: str) -> str:
    return MASKED_NUMBER if number else ""


def masker_of(case: Case, *, shows_name: bool = False) -> Callable[[str], str]:
    """What every free text of a case goes through: people write names into titles and notes too."""
    return str if shows_name else masker_for(case.subject_name, case.subject_number)


def masker_of_all(cases: Sequence[Case], *, shows_name: bool = False) -> Callable[[str], str]:
    """For texts of a case and of those that were taken into it: none of their names is to be read."""
    masks = [masker_of(case, shows_name=shows_name) for case in cases]
    return lambda text: reduce(lambda masked, mask: mask(masked), masks, text)


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


def may_hide(text: str, name: str, number: str) -> bool:
    """False only where a mask of these leaves the text as it is: cheap, for thousands of texts of which few hold a name."""
    folded, core = _fold(text), _core_of(name) or name.split()
    if core and all(_fold(word) in folded for word in core):
        return True
    if any(_fold(part) in folded for part in _LONG_PART.findall(name)):
        return True
    first = next((character for character in number if character.isalnum()), number)
    return bool(first) and first.casefold() in folded


def _patterns_of_name(name: str) -> list[tuple[re.Pattern[str], str]]:
    core = _core_of(name)
    patterns = [(_together(words), mask_name(" ".join(words))) for words in (name.split(), core) if words]
    if len(core) > 1:
        parts = [part for word in core for part in _LONG_PART.findall(word)]
        is_typed_small = all(word.islower() for word in core)
        forms = {form for part in parts for form in _forms_of(part, is_typed_small=is_typed_small)}
        patterns += [(re.compile(_alone(_spelled(form))), f"{form[0].upper()}.") for form in sorted(forms)]
    return patterns


def _core_of(name: str) -> list[str]:
    """Its words without titles."""
    return [word for word in name.split(",", 1)[0].split() if not word.endswith(".")]


def _forms_of(part: str, *, is_typed_small: bool) -> set[str]:
    """As a name stands in a sentence. In lower case it is an ordinary word, unless that is how the name was typed."""
    large = part[0].upper() + part[1:]
    return {large, part.upper(), part.title(), part.capitalize()} | ({part} if is_typed_small else set())


def _spelled(word: str) -> str:
    """A pattern of it with whichever apostrophe."""
    return _APOSTROPHE.sub(f"[{_APOSTROPHES}]", re.escape(word))


def _fold(text: str) -> str:
    return _APOSTROPHE.sub("'", text.casefold())


def _together(words: list[str]) -> re.Pattern[str]:
    return re.compile(_alone(r"\s+".join(map(_spelled, words))), re.IGNORECASE)


def _patterns_of_number(number: str) -> list[tuple[re.Pattern[str], str]]:
    characters = [re.escape(one) for one in number if one.isalnum()]
    if not characters:
        return [(re.compile(re.escape(number)), MASKED_NUMBER)] if number else []
    return [(re.compile(_alone(r"[\s.\-]?".join(characters)), re.IGNORECASE), MASKED_NUMBER)]


def _alone(pattern: str) -> str:
    return rf"(?<!\w){pattern}(?!\w)"

"""A name is masked wherever it is shown, until somebody opens it with a reason."""

import re
from collections.abc import Callable

from models import Case

MASKED_NUMBER = "••••••"


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
    hidden = {case.subject_name: mask_name(case.subject_name), case.subject_number: mask_number(case.subject_number)}
    hidden = {secret: mask for secret, mask in hidden.items() if secret}
    if shows_name or not hidden:
        return str
    patterns = [(re.compile(_spaced(secret), re.IGNORECASE), mask) for secret, mask in hidden.items()]

    def masked(text: str) -> str:
        for pattern, mask in patterns:
            text = pattern.sub(mask, text)
        return text

    return masked


def _spaced(secret: str) -> str:
    return r"(?<!\w)" + r"\s+".join(re.escape(word) for word in secret.split()) + r"(?!\w)"

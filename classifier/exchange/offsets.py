"""Positions as JavaScript counts them, and as we do."""

from classifier.errors import InputError


def from_utf16(text: str, position: object) -> int:
    """Characters before a position that is counted in UTF-16 units."""
    if type(position) is not int:
        raise InputError("evidence whose start and end are no whole numbers")
    units = text.encode("utf-16-le")
    if not 0 <= 2 * position <= len(units):
        raise InputError(f"position {position} does not lie in the text of {len(units) // 2} UTF-16 units")
    try:
        return len(units[: 2 * position].decode("utf-16-le"))
    except UnicodeDecodeError:
        raise InputError(f"position {position} cuts a character in two; are these really UTF-16 units?") from None


def to_utf16(text: str, position: int) -> int:
    """UTF-16 units before a position that is counted in characters.

    >>> to_utf16("👍 dua", 2)
    3
    """
    return len(text[:position].encode("utf-16-le")) // 2

"""The options of the filter's long fields, written once for as long as they stay the same."""

from functools import lru_cache

from markupsafe import Markup, escape

Pairs = tuple[tuple[str, str], ...]
"""Value and name of each option."""


def options_of(pairs: Pairs, chosen: str) -> Markup:
    """All options, with the chosen one marked."""
    written = _write(pairs)
    if not chosen:
        return written
    opening = f'<option value="{escape(chosen)}"'
    return Markup(written.replace(f"{opening}>", f"{opening} selected>", 1))  # noqa: S704 - every part is escaped


@lru_cache(maxsize=256)
def _write(pairs: Pairs) -> Markup:
    one = Markup('<option value="{}">{}</option>')
    return Markup("\n").join(one.format(value, name) for value, name in pairs)

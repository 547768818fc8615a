"""What people searched for stays out of what is kept for good: they search for names."""

from urllib.parse import parse_qsl, urlencode

SEARCH = "cari"
"""What every list calls its search in the address bar."""


def length_of(words: str) -> str:
    """What is kept of words; nothing of none."""
    return f"{len(words)} huruf" if words else ""


def without_words(query: str) -> str:
    """A filter as it is kept: of the words that were searched only how long they were.

    >>> without_words("wilayah=33&cari=rekaan+wiradharma"), without_words("wilayah=33")
    ('wilayah=33&cari=17+huruf', 'wilayah=33')
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    if all(name != SEARCH for name, _ in pairs):
        return query
    return urlencode([(name, length_of(value) if name == SEARCH else value) for name, value in pairs])

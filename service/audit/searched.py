"""What people searched for stays out of what is kept for good: they search for names."""

from urllib.parse import parse_qsl, urlencode

SEARCH = "cari"
"""What every list calls its search in the address bar."""


def without_words(query: str) -> str:
    """A filter as it is kept: of the words that were searched only how long they were.

    >>> without_words("wilayah=33&cari=rekaan+wiradharma"), without_words("wilayah=33")
    ('wilayah=33&cari=17+huruf', 'wilayah=33')
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    if all(name != SEARCH for name, _ in pairs):
        return query
    return urlencode([(name, f"{len(value)} huruf" if name == SEARCH else value) for name, value in pairs])

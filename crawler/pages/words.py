"""How many words a text has, also in scripts that put no spaces between them."""

import re

UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese."""
LETTERS_EACH = 2
LONG_WORD = 10
"""Letters a word, on average, from which a text may be of such a script."""


def count_words(text: str) -> int:
    """Words between spaces, and two letters for one where there are no spaces.

    >>> count_words("Camat membuka rapat."), count_words("区长主持会议。")
    (3, 4)
    """
    spaced = len(text.split())
    if len(text) <= LONG_WORD * spaced or text.isascii():
        return spaced
    return spaced + len(UNSPACED.findall(text)) // LETTERS_EACH

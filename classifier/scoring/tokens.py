"""Lines as one row of numbers: what `words.read_words` reads word by word, for thousands of sentences at once.

Python looks at every written token once and remembers what it counts as; all else is arithmetic on arrays.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from classifier.reading.capitals import calm, is_loud
from classifier.reading.lexicon import load_lexicon
from classifier.reading.words import (
    COUNTS,
    IS_NAMESAKE,
    MELTS,
    NAME,
    NAME_JOINT,
    NAMES_PARTY,
    NUMBER,
    PARTY,
    PARTY_JOINT,
    find_joint,
    find_tokens,
    read_token,
)
from classifier.scoring.sequences import Found, Sequences

BREAK = "\n"
"""A word that no text holds, of number 0: it ends each line of a row, so that nothing is found across lines."""
MOST_REMEMBERED = 200_000
"""Pieces of text, or tokens, that are remembered, about; then all are forgotten."""
LONGEST_REMEMBERED = 60
NO_ROWS = np.zeros((0, 1))

_LINE_END = bytes(array("q").itemsize)
"""The end of a line as the bytes of a token's number, which is 0."""
_NO_WORD, _REGION = 1, 2
"""Numbers of tokens that count as nothing, and of all tokens of a region's long name together."""

# `read_token` and `find_joint` are called past their memos, which training fills: every token is remembered here.
Describe = Callable[[list[str]], np.ndarray]
"""What is to be known of words: one row of numbers a word."""


class Rows:
    """A growing table of numbers that numpy reads without copying it."""

    def __init__(self, kind: str, width: int):
        self._numbers, self._width = array(kind), width

    def __len__(self) -> int:
        return len(self._numbers) // self._width

    def append(self, row: Iterable[float]) -> None:
        self._numbers.extend(row)

    def extend(self, rows: np.ndarray) -> None:
        self._numbers.frombytes(rows.astype(self._numbers.typecode).tobytes())

    def cut(self, length: int) -> None:
        """Keep the first rows only."""
        del self._numbers[length * self._width :]

    def take(self, numbers: np.ndarray) -> np.ndarray:
        """Rows by number; (numbers, width)."""
        table = np.frombuffer(self._numbers, dtype=self._numbers.typecode).reshape(-1, self._width)
        return table.take(numbers, axis=0)


class WordTable(Rows):
    """What a function says of each word, in the order of the words' numbers. The row of `BREAK` is all zeros.

    `head` are rows that stand before those of the words.
    """

    def __init__(self, describe: Describe, kind: str, width: int, head: np.ndarray):
        super().__init__(kind, width)
        self.describe, self._head, self._blank = describe, len(head), [0] * width
        self.extend(head)
        self.forget()

    def forget(self) -> None:
        """Forget all words but `BREAK`."""
        self.cut(self._head)
        self.append(self._blank)


class TokenReader:
    """Reads lines into rows of words' numbers; each scorer has its own, with tables of what it knows of words.

    The numbers of one row hold until the next is read: when too much is remembered, counting begins anew.
    """

    def __init__(self) -> None:
        names = (name for names in load_lexicon().long_regions.values() for name in names)
        self._regions = Sequences.from_names(dict.fromkeys(names, 1))
        self._tables = list[WordTable]()
        self._pieces = _Memo(self._number_tokens)
        self._loud_pieces = _Memo(self._number_calmed)
        self._token_numbers, self._word_numbers = dict[str, int](), dict[str, int]()
        self._new_words = list[str]()
        self._tokens = Rows("q", 4)
        """Of each token: its number as a word of a region's name, the same if it may begin one, its first word, its words."""
        self._spelled = Rows("q", 2)
        """Words of the tokens, one token after the other, and how each word meets its neighbours."""
        self._forget()

    def add_table(self, describe: Describe, kind: str, width: int, head: np.ndarray = NO_ROWS) -> WordTable:
        """A table that grows with the words, of `width` numbers a word; `kind` is a type code of `array`."""
        self._describe_new()
        table = WordTable(describe, kind, width, head)
        table.extend(describe([word for word in self._word_numbers if word != BREAK]))
        self._tables.append(table)
        return table

    def read(self, lines: Iterable[str]) -> np.ndarray:
        """Numbers of the words of all lines, with a 0 at the end of each line. There must be a line, empty or not."""
        if max(len(self._pieces) + len(self._loud_pieces), len(self._token_numbers)) > MOST_REMEMBERED:
            self._forget()
        numbers = [self._number_line(line.split()) for line in lines]
        self._describe_new()
        words, joints = self._spell(np.frombuffer(_LINE_END.join((*numbers, b"")), dtype=np.int64))
        return self._melt(words, joints)

    def _spell(self, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The words of the tokens, and their joints."""
        region_words, region_beginnings, firsts, counts = self._tokens.take(tokens).T
        found = self._regions.find(region_words, region_beginnings)
        if len(found.starts):
            firsts, counts = self._tokens.take(_join_regions(tokens, found)).T[2:]
        words, joints = self._spelled.take(spread(firsts, counts)).T
        return words, joints

    def _melt(self, words: np.ndarray, joints: np.ndarray) -> np.ndarray:
        """The words with parties for those that are one after "partai", names for those that are none after "bayar", numbers
        for ordinals that are one after "paslon", and without those that continue a party or a name.
        """
        named = (_meet(joints) & NAMES_PARTY).nonzero()[0] + 1
        words[named] = self._party
        joints[named] = PARTY_JOINT
        namesakes = (_meet(joints) & IS_NAMESAKE).nonzero()[0] + 1
        words[namesakes] = self._name
        joints[namesakes] = NAME_JOINT
        counted = (_meet(joints) & COUNTS).nonzero()[0] + 1
        words[counted] = self._number
        joints[counted] = 0
        while True:
            melting = _meet(joints) & MELTS
            carrying = (melting & ~(joints[1:] << 1)).nonzero()[0]
            if not len(carrying):
                return np.concatenate((words[:1], words[1:][melting == 0]))
            joints[carrying + 1] |= melting[carrying] >> 1  # What follows "Jawa Barat" meets the name as after "Jawa".

    def _number_line(self, pieces: list[str]) -> bytes:
        remembered = self._loud_pieces if is_loud(pieces) else self._pieces
        return b"".join(map(remembered.__getitem__, pieces))

    def _number_tokens(self, piece: str) -> bytes:
        """The numbers of the tokens in a piece of text, as the bytes of an array: bytes are joined faster than lists."""
        return array("q", [self._number_token(token) for token in find_tokens(piece)]).tobytes()

    def _number_calmed(self, piece: str) -> bytes:
        return array("q", [self._number_token(calm(token)) for token in find_tokens(piece)]).tobytes()

    def _number_token(self, token: str) -> int:
        number = self._token_numbers.get(token)
        if number is None:
            words, region_word = read_token.__wrapped__(token), self._regions.number_of(token.lower())
            if not words and not region_word:
                return _NO_WORD
            number = self._token_numbers[token] = self._add_token(token, words, region_word)
        return number

    def _add_token(self, token: str, words: Iterable[str], region_word: int = 0) -> int:
        spelled = [(self._number_word(word), find_joint.__wrapped__(word, token)) for word in words]
        self._tokens.append((region_word, region_word * token[:1].isupper(), len(self._spelled), len(spelled)))
        for word in spelled:
            self._spelled.append(word)
        return len(self._tokens) - 1

    def _number_word(self, word: str) -> int:
        number = self._word_numbers.get(word)
        if number is None:
            number = self._word_numbers[word] = len(self._word_numbers)
            self._new_words.append(word)
        return number

    def _describe_new(self) -> None:
        """Let the tables catch up with the words: many at once cost far less than one after the other."""
        if self._new_words:
            rows = [table.describe(self._new_words) for table in self._tables]
            for table, own in zip(self._tables, rows, strict=True):
                table.extend(own)
            self._new_words.clear()

    def _forget(self) -> None:
        """Begin with what is in no text: the end of a line, a token without words, and the name of a region."""
        self._pieces.clear()
        self._loud_pieces.clear()
        self._token_numbers.clear()
        self._word_numbers = {BREAK: 0}
        self._new_words.clear()
        for rows in (self._tokens, self._spelled):
            rows.cut(0)
        for table in self._tables:
            table.forget()
        for words in ([BREAK], [], [NAME]):  # In the order of their numbers: _LINE_END is 0, then _NO_WORD and _REGION.
            self._add_token("", words)
        self._party, self._name, self._number = map(self._number_word, (PARTY, NAME, NUMBER))


class _Memo(dict[str, bytes]):
    """Remembers what a function gave, but for long pieces: those are addresses, or hostile."""

    def __init__(self, read: Callable[[str], bytes]):
        super().__init__()
        self._read = read

    def __missing__(self, piece: str) -> bytes:
        numbers = self._read(piece)
        if len(piece) <= LONGEST_REMEMBERED:
            self[piece] = numbers
        return numbers


def spread(firsts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The numbers of all members of ranges, one range after the other.

    >>> spread(np.array([7, 2]), np.array([3, 2])).tolist()
    [7, 8, 9, 2, 3]
    """
    ends = counts.cumsum()
    return (firsts - ends + counts).repeat(counts) + np.arange(ends[-1] if len(ends) else 0)


def _join_regions(tokens: np.ndarray, found: Found) -> np.ndarray:
    """Tokens with the first of each region's long name ("Tanah Laut") as the whole name, and the others as nothing."""
    tokens = tokens.copy()
    longest = dict(zip(found.starts.tolist(), (found.starts + found.sizes).tolist(), strict=True))
    for start, end in _keep_apart(longest):
        tokens[start] = _REGION
        tokens[start + 1 : end] = _NO_WORD
    return tokens


def _keep_apart(ends: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Starts and ends of those ranges, from left to right, that do not begin inside of one before them."""
    last = 0
    for start in sorted(ends):
        if start >= last:
            last = ends[start]
            yield start, last


def _meet(joints: np.ndarray) -> np.ndarray:
    """How each word but the first meets the one before it."""
    return joints[:-1] << 1 & joints[1:]

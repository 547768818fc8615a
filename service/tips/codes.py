"""Tracking codes in Crockford's base 32: no letter that looks like another, and a check symbol that finds a slip of the pen."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK = ALPHABET + "*~$=U"
LENGTH = 12
"""60 bits: nobody guesses one."""
GROUP = 4
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A random code as people see it: three groups of four, and the check symbol."""
    return written(secrets.randbits(5 * LENGTH))


def written(number: int) -> str:
    """
    >>> written(0), written(1234567890123456)
    ('0000-0000-0000-0', '0132-TMY8-NEP0-E')
    """
    symbols = "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(LENGTH)))
    groups = [symbols[start : start + GROUP] for start in range(0, LENGTH, GROUP)]
    return "-".join([*groups, CHECK[number % 37]])


def read_code(typed: str) -> str | None:
    """The code as it was given out, however somebody typed it; None where it is none.

    >>> read_code(" o132 tmy8-nepO e"), read_code("0132-TMY8-NEP1-E"), read_code("halo")
    ('0132-TMY8-NEP0-E', None, None)
    """
    symbols = "".join(typed.upper().replace("-", " ").split()).translate(LOOKALIKES)
    body, check = symbols[:LENGTH], symbols[LENGTH:]
    if len(symbols) != LENGTH + 1 or any(symbol not in ALPHABET for symbol in body):
        return None
    number = 0
    for symbol in body:
        number = number * 32 + ALPHABET.index(symbol)
    return written(number) if CHECK[number % 37] == check else None

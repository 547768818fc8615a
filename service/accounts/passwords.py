"""Argon2 for what people choose, SHA-256 for the long random tokens that we choose."""

import hashlib
import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.errors import InvalidInput

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
"""Enough for any sentence; Argon2 itself would read megabytes."""
FEWEST_CHARACTERS = 5
TOKEN_MARK = "netra_"  # noqa: S105 - programs that look for leaked secrets know ours by it
SHOWN_OF_TOKEN = len(TOKEN_MARK) + 6

_hasher = PasswordHasher()


def check_new_password(password: str, username: str) -> None:
    """Long rather than strange: length, some variety, and not the name itself."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput("sandi_pendek")
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput("sandi_panjang")
    if "\0" in password or len(set(password)) < FEWEST_CHARACTERS or username.lower() in password.lower():
        raise InvalidInput("sandi_mudah")


def hash_password(password: str) -> str:
    return _hasher.hash(_normal(password))


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is right. Without a hash it takes as long and says no, so that names cannot be probed."""
    try:
        return _hasher.verify(password_hash or nobodys_hash(), _normal(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys_hash() -> str:
    """A hash whose password nobody knows. Called at the start, so that the first unknown name costs nothing extra."""
    return _hasher.hash(secrets.token_urlsafe(32))


def new_password() -> str:
    """For one sign-in only: four groups that can be read out over the telephone."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(5)) for _ in range(4))


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _normal(password: str) -> str:
    """Keyboards write the same letter in several ways (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)

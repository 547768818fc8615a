"""One key of the house, and what is made from it: keyed hashes, signatures of forms, and texts that only we can open.

It comes from NETRA_SECRET_KEY, or from `secret.key` in the data directory, which the first process that needs it makes.
"""

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from models.settings import Settings

FILE = "secret.key"
BYTES = 32


class Keys:
    """Keys for different purposes, none of which tells anything of another."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    @classmethod
    def of(cls, settings: Settings) -> "Keys":
        given = settings.secret_key.get_secret_value()
        return cls(hashlib.sha256(given.encode()).digest() if given else read_key_file(settings.home))

    def digest(self, purpose: str, value: str) -> str:
        """A hash that nobody without our key can try values against."""
        return hmac.new(self._derive(purpose), value.encode(), hashlib.sha256).hexdigest()

    def seal(self, purpose: str, text: str) -> str:
        return self._box(purpose).encrypt(text.encode()).decode()

    def unseal(self, purpose: str, sealed: str, *, seconds: int | None = None) -> str | None:
        """None where it was sealed with another key, altered, or sealed longer ago than that."""
        try:
            return self._box(purpose).decrypt(sealed.encode(), ttl=seconds).decode()
        except InvalidToken:
            return None

    def _box(self, purpose: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._derive(purpose)))

    def _derive(self, purpose: str) -> bytes:
        return hmac.new(self._master, f"netra:{purpose}".encode(), hashlib.sha256).digest()


def read_key_file(home: Path) -> bytes:
    """The key of this data directory. It appears whole or not at all, however many processes ask for it first."""
    path = home / FILE
    with suppress(FileNotFoundError):
        return path.read_bytes()
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_bytes()

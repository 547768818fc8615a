"""Keeps what opens an account out of everything that is kept: evidence, addresses, events, logs."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import SecretStr

from models.evidence.store import Headers
from models.settings import Settings

SECRET_HEADERS = {"authorization", "proxy-authorization", "x-goog-api-key", "cookie", "set-cookie"}
SECRET_PARAMETERS = {"key", "access_token", "api_key", "token", "password"}
MASK = "[rahasia]"
SHORTEST = 6
"""A shorter value would blot out common words; no platform gives such a key."""


def conceal_headers(headers: Headers) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in SECRET_HEADERS]


def conceal_url(url: str) -> str:
    """The address without keys.

    >>> conceal_url("https://api.test/v3/search?key=abc&q=asn")
    'https://api.test/v3/search?q=asn'
    """
    parts = urlsplit(url)
    if not parts.query:
        return url
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in SECRET_PARAMETERS]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def conceal_bytes(body: bytes, known: Iterable[str]) -> bytes:
    """An answer that repeats what we sent keeps its mask instead."""
    for secret in known:
        if len(secret) >= SHORTEST:
            body = body.replace(secret.encode(), MASK.encode())
    return body


def secrets_of(settings: Settings) -> list[str]:
    """Every secret of the settings, and the parts of those that hold several."""
    found = list[str]()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr) and (whole := value.get_secret_value()):
            found += [whole, *(part.split("=", 1)[-1].strip() for part in whole.split(","))]
    return found


def token_of(tokens: SecretStr, instance: str) -> str:
    """The token of one instance, out of `instance=token` pairs: a token is never sent to another's host.

    >>> token_of(SecretStr("satu.test=abc, dua.test=def"), "dua.test")
    'def'
    """
    for pair in tokens.get_secret_value().split(","):
        host, _, token = pair.strip().partition("=")
        if host.lower() == instance.lower():
            return token
    return ""


def hash_author(key: bytes, platform: str, author_id: str) -> str:
    """One number for one author, which nobody can turn back without the key of this data directory."""
    return hmac.new(key, f"{platform}:{author_id}".encode(errors="replace"), hashlib.sha256).hexdigest()


def author_key(home: Path) -> bytes:
    """The key of this data directory, made at the first call. It is never overwritten: hashes would change meaning."""
    path = home / "secrets" / "author-key"
    if not path.exists():
        write_secret(path, secrets.token_hex(32), keep=True)
    return path.read_bytes()


def write_secret(path: Path, text: str, *, keep: bool = False) -> None:
    """Write a file that only its owner reads, whole or not at all; `keep` leaves one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        if keep:
            path.hardlink_to(draft)
        else:
            draft.replace(path)
    except FileExistsError:
        """Another process made it first: theirs is as good."""
    finally:
        draft.unlink(missing_ok=True)

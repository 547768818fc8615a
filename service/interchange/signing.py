"""Who says it: every change is signed by its house, and a house is its public key."""

import base64
import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.base import canonical_json
from service.sealing import Keys

PURPOSE = "interchange"


class House:
    """This house as others know it. Its key comes from the key of the house, so a restored backup is the same house."""

    def __init__(self, keys: Keys, name: str) -> None:
        seed = bytes.fromhex(keys.digest(PURPOSE, "ed25519"))
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = _encode(self._private.public_key().public_bytes_raw())
        self.name = name

    def sign(self, envelope: dict[str, Any]) -> str:
        return _encode(self._private.sign(_bytes_of(envelope)))


def hash_of(document: dict[str, Any] | None) -> str:
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def envelope_of(raw: dict[str, Any]) -> dict[str, Any]:
    """What the signature is over: all that was said but the document, fields that we do not know among it."""
    return {name: value for name, value in raw.items() if name not in {"document", "signature"}}


def is_genuine(envelope: dict[str, Any], document: dict[str, Any] | None, signature: str, key: str) -> bool:
    """Whether the house with this key said exactly this."""
    try:
        if envelope.get("origin") != key or envelope.get("document_sha256") != hash_of(document):
            return False
        Ed25519PublicKey.from_public_bytes(_decode(key)).verify(_decode(signature), _bytes_of(envelope))
    except (InvalidSignature, ValueError, RecursionError):
        return False
    return True


def _bytes_of(envelope: dict[str, Any]) -> bytes:
    return canonical_json(envelope).encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

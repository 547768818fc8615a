"""Signing in through another house (OpenID Connect, authorization code with PKCE).

The provider only says who somebody is: an account that an admin linked beforehand. What they may do stands here.
"""

import json
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User, UserIdentity
from models.addresses import is_plain_url
from models.networks import is_this_machine
from models.settings import Settings
from service.errors import ProviderRefused, ProviderSilent
from service.outgoing import guard

log = logging.getLogger(__name__)

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signed with a key that only the provider has. `none` and shared secrets prove nothing."""
SECONDS = 8
LARGEST_ANSWER = 512 * 1024
KEPT_SECONDS = 3600
FRESH_SECONDS = 60
"""Keys younger than this are not asked for again, however many unknown ones somebody names."""
LEEWAY_SECONDS = 60
SCOPE = "openid"


@dataclass
class Provider:
    """What the provider publishes of itself, kept for an hour."""

    settings: Settings
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    keys: KeySet | None = None
    read_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def issuer(self) -> str:
        return self.settings.oidc_issuer

    def address_for(self, state: str, nonce: str, verifier: str, back: str) -> str:
        """Where the browser goes to sign in."""
        self._refresh(KEPT_SECONDS)
        endpoint = str(self.metadata["authorization_endpoint"])
        address, _ = self._client(back).create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier)
        return address

    def subject_of(self, code: str, nonce: str, verifier: str, back: str) -> str:
        """Who came back with this code: `sub` of an ID token that holds in every respect."""
        self._refresh(KEPT_SECONDS)
        client = self._client(back)
        try:
            token = client.fetch_token(
                self.metadata["token_endpoint"], code=code, code_verifier=verifier, timeout=SECONDS, allow_redirects=False
            )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise _refused("the code was not exchanged", error) from error
        return self._read_id_token(str(token.get("id_token", "")), nonce)

    def _read_id_token(self, id_token: str, nonce: str) -> str:
        try:
            token = self._decode(id_token)
            claims = jwt.JWTClaimsRegistry(
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self.issuer},
                sub={"essential": True},
                aud={"essential": True, "value": self.settings.oidc_client_id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            claims.validate(token.claims)
        except (JoseError, ValueError) as error:
            raise _refused("the ID token does not hold", error) from error
        self._check_party(token.claims)
        return str(token.claims["sub"])

    def _decode(self, id_token: str) -> jwt.Token:
        """Verify with the keys that we know; once more with fresh ones, should the provider have changed them."""
        try:
            return jwt.decode(id_token, self.keys or KeySet([]), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if not self._refresh(FRESH_SECONDS):
                raise
        return jwt.decode(id_token, self.keys or KeySet([]), algorithms=ALGORITHMS)

    def _check_party(self, claims: dict[str, Any]) -> None:
        """A token made for several, or for somebody else first, is not for us (OpenID Connect Core 3.1.3.7)."""
        audience, party = claims["aud"], claims.get("azp")
        several = isinstance(audience, list) and len(audience) > 1  # pyright: ignore[reportUnknownArgumentType]
        if (several and party is None) or (party is not None and party != self.settings.oidc_client_id):
            raise _refused("the ID token is for somebody else", None)

    def _refresh(self, older_than: float) -> bool:
        """Read document and keys again where they are older than that; says whether it did."""
        with self.lock:
            if time.monotonic() - self.read_at < older_than and self.metadata:
                return False
            metadata = self._read(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if metadata.get("issuer") != self.issuer:
                raise _refused(f"the document names the issuer {metadata.get('issuer')!r}", None)
            addresses = [metadata.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
            if not all(isinstance(address, str) and self._may_ask(address) for address in addresses):
                raise _refused("the document names no usable addresses", None)
            try:
                keys = KeySet.import_key_set(self._read(metadata["jwks_uri"]))  # pyright: ignore[reportArgumentType]
            except (JoseError, ValueError, KeyError) as error:
                raise _refused("its keys cannot be read", error) from error
            self.metadata, self.keys, self.read_at = metadata, keys, time.monotonic()
            return True

    @property
    def _is_here(self) -> bool:
        return is_this_machine(urlsplit(self.issuer).hostname or "")

    def _may_ask(self, address: str) -> bool:
        """A provider on this very machine may name itself; a document from elsewhere names nothing in here."""
        return is_safe_address(address) and (self._is_here or not is_this_machine(urlsplit(address).hostname or ""))

    def _read(self, address: str) -> dict[str, Any]:
        """A JSON object of bounded size."""
        try:
            with requests.Session() as session:
                guard(session, allows_private=self.settings.private_hosts or self._is_here)
                answer = session.get(address, timeout=SECONDS, stream=True, allow_redirects=False)
                answer.raise_for_status()
                body = answer.raw.read(LARGEST_ANSWER + 1, decode_content=True)
            if len(body) > LARGEST_ANSWER:
                raise ValueError("too long")
            value = json.loads(body)
        except (requests.RequestException, ValueError, RecursionError, OSError) as error:
            log.warning("the OpenID provider does not answer at %s", address, exc_info=error)
            raise ProviderSilent from error
        if not isinstance(value, dict):
            raise ProviderSilent
        return value  # pyright: ignore[reportUnknownVariableType]

    def _client(self, back: str) -> OAuth2Session:
        secret = self.settings.oidc_client_secret.get_secret_value()
        client = OAuth2Session(
            client_id=self.settings.oidc_client_id,
            client_secret=secret or None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
        )
        guard(client, allows_private=self.settings.private_hosts or self._is_here)  # pyright: ignore[reportArgumentType]  # It is a Session.
        return client


def find_linked(session: Session, issuer: str, subject: str) -> User | None:
    """The person to whom an admin linked this account."""
    query = select(User).join(UserIdentity, UserIdentity.user_id == User.id)
    return session.scalar(query.where(UserIdentity.issuer == issuer, UserIdentity.subject == subject))


def is_safe_address(address: str) -> bool:
    """https, or this very machine; no name and no password in it."""
    if not is_plain_url(address):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or is_this_machine(parts.hostname or "")


def _refused(reason: str, error: Exception | None) -> ProviderRefused:
    log.warning("a sign-in by OpenID was refused: %s (%s)", reason, type(error).__name__ if error else "rule")
    return ProviderRefused()

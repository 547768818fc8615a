"""An OpenID provider of our own on 127.0.0.1, in the shape that Keycloak documents; it lies when a test asks it to."""

import hashlib
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "netra"
SUBJECT = "6f1c9a52-0b7e-4d1f-9f55-2f0d8a3f7b10"


@dataclass
class Provider:
    """What it knows of running sign-ins, and how its next ID token differs from a right one."""

    key: RSAKey
    address: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    signing_key: RSAKey | None = None
    algorithm: str = "RS256"
    issuer_said: str = ""

    def authorize(self, location: str) -> dict[str, str]:
        """A person signs in there; returns what the browser carries back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert (asked["response_type"], asked["scope"]) == ("code", "openid")
        self.codes["kode-1"] = asked
        return {"code": "kode-1", "state": asked["state"]}

    def exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """A code opens once, for whoever knows the verifier of its challenge."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_right = asked is not None and asked["code_challenge"] == challenge and asked["redirect_uri"] == form["redirect_uri"]
        if asked is None or not is_right:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        at = int(time.time())
        claims = {"iss": self.address, "sub": SUBJECT, "aud": CLIENT, "exp": at + 60, "iat": at, "nonce": nonce} | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.signing_key or self.key
        return jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, key, algorithms=[self.algorithm])

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer_said or self.address,
            "authorization_endpoint": f"{self.address}/auth",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/certs",
            "id_token_signing_alg_values_supported": ["RS256"],
        }


@contextmanager
def providing() -> Iterator[Provider]:
    provider = Provider(RSAKey.generate_key(2048, {"kid": "kunci-1", "use": "sig", "alg": "RS256"}))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages = {
                "/.well-known/openid-configuration": provider.document(),
                "/certs": {"keys": [provider.key.as_dict(private=False)]},
            }
            self._say(200 if self.path in pages else 404, pages.get(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say(*provider.exchange({name: values[0] for name, values in parse_qs(body).items()}))

        def _say(self, status: int, value: object) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen of a test run."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

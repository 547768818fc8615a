"""What the service does not start with, and what every answer carries."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import service
from models.settings import Settings
from service.app import create_app
from service.starting import UnsafeSettings, refuse_unsafe_provider, refuse_weak_secrets

TEMPLATES = Path(service.__file__).parent / "templates"


@pytest.mark.parametrize("secret", ["pendek", "changeme", "rahasia-123456789", "aaaaaaaaaaaaaaaaaaaa", "Secret!!!!!!!!!!!"])
@pytest.mark.parametrize("name", ["secret_key", "metrics_token", "oidc_client_secret"])
def test_secrets_that_everybody_knows_are_refused_outside_the_demo(name: str, secret: str) -> None:
    with pytest.raises(UnsafeSettings, match=f"NETRA_{name.upper()}"):
        refuse_weak_secrets(Settings(**{name: secret}, _env_file=None))  # pyright: ignore[reportArgumentType]
    refuse_weak_secrets(Settings(**{name: secret}, demo=True, _env_file=None))  # pyright: ignore[reportArgumentType]


def test_random_secrets_and_none_are_fine() -> None:
    refuse_weak_secrets(Settings(secret_key="q8Zr1-vK4mTt9LxP0sWd", _env_file=None))  # pyright: ignore[reportArgumentType]
    refuse_weak_secrets(Settings(_env_file=None))


def test_a_provider_in_clear_or_without_our_name_is_refused() -> None:
    for values in (
        {"oidc_issuer": "http://sso.kantor.test", "oidc_client_id": "netra"},
        {"oidc_issuer": "https://sso.kantor.test"},
    ):
        with pytest.raises(UnsafeSettings):
            refuse_unsafe_provider(Settings(**values, _env_file=None))
    refuse_unsafe_provider(Settings(oidc_issuer="https://sso.kantor.test", oidc_client_id="netra", _env_file=None))


def test_behind_https_browsers_come_by_nothing_else(sqlite_settings: Settings, sqlite_visitor: TestClient) -> None:
    name = "strict-transport-security"
    assert name not in sqlite_visitor.get("/masuk").headers
    with TestClient(create_app(sqlite_settings.model_copy(update={"public_url": "https://netra.test"}))) as browser:
        assert browser.get("/masuk").headers[name].startswith("max-age=31536000")


def test_the_policy_lets_nothing_inline_pass(sqlite_visitor: TestClient) -> None:
    policy = sqlite_visitor.get("/masuk").headers["content-security-policy"]
    assert {"script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
    assert "unsafe" not in policy


def test_no_template_needs_what_the_policy_refuses() -> None:
    inline = re.compile(r"""<style|<script(?![^>]*\bsrc=)|\s(?:style|on[a-z]+)\s*=\s*["']|javascript:""")
    assert [path.name for path in TEMPLATES.rglob("*.html") if inline.search(path.read_text(encoding="utf-8"))] == []

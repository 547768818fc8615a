"""What the service refuses to start with."""

from models.settings import Settings
from service.accounts.oidc import is_safe_address

SHORTEST_SECRET = 16
FEWEST_CHARACTERS = 6
SECRETS = ("secret_key", "metrics_token", "oidc_client_secret")
PUBLISHED = ("changeme", "change-me", "default", "secret", "rahasia", "password", "katasandi", "netra", "example", "contoh")


class UnsafeSettings(ValueError):
    """Somebody could walk in; the message says which setting to mend."""


def refuse_weak_secrets(settings: Settings) -> None:
    """A secret that stands in some example protects nothing. The demo has nothing to protect."""
    if settings.demo:
        return
    for name in SECRETS:
        value: str = getattr(settings, name).get_secret_value()
        if value and _is_weak(value):
            raise UnsafeSettings(
                f"NETRA_{name.upper()} is too short or too well known: take {SHORTEST_SECRET} random characters or more, "
                'for example from `python -c "import secrets; print(secrets.token_urlsafe(32))"`'
            )


def refuse_unsafe_provider(settings: Settings) -> None:
    """Who speaks with the provider in clear may be told anything."""
    if not settings.oidc_issuer:
        return
    if not is_safe_address(settings.oidc_issuer):
        raise UnsafeSettings("NETRA_OIDC_ISSUER must be an https:// address, without a name or password in it")
    if not settings.oidc_client_id:
        raise UnsafeSettings("NETRA_OIDC_ISSUER needs NETRA_OIDC_CLIENT_ID, our name at the provider")


def _is_weak(value: str) -> bool:
    """Short, of few characters, or some published word with a tail."""
    plain = value.lower().strip("!_-. 0123456789")
    return (
        len(value) < SHORTEST_SECRET
        or len(set(value)) < FEWEST_CHARACTERS
        or any(plain == word * n for word in PUBLISHED for n in (1, 2, 3))
    )

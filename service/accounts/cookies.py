"""The cookies of a sign-in, and the mark by which an account knows a browser again."""

import re
import secrets

from fastapi import Request
from fastapi.responses import Response

from models.settings import Settings
from service.sealing import Keys

KNOWN_FOR = 180 * 24 * 3600
MARK = re.compile(r"(\d{1,19})\.([\w-]{22})\.([0-9a-f]{64})", re.ASCII)
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"))
BROWSERS += (("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"))
SYSTEMS += (("CrOS", "ChromeOS"), ("Linux", "Linux"))


def is_https(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")


def cookie_name(settings: Settings) -> str:
    """`__Host-` ties a cookie to this host and to https, so it needs https."""
    return "__Host-netra" if is_https(settings) else "netra"


def put_session(response: Response, settings: Settings, token: str, seconds: int) -> None:
    _put(response, settings, cookie_name(settings), token, seconds)


def drop_session(response: Response, settings: Settings) -> None:
    response.delete_cookie(cookie_name(settings), secure=is_https(settings), httponly=True, samesite="lax")


def put_mark(response: Response, settings: Settings, keys: Keys, user_id: int) -> None:
    """From now on this account knows this browser. The mark opens nothing: it only has a counter of its own."""
    nonce = secrets.token_urlsafe(16)
    signature = keys.digest("browser mark", f"{user_id}.{nonce}")
    _put(response, settings, f"{cookie_name(settings)}-kenal", f"{user_id}.{nonce}.{signature}", KNOWN_FOR)


def read_mark(request: Request, settings: Settings, keys: Keys, user_id: int | None) -> str | None:
    """A hash of the mark, where this account gave it to this browser."""
    found = MARK.fullmatch(request.cookies.get(f"{cookie_name(settings)}-kenal", ""))
    if found is None or user_id is None or found[1] != str(user_id):
        return None
    expected = keys.digest("browser mark", f"{found[1]}.{found[2]}")
    return keys.digest("browser", found[2]) if secrets.compare_digest(expected, found[3]) else None


def address_of(request: Request) -> str:
    """Who is connected. Behind a proxy uvicorn takes X-Forwarded-For from it, if NETRA_TRUSTED_PROXIES names the proxy."""
    return request.client.host if request.client else ""


def browser_of(request: Request) -> str:
    """Two words by which people know their own browser; the rest of User-Agent is nobody's business."""
    agent = request.headers.get("user-agent", "")[:400]
    names = (next((name for sign, name in signs if sign in agent), "") for signs in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, names))


def _put(response: Response, settings: Settings, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, httponly=True, secure=is_https(settings), samesite="lax", path="/")

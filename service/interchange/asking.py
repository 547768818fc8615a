"""Asking another house over HTTP: bounded in time and size, and the token only where nobody can read it on the way."""

import json
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from service.errors import NetraError

PATH = "/api/v1/interchange/changes"
LARGEST_PAGE = 32 * 1024 * 1024
SECONDS = (10, 60)


class CannotPull(NetraError):
    """`why` says what is wrong, in English."""

    status = 502
    code = "tarik_gagal"


def ask_changes(url: str, token: str, after: str) -> dict[str, Any]:
    """One page, as JSON; what is in it is checked by whoever takes it in."""
    refuse_clear_text(url)
    address = f"{url.rstrip('/')}{PATH}?{urlencode({'after': after})}"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    try:
        with requests.get(address, headers=headers, timeout=SECONDS, stream=True, allow_redirects=False) as answer:
            body = _read(answer, url)
    except requests.RequestException as error:
        raise CannotPull(url=url, why=f"it does not answer ({type(error).__name__})") from error
    try:
        page = json.loads(body)
    except ValueError as error:
        raise CannotPull(url=url, why="its answer is not JSON") from error
    if not isinstance(page, dict):
        raise CannotPull(url=url, why="its answer is not a page of changes")
    return page


def refuse_clear_text(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return
    raise CannotPull(url=url, why="the token would cross the network in clear; use https://")


def _read(answer: requests.Response, url: str) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        body += chunk
        if len(body) > LARGEST_PAGE:
            raise CannotPull(url=url, why=f"its answer is larger than {LARGEST_PAGE} bytes")
    if answer.status_code != 200:
        raise CannotPull(url=url, why=f"it answers {answer.status_code}; check the token and its permission pertukaran.baca")
    return bytes(body)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

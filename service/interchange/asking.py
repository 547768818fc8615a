"""Asking another house over HTTP: bounded in time and size, and the token only where nobody can read it on the way."""

import json
from http import HTTPStatus
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from urllib3.exceptions import HTTPError

from models.addresses import is_plain_url
from models.networks import is_this_machine
from service.errors import NetraError
from service.outgoing import guard

PATH = "/api/v1/interchange/changes"
LARGEST_PAGE = 32 * 1024 * 1024
SECONDS = (10, 60)
LONGEST_SECONDS = 300
"""Of one answer as a whole: a byte a minute would never end."""


class CannotPull(NetraError):
    """`why` says what is wrong, in English."""

    status = 502
    code = "tarik_gagal"


def ask_changes(url: str, token: str, after: str, *, allows_private: bool = False) -> dict[str, Any]:
    """One page, as JSON; what is in it is checked by whoever takes it in. A house on this very machine needs no permission."""
    refuse_clear_text(url)
    allows_private = allows_private or is_this_machine(urlsplit(url).hostname or "")
    address = f"{url.rstrip('/')}{PATH}?{urlencode({'after': after})}"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    try:
        with requests.Session() as session:
            guard(session, allows_private=allows_private)
            body = _read(session.get(address, headers=headers, timeout=SECONDS, stream=True, allow_redirects=False), url)
    except (requests.RequestException, HTTPError) as error:
        is_private = "NETRA_PRIVATE_HOSTS" in str(error)
        why = "it lies in a private network; NETRA_PRIVATE_HOSTS=true allows it" if is_private else type(error).__name__
        raise CannotPull(url=url, why=f"it does not answer ({why})") from error
    try:
        page = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CannotPull(url=url, why="its answer is not JSON") from error
    if not isinstance(page, dict):
        raise CannotPull(url=url, why="its answer is not a page of changes")
    return page


def refuse_clear_text(url: str) -> None:
    if not is_plain_url(url):
        raise CannotPull(url=url, why="it is no address of another house; write it as https://netra.example, without a name")
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
        raise CannotPull(url=url, why="the token would cross the network in clear; use https://")


def _read(answer: requests.Response, url: str) -> bytes:
    body, end = bytearray(), monotonic() + LONGEST_SECONDS
    while chunk := answer.raw.read1(64 * 1024, decode_content=True):  # What is there: a full chunk may never come.
        body += chunk
        if monotonic() > end:
            raise CannotPull(url=url, why=f"one answer takes longer than {LONGEST_SECONDS} seconds")
        if len(body) > LARGEST_PAGE:
            raise CannotPull(url=url, why=f"its answer is larger than {LARGEST_PAGE} bytes")
    if answer.status_code == HTTPStatus.CONFLICT:
        raise CannotPull(url=url, why="its trail ends before our cursor: its database was put back; pull once with --anew")
    if answer.status_code != 200:
        raise CannotPull(url=url, why=f"it answers {answer.status_code}; check the token and its permission pertukaran.baca")
    return bytes(body)

"""What the process of a browser is asked, and what it answers: one JSON object each way."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from crawler.errors import CrawlerError

PICTURE_TYPES = ("png", "jpeg")


class RenderFailed(CrawlerError):
    """No picture and no text came of a page; the message says why, for operators."""


@dataclass(frozen=True)
class RenderJob:
    """One page, the hosts that it may ask, and whether its scripts run."""

    url: str
    hosts: tuple[str, ...]
    page_hosts: tuple[str, ...]
    """Those of `hosts` on which the page itself may stand."""
    runs_scripts: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "RenderJob":
        said = json.loads(text)
        return cls(said["url"], tuple(said["hosts"]), tuple(said["page_hosts"]), bool(said["runs_scripts"]))


@dataclass(frozen=True)
class Rendered:
    """A page as the browser showed it."""

    url: str
    """Where it stood, after redirects."""
    picture: bytes
    picture_type: str
    html: str
    """The document as it was after its scripts had run."""
    loaded: int
    """Files of the page that it got."""
    refused: int
    """Files that it asked for in vain: other hosts, robots.txt, too many or too large."""

    def to_json(self) -> str:
        return json.dumps(asdict(replace(self, picture=b"")) | {"picture": base64.b64encode(self.picture).decode()})

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Rendered":
        return cls(**{**said, "picture": base64.b64decode(said["picture"])})

"""An invented Mastodon instance: statuses newest first, paged by `max_id` and the Link header."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.crawler.connectors.api import Asked, Reply, moment, reply


def account(name: str = "sari", **values: Any) -> dict[str, Any]:
    fixed = {"id": f"id-{name}", "acct": name, "display_name": f"{name.title()} 🌾", "bot": False, "fields": []}
    return {**fixed, "note": "<p>Guru SD di Wanasari</p>", "url": "https://jauh.test/palsu", **values}


def status(number: int, text: str = "", **values: Any) -> dict[str, Any]:
    """One status; a higher number is newer."""
    return {
        "id": str(100000 + number),
        "created_at": moment(number),
        "visibility": "public",
        "language": "id",
        "spoiler_text": "",
        "content": f"<p>{text or f'Kiriman nomor {number} dari pendopo Wanasari 🎉'}</p>",
        "reblogs_count": 3,
        "in_reply_to_id": None,
        "reblog": None,
        "url": "https://jauh.test/palsu",
        "account": account(),
        **values,
    }


@dataclass
class Instance:
    """Answers timelines, account look-ups and look-ups of several statuses."""

    statuses: Sequence[dict[str, Any]]
    page_size: int = 40
    headers: dict[str, str] = field(default_factory=dict)
    before: Any = None
    """A function that may answer instead."""

    def answer(self, asked: Asked) -> Reply:
        if self.before is not None and (instead := self.before(asked)) is not None:
            return instead
        if asked.path.endswith("/lookup"):
            return reply({"id": "77", "acct": asked.one("acct")})
        if asked.path == "/api/v1/statuses":
            wanted = asked.query["id[]"]
            return reply([known for known in self.statuses if known["id"] in wanted])
        return self._timeline(asked)

    def _timeline(self, asked: Asked) -> Reply:
        newest_first = sorted(self.statuses, key=lambda known: known["id"], reverse=True)
        since, before = asked.one("since_id"), asked.one("max_id")
        matching = [known for known in newest_first if known["id"] > since and (not before or known["id"] < before)]
        page = matching[: self.page_size]
        return reply(page, **({"Link": _link(page[-1]["id"])} if page else {}), **self.headers)


def _link(last: str) -> str:
    """The address in it leads elsewhere, as a hostile instance might try; only the id may be taken from it."""
    return f'<https://jauh.test/api?max_id={last}>; rel="next", <https://jauh.test/api?min_id=1>; rel="prev"'

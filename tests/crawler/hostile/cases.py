"""The shape of a case: what a server does, and what must become of it."""

from dataclasses import dataclass
from typing import Any

from models import FetchCause, FetchOutcome
from tests.crawler.hostile.web import Answer


@dataclass(frozen=True)
class Case:
    """One misbehaviour at one address. Its event must have this outcome, this cause and these words in its reason."""

    what: str
    source: str
    path: str
    answer: Answer
    outcome: FetchOutcome
    cause: FetchCause = FetchCause.NONE
    says: str = ""
    feed: dict[str, Any] | None = None
    """How the source file names the address, where it is a list and no page."""
    host: str = ""
    """Where it has one of its own; else its source's."""

    @property
    def name(self) -> str:
        return self.what.replace(" ", "-").replace(",", "")


def page(
    what: str, source: str, answer: Answer, outcome: FetchOutcome, cause: FetchCause = FetchCause.NONE, says: str = ""
) -> Case:
    """A case that is one page of a source; the source's feed lists it."""
    slug = "-".join("".join(letter if letter.isalnum() else " " for letter in what.lower()).split())
    return Case(what, source, f"/{slug}", answer, outcome, cause, says)

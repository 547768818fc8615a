"""When a run stops asking: an outlet that answers nothing any more, or asks for a long pause, is left alone until the next."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.middlewares.reasons import OF_THE_OUTLET, ComeBackLater, explain
from models import now

MOST_FAILURES = 20
"""Addresses one after the other that show that the outlet itself is in trouble."""
LONGEST_WISH = 24 * 3600.0
"""Seconds of a Retry-After that are heeded."""
LISTS_SECONDS = 30 * 60.0
"""From the start of a run for news; further lists are left to the next one, so that pages get their turn."""


@dataclass
class Patience:
    """Counts what fails without a success in between. `stop` ends the run and takes the reason, for operators."""

    stop: Callable[[str], None]
    failures: int = 0
    is_over: bool = False
    began: float = field(default_factory=time.monotonic)
    come_back_at: datetime | None = None
    """Before which the outlet asked to be left alone; a day away at most."""

    def answered(self) -> None:
        """The outlet gave something, whatever it was worth."""
        self.failures = 0

    def failed(self, error: BaseException | None) -> None:
        """Stop where it is enough: what was not asked goes on waiting."""
        trouble = explain(error)
        self.failures = self.failures + 1 if trouble.cause in OF_THE_OUTLET else 0
        if isinstance(error, ComeBackLater):
            at = now() + timedelta(seconds=min(error.seconds, LONGEST_WISH))
            self.come_back_at = max(at, self.come_back_at or at)
        if self.is_over:
            return
        if isinstance(error, ComeBackLater):
            self._end(trouble.reason)
        elif self.failures >= MOST_FAILURES:
            self._end(f"{self.failures} alamat berturut-turut gagal ({trouble.reason}); sisanya menunggu perayapan berikut")

    def has_time_for_lists(self) -> bool:
        return time.monotonic() - self.began < LISTS_SECONDS

    def _end(self, reason: str) -> None:
        self.is_over = True
        self.stop(reason[:500])

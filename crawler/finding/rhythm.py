"""How long to wait before a feed is polled again: by its own rhythm, never longer than the cadence of its source."""

from collections.abc import Sequence
from datetime import datetime

from crawler.items import ListedPage

FLOOR_MINUTES = 5
"""No outlet is asked more often, however fast it writes."""
LONGEST_PAUSE = 24 * 60
"""Of a feed that fails, in minutes."""
ENOUGH_DATES = 5
NEWEST = 20
"""Pages from which the rhythm is told; older ones tell of other hours."""
PAGES_A_POLL = 2
QUICKER, SLOWER = 0.7, 1.5


def minutes_until_poll(pages: Sequence[ListedPage], new: int, *, last_wait: int | None, cadence: int, moment: datetime) -> int:
    """Minutes until about two new pages are there, by the dates of the list; by trial where it gives none.

    It never waits for more than half of the time that the list reaches back: what leaves a list unseen is lost.
    """
    dates = sorted((at for page in pages if (at := page.published_at or page.changed_at) and at <= moment), reverse=True)[:NEWEST]
    if len(dates) < ENOUGH_DATES:
        return bounded((last_wait or cadence) * (QUICKER if new else SLOWER), cadence)
    reach = (moment - dates[-1]).total_seconds() / 60
    gap = reach / len(dates)  # Up to this moment, not to the newest page: a feed that fell asleep is asked less.
    return bounded(min(gap * PAGES_A_POLL, reach / 2), cadence)


def minutes_after_nothing(last_wait: int | None, cadence: int) -> int:
    """After a 304: longer than before, up to the cadence."""
    return bounded((last_wait or cadence) * SLOWER, cadence)


def minutes_after_failure(failures: int, cadence: int) -> int:
    """Twice as long after each failure in a row, up to a day."""
    return max(cadence, min(cadence * 2 ** min(failures, 12), LONGEST_PAUSE))


def bounded(minutes: float, cadence: int) -> int:
    return round(max(min(FLOOR_MINUTES, cadence), min(minutes, cadence)))

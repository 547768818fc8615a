"""Which period is published when: whole months and whole half-years. Neither overlaps another of its kind."""

from datetime import date, timedelta
from typing import NamedTuple

from service.dashboard.choices import Choice, Step, move_months

MONTH, HALF_YEAR = 1, 6
HALVES = 2
"""So many half-years are published at once by a house that begins; later ones follow as they end."""


class Edition(NamedTuple):
    """A period that is published once."""

    first_on: date
    months: int

    @property
    def choice(self) -> Choice:
        return Choice(self.first_on, move_months(self.first_on, self.months - 1), step=Step.MONTH)

    @property
    def due_on(self) -> date:
        """The day after the month's end has passed everywhere; of a half-year a month later, when its flags have been read."""
        if self.months == MONTH:
            return move_months(self.first_on, 1) + timedelta(days=1)
        return move_months(self.first_on, self.months + 1)


def list_due(today: date) -> list[Edition]:
    """What a house shows today: the last half-years that have settled, and every month since they began."""
    current = half_of(today)
    halves = [Edition(move_months(current, -HALF_YEAR * number), HALF_YEAR) for number in (3, 2, 1)]
    settled = [half for half in halves if half.due_on <= today][-HALVES:]
    months = [Edition(move_months(settled[0].first_on, number), MONTH) for number in range(3 * HALF_YEAR + 1)]
    return [*settled, *(month for month in months if month.due_on <= today)]


def half_of(day: date) -> date:
    """The first day of the half-year of a day.

    >>> half_of(date(2024, 11, 27))
    datetime.date(2024, 7, 1)
    """
    return date(day.year, 1 if day.month <= HALF_YEAR else 1 + HALF_YEAR, 1)

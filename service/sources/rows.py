"""One source as the board shows it."""

from dataclasses import dataclass

from models import FetchCause, FetchOutcome, SourceAlarm
from models.health.facts import SourceFacts
from models.health.judgement import Health

MOST_CAUSES = 3


@dataclass(frozen=True)
class SourceRow:
    """The facts, and what is said of them."""

    facts: SourceFacts
    health: Health

    @property
    def causes(self) -> list[tuple[FetchCause, int]]:
        """The most frequent ones of the last 24 hours."""
        return self.facts.causes.most_common(MOST_CAUSES)

    @property
    def blocked(self) -> int:
        return self.facts.outcomes[FetchOutcome.BLOCKED]

    @property
    def alarms(self) -> list[SourceAlarm]:
        """Those that nobody has seen come first."""
        return sorted(self.facts.alarms, key=lambda alarm: alarm.acknowledged_at is not None)

    @property
    def last_stored_seconds(self) -> float:
        """For sorting: never comes before everything."""
        at = self.facts.last_stored_at
        return at.timestamp() if at else 0.0

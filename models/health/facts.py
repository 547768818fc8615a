"""What is known of one source at one moment: all that a judgement rests on, and nothing else."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from models.crawl import CrawlRun, FetchCause, FetchOutcome
from models.health.baseline import Rhythm, rhythm_before
from models.health.tables import RobotsFile, SourceAlarm
from models.health.tally import day_of
from models.region import Region
from models.schedule import SourceSchedule
from models.source import Feed, Source

PAGES = (
    FetchOutcome.STORED,
    FetchOutcome.CHANGED,
    FetchOutcome.UNCHANGED,
    FetchOutcome.REFUSED,
    FetchOutcome.BLOCKED,
    FetchOutcome.FAILED,
)
"""Every outcome but that of a list."""


@dataclass(frozen=True)
class Readings:
    """Articles of some days, and how well they were read."""

    articles: int = 0
    undated: int = 0
    unsigned: int = 0
    untitled: int = 0
    rated: int = 0
    quality: float = 0.0
    """Sum of the rated."""


@dataclass(frozen=True)
class Totals:
    """Sums of a source's days."""

    recent: Readings = Readings()
    """Of three days, today among them."""
    before: Readings = Readings()
    """Of the 28 days before those."""
    spread: float = 0.0
    """Deviation of the daily means of quality in these 28 days."""
    pages_before: int = 0
    """Answers and failures of pages in the 28 days before yesterday."""
    lists: int = 0
    """Read anew in seven days."""
    lists_unchanged: int = 0
    """Answered 304 in seven days."""


@dataclass(frozen=True)
class SourceFacts:
    """One source, as the rows tell it."""

    source: Source
    at: datetime
    region: Region | None = None
    last_run: CrawlRun | None = None
    last_ended: CrawlRun | None = None
    last_good: CrawlRun | None = None
    schedule: SourceSchedule | None = None
    feeds: Sequence[Feed] = ()
    """Those that are enabled."""
    counts: dict[int, int] = field(default_factory=dict[int, int])
    """New items by day (ordinals), of the days on which we listened; as far back as a baseline reaches."""
    totals: Totals = Totals()
    last_stored_at: datetime | None = None
    outcomes: Counter[FetchOutcome] = field(default_factory=Counter[FetchOutcome])
    """Of the last 24 hours, as the causes that follow."""
    causes: Counter[FetchCause] = field(default_factory=Counter[FetchCause])
    causes_before: Counter[FetchCause] = field(default_factory=Counter[FetchCause])
    """Of the 28 days before yesterday."""
    alarms: Sequence[SourceAlarm] = ()
    """Those that are open."""
    robots: Sequence[RobotsFile] = ()
    waiting: int = 0
    """Pages in quarantine."""

    @property
    def today(self) -> int:
        return day_of(self.at).toordinal()

    @property
    def stored(self) -> int:
        """New items of the last 24 hours."""
        return self.outcomes[FetchOutcome.STORED]

    @property
    def pages(self) -> int:
        """Answers and failures of pages in the last 24 hours."""
        return sum(self.outcomes[outcome] for outcome in PAGES)

    @property
    def unchanged_share(self) -> float | None:
        """How many lists of the last seven days answered 304; None where none was asked."""
        same, read = self.totals.lists_unchanged, self.totals.lists
        return same / (same + read) if same + read else None

    @cached_property
    def rhythm(self) -> Rhythm | None:
        """What was usual up to the day before yesterday."""
        return rhythm_before(self.counts, self.today - 1)

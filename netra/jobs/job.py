"""What a job is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from models.settings import Settings
from netra.stopping import Stop


@dataclass(frozen=True)
class Report:
    """What a run did, in one line."""

    said: str
    problem: str = ""
    """Why it counts as failed, though it came to its end."""


Work = Callable[[Settings, Engine, Stop], Report]
"""Safe to kill at any line, and soon over once it is asked to stop."""


@dataclass(frozen=True)
class Job:
    """One line of the catalogue."""

    name: str
    about: str
    queue: str
    every: timedelta
    """Nothing: by hand only."""
    longest: timedelta
    """After which a run is asked to stop."""
    work: Work
    stay: Work | None = None
    """The same as a loop that ends only when asked to, where one machine does everything."""
    places: int = 1
    """How many do it side by side where there are many machines: their work is claimed row by row."""
    why_off: Callable[[Settings], str] = lambda _: ""
    """What is missing before it can be done at all."""

    def is_on(self, settings: Settings) -> bool:
        return bool(self.every) and not self.why_off(settings)

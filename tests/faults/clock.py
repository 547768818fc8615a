"""A clock that a test puts forward and back while processes run: `models.now` is the only one that netra asks."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import models.base

DAY = timedelta(days=1)
FOLLOWING = Path(__file__).parent / "following"


def shifted(offset: Callable[[], timedelta]) -> type[datetime]:
    """What stands in the place of `datetime` in models.base."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + offset()

    return Shifted


def put_by_file(path: Path) -> None:
    """Seconds ahead of the real time, read anew whenever somebody asks."""
    models.base.datetime = shifted(lambda: timedelta(seconds=float(path.read_text() or 0)))  # type: ignore[misc]


def environment_of_clock(path: Path) -> dict[str, str]:
    """What makes a process, and those that it begins, go by that file."""
    root = FOLLOWING.parent.parent.parent
    return {"PYTHONPATH": f"{FOLLOWING}:{root}", "FAULTS_CLOCK": str(path)}

"""What a long measurement says while it runs, on standard error: a line for each thing that is done, with the time."""

import sys
import time
from collections.abc import Iterable

BEGAN = time.monotonic()
SHOWN_CHARACTERS = 160


def say(what: str) -> None:
    minutes, seconds = divmod(int(time.monotonic() - BEGAN), 60)
    sys.stderr.write(f"{minutes:4d}:{seconds:02d} {what[:SHOWN_CHARACTERS]}\n")
    sys.stderr.flush()


def told(lines: Iterable[str]) -> str:
    """All of them as one text; each is said as soon as it is there."""
    kept = list[str]()
    for line in lines:
        if shown := line.strip().partition("\n")[0]:
            say(shown)
        kept.append(line)
    return "\n".join(kept)

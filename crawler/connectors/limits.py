"""The pace that a platform allows, as its headers say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST = timedelta(days=1)
"""No header makes us wait longer than a day: a wrong clock must not silence a source for a year."""
EPOCH_AFTER = 100_000_000
"""A larger number is a moment, a smaller one a span."""


@dataclass(frozen=True)
class Limit:
    remaining: int | None
    reset_at: datetime | None


def read_limit(headers: Mapping[str, str], moment: datetime) -> Limit:
    """`X-RateLimit-*` (Mastodon: a date) or `RateLimit-*` (Bluesky: seconds since 1970, others seconds from now)."""
    named = {name.lower(): value.strip() for name, value in headers.items()}
    remaining = _first(named, "remaining")
    reset = _read_reset(_first(named, "reset"), moment)
    return Limit(int(remaining) if remaining.isdecimal() and len(remaining) < 10 else None, reset)


def seconds_until(reset_at: datetime | None, moment: datetime) -> float:
    return max(0.0, (reset_at - moment).total_seconds()) if reset_at else 0.0


def _first(headers: Mapping[str, str], what: str) -> str:
    return headers.get(f"x-ratelimit-{what}") or headers.get(f"ratelimit-{what}") or ""


def _read_reset(value: str, moment: datetime) -> datetime | None:
    if value.isdecimal():
        seconds = min(int(value[:12]), 10**11)
        at = datetime.fromtimestamp(seconds, UTC) if seconds > EPOCH_AFTER else moment + timedelta(seconds=seconds)
        return min(at, moment + LONGEST)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return min(at if at.tzinfo else at.replace(tzinfo=UTC), moment + LONGEST)

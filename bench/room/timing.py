"""Milliseconds as rows of a table."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bench.room.serving import Server

PARTS = (0.5, 0.95, 0.99)
HEAD = "| {what} | requests | wall p50 | p95 | p99 | server CPU, mean |\n|---|---|---|---|---|---|"

T = TypeVar("T")


@dataclass
class Times:
    """Wall time of each request as a client on the same machine sees it, and processor time of the server over all."""

    server: Server
    wall: list[float] = field(default_factory=list[float])
    cpu: float = 0.0

    def take(self, ask: Callable[[], T]) -> T:
        began, cpu = time.perf_counter(), self.server.cpu_seconds()
        answer = ask()
        self.wall.append((time.perf_counter() - began) * 1000)
        self.cpu += (self.server.cpu_seconds() - cpu) * 1000
        return answer

    def wall_at(self, part: float) -> float:
        """The median for a half."""
        return percentile(self.wall, part)

    def row(self, name: str) -> str:
        return row_of(name, self.wall, self.cpu / len(self.wall))


def percentile(walls: Sequence[float], part: float) -> float:
    return sorted(walls)[min(len(walls) - 1, int(len(walls) * part))]


def row_of(name: str, walls: Sequence[float], cpu: float) -> str:
    """`cpu` is the mean of one request."""
    shown = " | ".join(f"{percentile(walls, part):.1f}" for part in PARTS)
    return f"| {name} | {len(walls)} | {shown} | {cpu:.1f} |"

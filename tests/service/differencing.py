"""A hostile reader of published tables: what follows for one count from all that was ever shown, by linear programming."""

from collections.abc import Sequence
from math import ceil, floor, inf

import numpy as np
from scipy.optimize import linprog

CLOSE = 1e-6


class HostileReader:
    """Knows between which numbers each count lies, and which of them add up to the same."""

    def __init__(self) -> None:
        self.bounds: dict[str, tuple[float, float]] = {}
        self.sums: list[tuple[Sequence[str], Sequence[str]]] = []

    def read(self, name: str, low: float, high: float = inf) -> str:
        assert name not in self.bounds, name
        self.bounds[name] = (low, high)
        return name

    def know(self, parts: Sequence[str], whole: Sequence[str]) -> None:
        self.sums.append((parts, whole))

    def narrow(self, name: str) -> tuple[int, float]:
        """The least and the largest that this count can be."""
        low, high = self._solve(name, 1), self._solve(name, -1)
        return ceil(low - CLOSE), inf if high == inf else floor(high + CLOSE)

    def _solve(self, name: str, sign: int) -> float:
        places = {known: number for number, known in enumerate(self.bounds)}
        goal = np.zeros(len(places))
        goal[places[name]] = sign
        equal = np.zeros((len(self.sums), len(places)))
        for row, (parts, whole) in zip(equal, self.sums, strict=True):
            row[[places[part] for part in parts]] = 1
            row[[places[part] for part in whole]] -= 1
        limits = [(low, None if high == inf else high) for low, high in self.bounds.values()]
        found = linprog(goal, A_eq=equal, b_eq=np.zeros(len(self.sums)), bounds=limits)
        if found.status == 3:  # Nothing bounds it.
            return inf
        assert found.status == 0, found.message
        return sign * float(found.fun)

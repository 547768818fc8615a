"""Sixty-four claimants and a killer at two servers, until enough is claimed or nothing is left."""

import random
import sys
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event

from bench.room.claimant import Claimant, Heard
from bench.room.crowd import Person
from bench.room.killing import Kill, Mortal, strike_now_and_then
from bench.room.serving import Start, start

LEAST_KILLS = 2
"""It goes on until there were so many: without any it would show nothing."""
TELL_SECONDS = 10.0


@dataclass(frozen=True)
class Plan:
    flags: int
    claims: int
    claimants: int = 64
    control: int = 1000
    """Claims of the control."""
    pause: tuple[float, float] = (20.0, 40.0)
    """Seconds between two kills, at least and at most."""
    seed: int = 7
    start: Start = start


class Contest:
    def __init__(self, name: str, servers: tuple[Mortal, Mortal], people: Sequence[Person], plan: Plan) -> None:
        self._name, self._servers, self._plan = name, servers, plan
        self._stop, self._began, queue = Event(), time.monotonic(), iter(people)
        self.kills: list[Kill] = []
        homes = [servers if number % 2 else servers[::-1] for number in range(plan.claimants)]
        self._claimants = [Claimant(home, other, queue, self._is_over) for home, other in homes]

    @property
    def heard(self) -> list[Heard]:
        return [claimant.heard for claimant in self._claimants]

    def run(self) -> float:
        """Returns the seconds that it took."""
        plan = self._plan
        with ThreadPoolExecutor(plan.claimants + 1) as pool:
            chance = random.Random(plan.seed)
            killer = pool.submit(strike_now_and_then, self._servers, self.kills, chance, plan.pause, self._is_over)
            hands = [pool.submit(claimant.work) for claimant in self._claimants]
            try:
                self._follow(hands, killer)
            finally:
                self._stop.set()
            seconds = time.monotonic() - self._began
        killer.result()
        return seconds

    def _is_over(self) -> bool:
        return self._stop.is_set() or (len(self.kills) >= LEAST_KILLS and self._count_told() >= self._plan.claims)

    def _count_told(self) -> int:
        return sum(len(claimant.heard.flags) for claimant in self._claimants)

    def _follow(self, hands: Sequence[Future[None]], killer: Future[None]) -> None:
        """Until all claimants have ended; the first error of anybody ends it at once."""
        waiting = set(hands)
        while waiting:
            ended, waiting = wait(waiting, timeout=TELL_SECONDS, return_when=FIRST_EXCEPTION)
            for done in [*ended, *([killer] if killer.done() else [])]:
                done.result()
            self._tell()

    def _tell(self) -> None:
        told, wanted = self._count_told(), self._plan.claims
        pace = told / (time.monotonic() - self._began)
        minutes = max(0, wanted - told) / pace / 60 if pace else 0
        said = f"{told:,} of {wanted:,} claims, {pace:.0f} a second, {len(self.kills)} kills, {minutes:.0f} minutes left"
        sys.stderr.write(f"{self._name}: {said}\n")

"""Who takes flags without an end while servers die: what was told is written down, and so is each request that broke."""

import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.room.crowd import Person
from bench.room.everything import TAKE
from bench.room.killing import Mortal
from bench.room.wire import Answer, Wire
from service.errors import NothingToTake, TooManyHeld
from service.review.claims import MOST_HELD

PAUSE_SECONDS = 0.02
EMPTY_SECONDS = 1.0
"""What a dying claim holds is free again after that."""


class Broken(NamedTuple):
    """A request that no answer came to; moments as `time.time()` tells them."""

    user_id: int
    port: int
    asked_at: float
    broke_at: float


@dataclass
class Heard:
    """What one claimant was told: the flag, and to whom it went. As arrays, for there are a million."""

    flags: "array[int]" = field(default_factory=lambda: array("q"))
    holders: "array[int]" = field(default_factory=lambda: array("q"))
    broken: list[Broken] = field(default_factory=list[Broken])
    statuses: Counter[int] = field(default_factory=Counter[int])


class Claimant:
    """One person after the other from the crowd, each until their hands are full, at one server or else at the other."""

    def __init__(self, home: Mortal, other: Mortal, people: Iterator[Person], is_over: Callable[[], bool]) -> None:
        self._home, self._other, self._people, self._is_over = home, other, people, is_over
        self._wire: Wire | None = None
        self.heard = Heard()

    def work(self) -> None:
        """Until it is over, or nothing is left."""
        for person in self._people:
            if not self._fill_hands(person):
                break
        self._hang_up()

    def _fill_hands(self, person: Person) -> bool:
        """Whether the next person has anything to do."""
        held, was_empty = 0, False
        while held < MOST_HELD and not self._is_over():
            answer = self._ask(person)
            if answer.status == 200:
                self.heard.flags.append(answer.json()["flag_id"])
                self.heard.holders.append(person.id)
                held += 1
            elif answer.status == 503:
                time.sleep(PAUSE_SECONDS)
            elif _code_of(answer) == TooManyHeld.code:  # One of them came with an answer that was lost.
                break
            elif was_empty:
                return False
            else:
                was_empty = True
                time.sleep(EMPTY_SECONDS)
        return not self._is_over()

    def _ask(self, person: Person) -> Answer:
        """Until an answer comes. Nothing says that it is the same request, so a claim whose answer was lost stays one."""
        while True:
            wire, asked_at = self._dial(), time.time()
            try:
                answer = wire.ask("POST", TAKE, person.token)
            except ConnectionError:
                self._hang_up()
                self.heard.broken.append(Broken(person.id, wire.port, asked_at, time.time()))
            else:
                self.heard.statuses[answer.status] += 1
                return answer

    def _dial(self) -> Wire:
        """The connection that stands, or a new one: home again as soon as somebody answers there."""
        while True:
            wanted = self._home if self._home.is_up else self._other
            if self._wire and self._wire.port == wanted.port:
                return self._wire
            self._hang_up()
            try:
                self._wire = Wire(wanted.port)
            except ConnectionError:
                time.sleep(PAUSE_SECONDS)

    def _hang_up(self) -> None:
        if self._wire:
            self._wire.close()
        self._wire = None


def _code_of(answer: Answer) -> str:
    code = answer.json()["code"] if answer.status == 409 else ""
    assert code in {NothingToTake.code, TooManyHeld.code}, f"{answer.status} {answer.body[:300]!r}"
    return code

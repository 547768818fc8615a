"""What every engine carries out: a function of one unit, which may be killed at any moment and called again."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Protocol

from sqlalchemy.exc import OperationalError

from netra.rescoring.errors import Misplaced

PAUSES = (1.0, 4.0, 15.0)
"""Seconds before the next try, where the database does not answer: it may be starting again."""


class Unit(Protocol):
    """A part of the archive: a range of ids, or rows of one file."""

    @property
    def size(self) -> int:
        """By which progress is shown."""
        ...

    def cut(self) -> "list[Any]":
        """Smaller ones, of which a broken text spoils one alone; itself where it cannot be cut."""
        ...


@dataclass(frozen=True)
class Done:
    """What was done with a unit, or with many."""

    scored: int = 0
    flagged: int = 0
    """Flags raised."""
    bad: int = 0
    """Texts that cannot be scored."""
    left: int = 0
    """Texts that somebody else held; another call takes them."""

    def __add__(self, other: "Done") -> "Done":
        return Done(*(getattr(self, own.name) + getattr(other, own.name) for own in fields(self)))


@dataclass(frozen=True)
class Outcome:
    """How a unit ended; `problem` says why it is not done."""

    unit: Any
    done: Done = Done()
    problem: str = ""


class Work(Protocol):
    """Sent to other processes: small, and without secrets. Raises `Misplaced` where no unit could be done."""

    def __call__(self, unit: Any, /) -> Done: ...


class MustStop(Protocol):
    """Whether somebody asked to stop; `netra.stopping.Stop` is one."""

    @property
    def is_asked(self) -> bool: ...


class Engine(Protocol):
    """Whoever has the processes."""

    def run(self, work: Work, units: Iterator[Any], stop: MustStop) -> Iterator[Outcome]:
        """Outcomes as they come, in any order. Asked to stop, it begins no further unit."""
        ...


def try_unit(work: Work, unit: Any) -> Outcome:
    """One call, whose failure is an outcome unless it would be everybody's."""
    try:
        return Outcome(unit, _with_patience(work, unit))
    except Misplaced:
        raise
    except Exception as error:  # A broken file, a lost connection: this unit's matter, told with its reason and tried again.
        return Outcome(unit, problem=f"{type(error).__name__}: {first_line(error)}")


def _with_patience(work: Work, unit: Any) -> Done:
    for seconds in PAUSES:
        try:
            return work(unit)
        except OperationalError:
            time.sleep(seconds)
    return work(unit)


def first_line(error: BaseException) -> str:
    """An error in one line; a driver's own words without the statement and its parameters, which hold texts."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0][:300] if said else "no reason given"

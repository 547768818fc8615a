"""Work that goes wrong, for tests of engines. It is a module of its own because every process imports it."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from netra.rescoring.errors import Misplaced
from netra.rescoring.work import Done


@dataclass(frozen=True)
class Number:
    value: int
    size: int = 1

    def cut(self) -> "list[Number]":
        return [self]


@dataclass(frozen=True)
class Counting:
    """Notes each call in a folder."""

    folder: Path
    dies_on: tuple[int, ...] = ()
    dies_once: bool = False
    fails_on: tuple[int, ...] = ()
    is_lost: bool = False

    def __call__(self, unit: Number) -> Done:
        if self.is_lost:
            raise Misplaced("planted")
        calls = self.folder / str(unit.value)
        with calls.open("a") as noted:
            noted.write("x")
        is_first = calls.stat().st_size == 1
        if unit.value in self.dies_on and (is_first or not self.dies_once):
            os.kill(os.getpid(), signal.SIGKILL)
        if unit.value in self.fails_on:
            raise OSError("planted")
        time.sleep(0.02)
        return Done(scored=1)

"""Processes of this machine. One that is killed costs its units a second try, and nothing else."""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from threading import Thread
from typing import Any

from threadpoolctl import threadpool_limits

from netra.rescoring.work import MustStop, Outcome, Work, try_unit

TRIES = 2
"""Of a unit that was in work when a process died, alone: if that one dies too, so often, the unit is left out."""
LOOK_SECONDS = 0.5
"""How often somebody who waits for a unit looks whether it is time to stop."""

Running = dict[Future[Outcome], Any]


class ThisProcess:
    """One unit after the other, here."""

    def run(self, work: Work, units: Iterator[Any], stop: MustStop) -> Iterator[Outcome]:
        for unit in units:
            if stop.is_asked:
                return
            with threadpool_limits(1):  # More threads for so small arrays only wait for one another.
                outcome = try_unit(work, unit)
            yield outcome


class Processes:
    """As many processes as asked for, each with an artifact of its own."""

    def __init__(self, count: int):
        self._count = count

    def run(self, work: Work, units: Iterator[Any], stop: MustStop) -> Iterator[Outcome]:
        is_over = False
        while not is_over and not stop.is_asked:
            running: Running = {}
            try:
                yield from _run_pool(self._count, work, units, stop, running, ahead=2 * self._count)
                is_over = True
            except BrokenProcessPool:
                yield from _run_one_by_one(work, list(running.values()), stop)


def _run_one_by_one(work: Work, suspects: list[Any], stop: MustStop) -> Iterator[Outcome]:
    """What was in work when a process died, in a pool of one: now it is known whom a dying process was busy with."""
    tries = Counter[Any]()
    while suspects and not stop.is_asked:
        running: Running = {}
        todo = iter(suspects)
        try:
            yield from _run_pool(1, work, todo, stop, running, ahead=1)
            return
        except BrokenProcessPool:
            culprits = list(running.values())
        tries.update(culprits)
        suspects = [*(unit for unit in culprits if tries[unit] < TRIES), *todo]
        for unit in culprits:
            if tries[unit] == TRIES:
                yield Outcome(unit, problem=f"the process that worked on it died, {TRIES} times in a row")


def _run_pool(count: int, work: Work, units: Iterator[Any], stop: MustStop, running: Running, *, ahead: int) -> Iterator[Outcome]:
    """`running` tells the caller of a broken pool what it was busy with, at most `ahead` units."""
    context = multiprocessing.get_context("spawn")  # A fork would take over locks and connections as they stand.
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin) as pool:
        while True:
            if not stop.is_asked:
                for unit in islice(units, ahead - len(running)):
                    running[_submit(pool, work, unit)] = unit
            if not running:
                return
            yield from _collect(running)


def _submit(pool: ProcessPoolExecutor, work: Work, unit: Any) -> Future[Outcome]:
    """A pool that broke between two units takes none: this one counts as in work, so that it is tried again."""
    try:
        return pool.submit(try_unit, work, unit)
    except BrokenProcessPool as error:
        refused = Future[Outcome]()
        refused.set_exception(error)
        return refused


def _collect(running: Running) -> Iterator[Outcome]:
    """Those that have ended; what a dead process was busy with stays in `running`."""
    ended, _ = wait(running, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
    broken = [future for future in ended if isinstance(future.exception(), BrokenProcessPool)]
    for future in ended.difference(broken):
        outcome = future.result()
        del running[future]
        yield outcome
    if broken:
        raise BrokenProcessPool


def _begin() -> None:
    """Ctrl-C is the parent's matter; without a parent there is nobody to work for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(1)  # The cores are shared out already.
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

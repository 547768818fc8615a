"""A Dask cluster: an existing one by its address, or one of processes here. Only this module needs Dask.

Each worker gets the artifact's files once, when it joins, and checks their hash: no common folder is needed. A unit whose
worker dies is given to another; one whose workers die again and again is left out.
"""

import logging
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from netra.rescoring.errors import Misplaced, RescoringError
from netra.rescoring.extras import import_extra
from netra.rescoring.scorers import ArtifactPlace, receive
from netra.rescoring.work import MustStop, Outcome, Work, first_line, try_unit

AHEAD = 500
"""Units that the scheduler knows of: enough for some hundred workers, and few enough to forget at once."""
CONNECT_SECONDS = 15
WAIT_SECONDS = 60
"""How long a scheduler may be without any worker when we come."""
LOOK_SECONDS = 0.5
NAME = "netra-rescore"
UNWATCHED = {"distributed.worker.profile.enabled": False}
"""Dask looks a hundred times a second where each worker is, for a web page that nobody sees here."""


class Cluster:
    """`scheduler` is an address such as `tcp://10.0.0.5:8786`; without one, `count` processes are started here."""

    def __init__(self, place: ArtifactPlace, *, scheduler: str = "", count: int = 1):
        self._place, self._scheduler, self._count = place, scheduler, count

    def run(self, work: Work, units: Iterator[Any], stop: MustStop) -> Iterator[Outcome]:
        distributed = import_extra("distributed", "a Dask cluster")
        with ExitStack() as stack:
            client = self._connect(distributed, stack)
            plugin = make_plugin(distributed, self._place, ignores_ctrl_c=not self._scheduler)
            client.register_plugin(plugin, name=f"{NAME}-{self._place.sha256[:12]}")
            yield from _run(distributed, client, work, units, stop)

    def _connect(self, distributed: Any, stack: ExitStack) -> Any:
        try:
            address = self._scheduler or stack.enter_context(_start_here(distributed, self._count))
            client = stack.enter_context(distributed.Client(address, timeout=CONNECT_SECONDS))
            client.wait_for_workers(1, timeout=WAIT_SECONDS)
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            raise RescoringError(
                f"the Dask cluster {self._scheduler or 'on this machine'} cannot be used: {first_line(error)}. "
                "Check the address, and that at least one worker has joined (docs/rescoring.md)"
            ) from error
        return client


def make_plugin(distributed: Any, place: ArtifactPlace, *, ignores_ctrl_c: bool) -> Any:
    """What brings the artifact to each worker, also to those that join later. Ctrl-C in our terminal is not the workers'."""
    files = {path.name: path.read_bytes() for path in sorted(Path(place.folder).iterdir()) if path.is_file()}

    class Bringer(distributed.WorkerPlugin):
        def setup(self, worker: Any) -> None:
            if ignores_ctrl_c:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            unpack(place, files, Path(worker.local_directory) / NAME)

    return Bringer()


def unpack(place: ArtifactPlace, files: dict[str, bytes], folder: Path) -> None:
    """Lay the files down in this process's own folder, and load them from there."""
    own = folder / place.name
    own.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (own / name).write_bytes(content)
    receive(place, own)


def _start_here(distributed: Any, count: int) -> Any:
    """Processes of one thread, without a web page and closed to other machines."""
    with import_extra("dask.config", "a Dask cluster").set(UNWATCHED):  # Its workers keep what holds while they are made.
        return distributed.LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )


def _run(distributed: Any, client: Any, work: Work, units: Iterator[Any], stop: MustStop) -> Iterator[Outcome]:
    running = dict[Any, Any]()
    try:
        while True:
            if not stop.is_asked:
                for unit in islice(units, AHEAD - len(running)):
                    running[client.submit(try_unit, work, unit, pure=False)] = unit
            if stop.is_asked or not running:
                return
            for future in _wait(distributed, running):
                yield _read(future, running.pop(future))
    finally:
        client.cancel(list(running))  # What a worker has begun it ends, and a next run finds it done.


def _wait(distributed: Any, running: dict[Any, Any]) -> list[Any]:
    try:
        return list(distributed.wait(list(running), timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return []


def _read(future: Any, unit: Any) -> Outcome:
    if future.status == "finished":
        return future.result()
    if future.status == "cancelled":
        raise RescoringError("the Dask scheduler is gone; what was done is stored, run the same command to go on")
    error = future.exception()
    if isinstance(error, Misplaced):
        raise error
    return Outcome(unit, problem=f"{type(error).__name__}: {first_line(error)}")

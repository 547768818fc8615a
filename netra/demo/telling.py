"""What the process that prepares the demo tells the one that serves it: a JSON object a line on standard output.

Whatever else it says there or on standard error is words for people.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from rich.progress import Progress, TaskID

from service.preparing.preparation import Preparation, Step, UnderWay

OPEN, STEP, END, FAILED, UNREAD, OVER = "open", "step", "end", "failed", "unread", "over"
"""The database is there; a step is so far; it has ended; it came to nothing; an outlet could not be read; all is done."""
_lock = Lock()


def tell(event: str, **values: object) -> None:
    """Raises BrokenPipeError where nobody serves any more."""
    with _lock:
        sys.stdout.write(json.dumps({"event": event, **values}) + "\n")
        sys.stdout.flush()


def read_told(line: str) -> Mapping[str, Any] | None:
    """The event of a line, None where the line is words."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "event" in told else None


def after(before: Preparation, told: Mapping[str, Any]) -> Preparation:
    """How far the preparation is once this was told."""
    event = told["event"]
    if event == STEP:
        now = UnderWay(Step(told["step"]), told["done"], told["total"])
        steps = {one.step: one for one in before.steps} | {now.step: now}
        return replace(before, steps=tuple(steps[step] for step in Step if step in steps))
    if event in (END, FAILED):
        failed = (*before.failed, Step(told["step"])) if event == FAILED else before.failed
        return replace(before, steps=tuple(one for one in before.steps if one.step != told["step"]), failed=failed)
    if event == UNREAD:
        return replace(before, unread=(*before.unread, told["outlet"]))
    return replace(before, steps=(), is_over=True, flags=told["flags"]) if event == OVER else before


def broken_off(before: Preparation, *, is_disk_full: bool) -> Preparation:
    """Where it ends without a word: what was under way has failed, unless something else has said so of itself."""
    failed = before.failed or tuple(one.step for one in before.steps)
    return replace(before, steps=(), failed=failed, is_disk_full=is_disk_full, is_over=True)


class TellingProgress(Progress):
    """The progress of one step: what would move a bar is told instead."""

    def __init__(self, step: Step) -> None:
        super().__init__(disable=True)
        self._step = step

    def start(self) -> None:
        tell(STEP, step=self._step, done=0, total=0)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        tell(END if kind is None else FAILED, step=self._step)

    def update(self, task_id: TaskID, **changes: Any) -> None:
        super().update(task_id, **changes)
        self._tell(task_id)

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        super().advance(task_id, advance)
        self._tell(task_id)

    def _tell(self, task_id: TaskID) -> None:
        task = self._tasks[task_id]
        tell(STEP, step=self._step, done=int(task.completed), total=int(task.total or 0))

"""What a page of numbers is, what somebody may ask of it, and what stands at its end."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Protocol

from bench.machine import describe_commit, describe_load, describe_machine
from bench.progress import say

DOCS = Path(__file__).parent.parent / "docs"


@dataclass(frozen=True)
class Wanted:
    """What the command line named."""

    folder: Path = Path("EVAL")
    """Holds the real texts and pages that are measured on."""
    seeds: Path | None = None
    pages: tuple[Path, ...] = ()
    label_studio: Path | None = None
    doccano: Path | None = None
    artifact: Path | None = None
    """The folder of a classifier to score with; where none is named, the pages that need one train it."""
    keep: Path | None = None
    """Where temporary folders are made; the system's own place where it is not said."""
    into: Path = DOCS
    is_trial: bool = False
    """Sizes so small that all of it runs within seconds, and no figure says anything."""


class Need(Protocol):
    """Something without which a page cannot be measured."""

    argument: ClassVar[str]
    """How `make bench` is told where it is; empty where it needs not be told."""

    def describe(self) -> str: ...

    def find_missing(self, wanted: Wanted) -> list[str]:
        """A line for each thing that is not there, with how it is named."""
        ...


@dataclass(frozen=True)
class Page:
    """One page of docs/."""

    name: str
    """As `ONLY=` takes it."""
    file: str
    about: str
    minutes: int
    """On two quiet cores."""
    libraries: tuple[str, ...]
    """Whose versions the page names."""
    commands: tuple[str, ...]
    """What measures its parts one by one."""
    needs: tuple[Need, ...] = ()
    is_long: bool = False
    """Hours of a machine: measured only where `ONLY=` names it."""

    def find_missing(self, wanted: Wanted) -> list[str]:
        return [line for need in self.needs for line in need.find_missing(wanted)]

    def write(self, wanted: Wanted) -> Path:
        """Measure, and put the page into its place at the very end: what breaks off leaves the former one."""
        began, path = time.time(), wanted.into / self.file
        state = f"On {describe_machine(self.libraries)} {describe_commit()} {describe_load()}"
        blocks = list(self._measure(wanted))
        blocks.append(self._describe_run(state, (time.time() - began) / 60))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(block.strip() for block in blocks) + "\n", encoding="utf-8")
        return path

    def _measure(self, wanted: Wanted) -> Iterator[str]:
        for block in import_module(f"bench.pages.{self.name}").measure(wanted):
            say(f"{self.name}: {_first_words(block)}")
            yield block

    def _describe_run(self, state: str, minutes: float) -> str:
        named = "".join(f"{need.argument} " for need in self.needs if need.argument)
        commands = "\n".join((f"make bench {named}ONLY={self.name}", *self.commands))
        return f"## How this was measured\n\n{state} It took {minutes:.0f} minutes.\n\n```\n{commands}\n```"


def choose(pages: Sequence[Page], names: Sequence[str]) -> list[Page]:
    """Those that are named, or all that take no hours."""
    return [page for page in pages if (page.name in names if names else not page.is_long)]


def _first_words(block: str) -> str:
    return block.strip().partition("\n")[0][:100]

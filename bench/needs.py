"""What must be there before a page is begun: files, room on the disk, packages, other programs."""

import shutil
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from bench.page import Wanted


@dataclass(frozen=True)
class Texts:
    """Files of the folder that is measured on."""

    argument: ClassVar[str] = "EVAL=folder"
    names: tuple[str, ...]

    def describe(self) -> str:
        return f"EVAL=folder with {', '.join(self.names)}"

    def find_missing(self, wanted: Wanted) -> list[str]:
        return [f"{wanted.folder / name} (EVAL=folder)" for name in self.names if not (wanted.folder / name).is_file()]


@dataclass(frozen=True)
class Disk:
    argument: ClassVar[str] = ""
    gigabytes: float

    def describe(self) -> str:
        return f"{self.gigabytes:g} GB of disk (KEEP=folder says where)"

    def find_missing(self, wanted: Wanted) -> list[str]:
        place = wanted.keep or Path(tempfile.gettempdir())
        free = shutil.disk_usage(place).free / 1e9 if place.is_dir() else 0
        enough = wanted.is_trial or free >= self.gigabytes
        return [] if enough else [f"{self.gigabytes:g} GB of disk in {place}, where {free:.0f} are free (KEEP=folder)"]


@dataclass(frozen=True)
class Packages:
    argument: ClassVar[str] = ""
    names: tuple[str, ...]
    how: str = "pip install -e '.[test]'"

    def describe(self) -> str:
        return f"{', '.join(self.names)} ({self.how})"

    def find_missing(self, wanted: Wanted) -> list[str]:
        return [f"{name} ({self.how})" for name in self.names if find_spec(name) is None]


@dataclass(frozen=True)
class Commands:
    """Programs of the system."""

    argument: ClassVar[str] = ""
    names: tuple[str, ...]

    def describe(self) -> str:
        return f"{', '.join(self.names)} in the PATH"

    def find_missing(self, wanted: Wanted) -> list[str]:
        return [f"{name} in the PATH" for name in self.names if shutil.which(name) is None]


@dataclass(frozen=True)
class Rivals:
    """At least one of the programs of others, each in an environment of its own."""

    argument: ClassVar[str] = "LABEL_STUDIO=program DOCCANO=program"

    def describe(self) -> str:
        return "LABEL_STUDIO=environment/bin/label-studio, DOCCANO=environment/bin/doccano or both"

    def find_missing(self, wanted: Wanted) -> list[str]:
        return (
            [] if wanted.label_studio or wanted.doccano else [f"{self.describe()}; until then the page stays as it was measured"]
        )

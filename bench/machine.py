"""On what was measured: day, machine, versions, and how busy the machine was."""

import os
import platform
from collections.abc import Sequence
from importlib import metadata

from models import now


def describe_machine(libraries: Sequence[str]) -> str:
    """One sentence for the head of a page."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in libraries)
    return f"{now():%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, {versions}."


def describe_load() -> str:
    """How much else ran in the last minute: CPU time grows with it, ratios within one run less."""
    return f"Other work on the machine when this began: {os.getloadavg()[0]:.1f} processes on {os.cpu_count()} cores."

"""On what was measured: day, machine, versions, state of the code, and how busy the machine was."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from models import now

ROOT = Path(__file__).parent.parent


def describe_machine(libraries: Sequence[str]) -> str:
    """One sentence. A library that is not installed here, because another environment has it, is left out."""
    versions = ", ".join(f"{name} {version}" for name in libraries if (version := _version_of(name)))
    system = f"{platform.system()} {platform.release().partition('-')[0]}, {_memory_gigabytes():.0f} GB of memory"
    own = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}{', ' if versions else ''}{versions}"
    return f"{now():%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), {system}, {own}."


def describe_load() -> str:
    """How much else ran in the last minute: CPU time grows with it, ratios within one run less."""
    return f"Other work on the machine when this began: {os.getloadavg()[0]:.1f} processes on {os.cpu_count()} cores."


def describe_commit() -> str:
    """Of the working tree, and whether it holds more than that; the pages in docs/ change with each run."""
    commit = _ask_git("rev-parse", "--short", "HEAD")
    if not commit:
        return "The commit is not known: this is no clone."
    is_changed = bool(_ask_git("status", "--porcelain", "--", ".", ":!docs"))
    return f"Commit {commit}{', with changes that were not committed' if is_changed else ''}."


def _ask_git(*arguments: str) -> str:
    try:
        asked = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _version_of(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    """The maker's name where the kernel tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory_gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9

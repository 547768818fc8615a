"""What of the data directory belongs into a backup, and what stays out of it.

The names of parts are paths in the data directory, below `home/`. Restoring knows these places and no other.
"""

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from models.database import show_address
from models.settings import Settings
from netra.keeping.archive import is_safe_name

HOME = "home/"
EVIDENCE = "evidence"
FOLDERS = ("artifacts", "encoders", "mappings")
MAP, KEY, AUTHORS, SETTINGS = "map.json", "secret.key", "secrets/author-key", "settings.env"
PLACES = (*(f"{folder}/" for folder in (*FOLDERS, EVIDENCE)), MAP, KEY, AUTHORS, SETTINGS)
KEYS = (KEY, AUTHORS)
ELSEWHERE = {"home", "sources_dir", "demo"}
"""Settings that belong to a machine or a run, not to the house."""


@dataclass(frozen=True)
class Found:
    """A file of the data directory, or text that stands for one."""

    name: str
    path: Path | None = None
    data: bytes = b""


def is_ours(name: str) -> bool:
    """Whether a part has a place in a data directory."""
    return name.startswith(HOME) and any(
        name == HOME + place or (place.endswith("/") and name.startswith(HOME + place)) for place in PLACES
    )


def list_before_evidence(settings: Settings, left_out: list[str]) -> Iterator[Found]:
    for folder in ("artifacts", "encoders"):
        yield from _list_folder(settings.home, folder, left_out)


def list_after_evidence(settings: Settings, left_out: list[str], *, with_key: bool) -> Iterator[Found]:
    yield from _list_file(settings.home, MAP)
    yield from _list_folder(settings.home, "mappings", left_out)
    if with_key:
        if given := settings.secret_key.get_secret_value():
            yield Found(HOME + KEY, data=hashlib.sha256(given.encode()).digest())  # As `service.sealing` makes it.
        else:
            yield from _list_file(settings.home, KEY)
        yield from _list_file(settings.home, AUTHORS)
    yield Found(HOME + SETTINGS, data=describe_settings(settings).encode())


def has_key(settings: Settings) -> bool:
    """Whether there is a key of the house by now: the first thing that is sealed makes it."""
    return bool(settings.secret_key.get_secret_value()) or any((settings.home / name).is_file() for name in KEYS)


def describe_settings(settings: Settings) -> str:
    """Settings that differ from their defaults, without any that is secret; addresses lose their passwords."""
    lines = ["# Settings of the house when this backup was made. Compare them with yours; nothing reads this file."]
    for name, field in sorted(type(settings).model_fields.items()):
        value = getattr(settings, name)
        if name not in ELSEWHERE and not isinstance(value, SecretStr) and value != field.default:
            lines.append(f"NETRA_{name.upper()}={_without_password(name, str(value))}")
    return "\n".join(lines) + "\n"


def _without_password(name: str, value: str) -> str:
    if name == "database_url":
        return show_address(value)
    try:
        has_user = "://" in value and "@" in urlsplit(value).netloc
    except ValueError:
        has_user = True
    return "***" if has_user else " ".join(value.split())


def _list_folder(home: Path, folder: str, left_out: list[str]) -> Iterator[Found]:
    """Plain files only, in the order of their names. What begins with a dot is not finished."""
    found = {path.relative_to(home).as_posix(): path for path in (home / folder).rglob("*") if not path.is_dir()}
    for name in sorted(found):
        if any(part.startswith(".") for part in Path(name).parts):
            continue
        if is_safe_name(HOME + name) and stat.S_ISREG(found[name].lstat().st_mode):
            yield Found(HOME + name, found[name])
        else:
            left_out.append(name)


def _list_file(home: Path, name: str) -> Iterator[Found]:
    if (home / name).is_file():
        yield Found(HOME + name, home / name)

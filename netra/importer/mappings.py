"""Saved mappings of columns: one YAML file a name, in `mappings` of the data directory, so that people can read and mend them."""

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from netra.importer.headers import read_presets
from netra.importer.options import COLUMNS, ColumnNames, Refused

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
LARGEST = 64 * 1024


def save_mapping(folder: Path, name: str, columns: ColumnNames) -> Path:
    """Write the mapping whole or not at all; one of the same name is replaced."""
    path = _path_of(folder, name)
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    said = {ours: list(names) for ours, names in columns.items()}
    draft.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    draft.replace(path)
    return path


def load_mapping(folder: Path, name: str) -> ColumnNames:
    path = _path_of(folder, name)
    if not path.exists():
        names = ", ".join(list_mappings(folder)) or "none"
        raise Refused(f"there is no mapping {name!r} (saved: {names}; save one with --save-mapping)")
    try:
        with path.open(encoding="utf-8") as file:
            return _check(yaml.safe_load(file.read(LARGEST)))
    except (yaml.YAMLError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {str(error).splitlines()[0]} (save it again with --save-mapping)") from error


def list_mappings(folder: Path) -> dict[str, ColumnNames]:
    """Every saved mapping that can be read."""
    found = dict[str, ColumnNames]()
    for path in sorted(folder.glob("*.yml")):
        if NAME.fullmatch(path.stem):
            found[path.stem] = load_mapping(folder, path.stem)
    return found


def preset_columns(name: str) -> ColumnNames:
    """Ours → the columns of that tool's export; our own names stand for themselves."""
    columns: Mapping[str, list[str]] = read_presets()[name]["columns"]
    return {ours: tuple(columns.get(ours, () if columns else (ours,))) for ours in COLUMNS}


def _path_of(folder: Path, name: str) -> Path:
    if NAME.fullmatch(name) is None:
        raise Refused(f"{name[:60]!r} is no name of a mapping (small letters, digits, - and _)")
    return folder / f"{name}.yml"


def _check(values: object) -> ColumnNames:
    if not isinstance(values, dict):
        raise ValueError("it holds no names")
    if unknown := [ours for ours in values if ours not in COLUMNS]:
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(COLUMNS)}")
    return {ours: _names(names) for ours, names in values.items()}


def _names(names: object) -> tuple[str, ...]:
    if isinstance(names, str):
        return (names,)
    if not isinstance(names, list):
        raise ValueError(f"{names!r} is no name of a column")
    return tuple(str(name) for name in names)

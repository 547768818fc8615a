"""Which column of a file is which of ours: said by the caller, by a saved mapping or a preset, else guessed from its name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from netra.importer.options import COLUMNS, ColumnNames, ImportOptions, NoTextColumn, Refused

FILE = Path(__file__).with_name("columns.yml")
HEADER_REACH = 20
"""Rows among which the header is looked for: exports put a title, a filter or a date above it."""
SHOWN_COLUMNS = 12


class Header(NamedTuple):
    """Where the header stands among the first rows, and what it says."""

    at: int
    names: list[str]
    columns: ColumnNames


def resolve_columns(names: Sequence[str], options: ImportOptions) -> ColumnNames:
    """Ours → the file's, for those that the file has."""
    known = _by_spelling(names)
    chosen = dict[str, tuple[str, ...]]()
    for ours in COLUMNS:
        wanted = options.names_of(ours)
        if found := tuple(dict.fromkeys(known[key] for key in map(_spell, wanted or ()) if key in known)):
            chosen[ours] = found
    return chosen if options.columns is not None else _guess(known, chosen, options)


def find_header(rows: Sequence[Sequence[str]], options: ImportOptions) -> Header:
    """The row, among the first ones, whose names say most of ours; merged cells above lend their names to empty ones below.

    Raises NoTextColumn with the columns that were seen where none names the text, Refused where two bear one name.
    """
    found = max(_candidates(rows, options), key=lambda header: (len(header.columns), -header.at), default=None)
    if found is None or "text" not in found.columns:
        widest = max(rows, key=lambda row: sum(map(bool, row)), default=[])
        raise NoTextColumn(_say_no_text(widest, options))
    if twice := {name for name in found.names if name and found.names.count(name) > 1 and _is_used(name, found.columns)}:
        raise Refused(f"the header names {', '.join(sorted(twice))} twice (rename one of them)")
    return found


def missing_names(names: Sequence[str], options: ImportOptions) -> list[str]:
    """Columns that `--map` names and the file has not."""
    known = _by_spelling(names)
    return [theirs for ours in options.mapping for theirs in options.names_of(ours) or () if _spell(theirs) not in known]


@cache
def read_presets() -> dict[str, dict[str, Any]]:
    return _read_file()["presets"]


@cache
def _read_file() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def _candidates(rows: Sequence[Sequence[str]], options: ImportOptions) -> Iterator[Header]:
    for at, row in enumerate(rows):
        yield _header(at, row, options)
    for at, (above, row) in enumerate(pairwise(rows), start=1):
        lent = [own or over for over, own in zip_longest(above, row, fillvalue="")]
        if any(row) and lent != list(row):
            yield _header(at, lent, options)


def _header(at: int, row: Iterable[str], options: ImportOptions) -> Header:
    names = [name.strip() for name in row]
    return Header(at, names, resolve_columns(names, options))


def _guess(known: Mapping[str, str], chosen: dict[str, tuple[str, ...]], options: ImportOptions) -> ColumnNames:
    taken = {name for names in chosen.values() for name in names}
    for ours, spellings in _read_file()["guesses"].items():
        if ours in chosen or ours in options.mapping:
            continue
        name = next((known[key] for key in spellings if key in known and known[key] not in taken), None)
        if name is not None:
            chosen[ours] = (name,)
            taken.add(name)
    return chosen


def _by_spelling(names: Iterable[str]) -> dict[str, str]:
    """The first column of each spelling; a spelling of ours wins over a loose one."""
    known = dict[str, str]()
    for name in names:
        known.setdefault(_spell(name), name)
    return known


def _spell(name: str) -> str:
    """As names are compared.

    >>> _spell(" Tanggal_Terbit ")
    'tanggal terbit'
    """
    return " ".join(re.sub(r"[_\-.]", " ", name.replace("\ufeff", "")).casefold().split())


def _is_used(name: str, columns: ColumnNames) -> bool:
    return any(name in names for names in columns.values())


def _say_no_text(names: Sequence[str], options: ImportOptions) -> str:
    wanted = options.names_of("text")
    seen = ", ".join(repr(name[:40]) for name in names[:SHOWN_COLUMNS] if name.strip()) or "none"
    lack = f"the header has no column {wanted[0]!r}" if wanted else "no column is known to hold the text"
    return f"{lack}; columns: {seen} (name it: --map text=NAME)"

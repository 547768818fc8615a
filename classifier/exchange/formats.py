"""The formats by name, and files that are there whole or not at all."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from classifier.exchange.doccano import read_doccano, write_doccano
from classifier.exchange.jsonl import read_jsonl, write_jsonl
from classifier.exchange.label_studio import read_label_studio, write_label_studio
from classifier.exchange.records import Offsets, ReadOptions, Record, Task
from classifier.exchange.table import read_table, write_table


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"


READERS: dict[Format, Callable[[Path, ReadOptions], Iterator[Record]]] = {
    Format.JSONL: read_jsonl,
    Format.CSV: read_table,
    Format.LABEL_STUDIO: read_label_studio,
    Format.DOCCANO: read_doccano,
}


def write_tasks(file: TextIO, form: Format, tasks: Iterable[Task], *, offsets: Offsets = Offsets.CHARACTERS) -> None:
    """Write every task; `offsets` matters to doccano alone."""
    if form is Format.DOCCANO:
        write_doccano(file, tasks, offsets)
    else:
        {Format.JSONL: write_jsonl, Format.CSV: write_table, Format.LABEL_STUDIO: write_label_studio}[form](file, tasks)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A file that takes its name when everything is in it. It holds people's texts: only its owner may read it."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.touch(mode=0o600)
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

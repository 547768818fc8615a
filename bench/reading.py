"""Texts to measure on, read from a folder outside of this repository."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classifier.reading.document import Document, guess_kind

Row = dict[str, Any]


def read_rows(path: Path) -> Iterator[Row]:
    """Objects of a .jsonl or .jsonl.gz file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def document_of_row(row: Row) -> Document:
    """As `netra classify` reads it: the title where there is one, the kind guessed from the form."""
    return Document(row["text"], title=row.get("title") or "", kind=guess_kind(row["text"]))

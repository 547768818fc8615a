"""Refused rows as a table that can be mended and imported again: our names of columns, the reason, the place, the row as it was.

Our own import knows the file by its columns: the reason and the place are left out, and a row that is still without a text is
refused again.
"""

import csv
from pathlib import Path
from types import TracebackType
from typing import TextIO

from classifier.exchange.table import quote_formula
from netra.importer.options import COLUMNS, ImportRow
from netra.importer.tables import ERROR_COLUMN, PLACE_COLUMN, RAW_COLUMN


class ErrorsFile:
    """Written row by row; no file is left where nothing was refused. Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def __enter__(self) -> "ErrorsFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, row: ImportRow) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", errors="replace", newline="")
            self._file.write("\ufeff")  # Without it spreadsheets take UTF-8 for something older.
            csv.writer(self._file).writerow((*COLUMNS, ERROR_COLUMN, PLACE_COLUMN, RAW_COLUMN))
        said = [row.values.get(name, "") for name in COLUMNS]
        cells = [cell.replace("\0", "") for cell in (*said, row.refusal, row.place, row.raw)]
        csv.writer(self._file).writerow([quote_formula(cell) for cell in cells])

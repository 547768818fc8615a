"""Spreadsheets (.xlsx), sheet by sheet and row by row. The package is judged before it is opened.

openpyxl and not calamine: of two cells in far corners calamine makes the whole grid between them and aborts the process.
defusedxml refuses entities; a formula counts for the value that was stored with it, and is never kept itself.
"""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any

from netra.importer.options import ImportOptions, ImportRow, Refused
from netra.importer.packages import check_package
from netra.importer.tables import Record, read_table

MOST_COLUMNS = 256
"""Every row is padded to so many; one that fills a further cell is refused, not cut."""
MOST_ROWS = 1_048_576
"""As many as a sheet can have. A row may claim to be the hundred-billionth, and the reader would make all before it."""
MOST_EMPTY = 10_000
"""Empty rows one after the other; what stands behind them was put there to make us walk."""
MOST_SHEETS = 50
"""Visible ones; those behind them are refused."""
LARGEST = 256 * 1024 * 1024
"""Bytes of the unpacked parts together; the table of strings is held in memory."""
LARGEST_HELD = 8 * 1024 * 1024
"""Of a part that is neither a sheet nor strings, and of one row of a sheet: made into objects, they take thirty times that."""
STREAMED = re.compile(r"xl/(?:worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)
ENDS = re.compile(rb"</(?:\w{1,10}:)?(?:row|si)>")
LONGEST_TAG = 16
CHUNK = 1024 * 1024
OLD_MAGIC = b"\xd0\xcf\x11\xe0"


def read_xlsx(path: Path, options: ImportOptions) -> Iterator[ImportRow]:
    """The rows of every sheet that has a header which names the text."""
    with path.open("rb") as file:
        if file.read(4) == OLD_MAGIC:
            raise Refused("an old .xls or a workbook with a password (save it as .xlsx without one, or as .csv)")
    try:
        with zipfile.ZipFile(path) as package:
            check_package(package, LARGEST)
            _check_parts(package)
        with path.open("rb") as file:  # By its path, a workbook that cannot be opened would leave the file open.
            book = _quietly(lambda: _open(file))
            try:
                yield from _read_book(str(path), book, options)
            finally:
                book.close()
    except Refused:
        raise
    except Exception as error:  # What a hostile package breaks in a library of two thousand classes has no list.
        raise Refused(f"not a sound workbook: {str(error)[:200] or type(error).__name__} (save it again, or as .csv)") from error


def _check_parts(package: zipfile.ZipFile) -> None:
    """What openpyxl holds whole: most parts, and each row with all of its cells."""
    for member in package.infolist():
        is_streamed = STREAMED.fullmatch(member.filename) is not None
        if member.file_size > LARGEST_HELD and not (is_streamed and _is_of_short_rows(package, member)):
            raise Refused(f"{member.filename[:60]} is larger than a spreadsheet program writes it (save it as .csv)")


def _is_of_short_rows(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether rows and strings end often enough. Comments, which could say that they do, are in no program's sheets."""
    waiting, before = 0, b""
    with package.open(member) as part:
        while chunk := part.read(CHUNK):
            window = before + chunk
            if b"<!" in window:
                return False
            last = max((end.end() for end in ENDS.finditer(window)), default=0)
            waiting = len(window) - last if last else waiting + len(chunk)
            if waiting > LARGEST_HELD:
                return False
            before = window[-LONGEST_TAG:]
    return True


def _open(file: IO[bytes]) -> Any:
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise Refused("defusedxml is missing (install it: make setup)")
    return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)


def _read_book(path: str, book: Any, options: ImportOptions) -> Iterator[ImportRow]:
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    used, textless = 0, list[ImportRow]()
    for sheet in sheets[:MOST_SHEETS]:
        for row in read_table(_place(path, sheet, sheets), _read_records(sheet), options):
            if row.is_textless and len(sheets) > 1:
                textless.append(row)
                continue
            used += 1
            yield row
    if not used:
        yield from textless[:1] or [ImportRow(path, refusal="the workbook holds no visible sheet")]
    else:
        yield from (ImportRow(row.place, skipped="lembar tanpa kolom teks") for row in textless)
    if left := sheets[MOST_SHEETS:]:
        reason = f"this sheet and all behind it ({len(left)}) were not read: more than {MOST_SHEETS} (make it two workbooks)"
        yield ImportRow(_place(path, left[0], sheets), refusal=reason)


def _place(path: str, sheet: Any, sheets: list[Any]) -> str:
    return path if len(sheets) == 1 else f"{path}:{str(sheet.title)[:31]}"


def _read_records(sheet: Any) -> Iterator[Record]:
    sheet.reset_dimensions()  # What the sheet says of its own size is not believed.
    rows = enumerate(islice(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), MOST_ROWS), start=1)
    empty = 0
    while (found := _quietly(lambda: next(rows, None))) is not None:
        number, values = found
        cells = [_say(value) for value in values[: _width_of(values)]]
        empty = 0 if any(cells) else empty + 1
        if len(cells) > MOST_COLUMNS:
            yield Record(number, trouble=f"more than {MOST_COLUMNS} columns (delete those that nobody needs)")
        elif not empty:
            yield Record(number, cells, is_grid=True)
        if empty > MOST_EMPTY:
            yield Record(number, trouble=f"{MOST_EMPTY} empty rows before it: the rest was not read (delete the empty rows)")
            return


def _width_of(values: Sequence[object]) -> int:
    """Cells up to the last that holds anything."""
    return next((index + 1 for index in range(len(values) - 1, -1, -1) if values[index] is not None), 0)


def _say(value: object) -> str:
    """A cell as text; a number without the `.0` that a spreadsheet does not show."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _quietly(call: Any) -> Any:
    """openpyxl warns of what it does not keep, such as styles: we keep none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()

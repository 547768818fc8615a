"""How the command line speaks: progress on standard error, results on standard output, one line for an error."""

import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn

import typer
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

STEERING = [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
"""What steers a terminal, or turns the text behind it: of both sets of controls all but tab and line feed."""
UNBOUNDED = 10_000
"""Columns where no terminal ends the line."""
LEAST_ROOM = 20
"""Columns that a long cell needs: in less it is a ladder of syllables."""
_DROPPED = dict.fromkeys(STEERING)
_ESCAPED = {sign: f"\\u{sign:04x}" for sign in STEERING if sign >= 127}


class PlainConsole(Console):
    """Texts come from anywhere: none of them moves the cursor, sets a title or types for the person who reads it."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else text.translate(_DROPPED), style, control)


def _width_of(stream: IO[str] | None) -> int | None:
    """None is the terminal's own, or what COLUMNS says. Into a pipe or a file go whole lines: no table shortens a value there."""
    is_bounded = "COLUMNS" in os.environ or (stream is not None and stream.isatty())
    return None if is_bounded else UNBOUNDED


out = PlainConsole(highlight=False, width=_width_of(sys.stdout))
err = PlainConsole(stderr=True, highlight=False)

DONE, INCOMPLETE, UNUSABLE = 0, 1, 2
"""Exit codes: all went well; some of it was refused or failed; nothing could be done as asked."""

LARGEST_ID = 2**63 - 1
"""As far as the numbers of a database go."""
MOST_ROWS = 1_000_000
"""The most that a command can be asked to list."""

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def day_option(help_text: str) -> Any:
    """An option that takes one day."""
    return typer.Option(parser=_read_day, metavar="YYYY-MM-DD", help=help_text)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it as 2024-11-27.") from None


def number_argument(metavar: str, help_text: str = "") -> Any:
    """An argument that takes the number of a row, or several of them."""
    return typer.Argument(parser=_read_number, metavar=metavar, help=help_text)


def number_option(help_text: str) -> Any:
    """An option that takes the number of a row."""
    return typer.Option(parser=_read_number, metavar="NUMBER", help=help_text)


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)) and int(text) <= LARGEST_ID):
        raise typer.BadParameter(f"{text!r} is no number of anything; the largest is {LARGEST_ID}.")
    return int(text)


def print_json(value: Any) -> None:
    """For machines: one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str).translate(_ESCAPED) + "\n")


def fail(message: str, mend: str = "") -> NoReturn:
    """End with one line that says what is wrong and how to mend it."""
    err.print(f"netra: {message}" + (f" {mend}" if mend else ""), markup=False, soft_wrap=True)
    raise typer.Exit(UNUSABLE)


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[object]], *, long: Collection[str]) -> None:
    """A table that cuts nothing. Where the terminal leaves its `long` columns too little room, they stand below each row."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    lines = ([max(map(cell_len, cell.split("\n"))) for cell in row] for row in (columns, *cells))
    widths = list(map(max, *lines, [0] * len(columns)))
    short = [number for number, name in enumerate(columns) if name not in long]
    room = out.width - sum(widths[number] + 2 for number in short)
    if room >= (LEAST_ROOM + 2) * (len(columns) - len(short)):
        heads = (Column(name, no_wrap=name not in long, overflow="fold") for name in columns)
        table = Table(*heads, box=None, header_style="bold")
        for row in cells:
            table.add_row(*map(Text, row))
        out.print(table)
        return
    for style, row in (("bold", columns), *(("", row) for row in cells)):
        line = "  ".join(row[number] + " " * (widths[number] - cell_len(row[number])) for number in short)
        out.print(f" {line.rstrip()}", style=style, markup=False, soft_wrap=True)
        below = " · ".join(filter(None, (" ".join(cell.split()) for number, cell in enumerate(row) if number not in short)))
        if below:
            out.print(f"     {below}", style=style, markup=False, soft_wrap=True)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar a stage, on standard error; silent where no person watches."""
    columns = (TextColumn("{task.description:<34}"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as progress:
        try:
            yield progress
        except BaseException:  # Also Ctrl-C: a refusal or a stop leaves no bar of what never began.
            for task in progress.tasks:
                progress.update(task.id, visible=task.completed > 0)
            raise
        for task in progress.tasks:
            if task.total is None:  # Where nothing was counted, what the command says tells more than an empty bar.
                progress.update(task.id, total=task.completed, visible=task.completed > 0)


def open_lines(path: Path, mode: str) -> IO[str]:
    """A file of lines, or standard input and output for `-`. What is not UTF-8 is replaced, not fatal."""
    if str(path) == "-":
        stream = sys.stdin if mode == "r" else sys.stdout
        stream.reconfigure(encoding="utf-8", errors="replace")  # pyright: ignore[reportAttributeAccessIssue]
        return stream
    try:
        return path.open(mode, encoding="utf-8", errors="replace")
    except OSError as error:
        fail(f"{path} cannot be opened: {error.strerror or error}.", "Check the path.")

"""The board: a table that is drawn anew on a terminal, plain lines elsewhere, nothing where nobody wants it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.live import Live
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from netra.console import err
from netra.display.figures import FiguresReader
from netra.display.frames import ended_line, frame, progress_line

DRAW_SECONDS = 0.5
PLAIN_READ_SECONDS = 2.0
PLAIN_LINE_SECONDS = 30.0

Clock = Callable[[], float]


class Board:
    """Shows crawls under way. Call `refresh` as often as you like: it asks the database seldom enough by itself."""

    read_seconds = float("inf")

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._read_at = float("-inf")

    def refresh(self, *, upcoming: Sequence[str] | None = None, note: str = "") -> None:
        """Show how things stand, if the last time is long enough ago.

        `upcoming` says in words what comes next; without it, the sources are named that were not begun. `note` says
        what only the caller knows, as "lists 3/20".
        """
        if self._clock() - self._read_at >= self.read_seconds:
            self._read_at = self._clock()
            with suppress(SQLAlchemyError):  # A database that is away for a moment must not end the work that is watched.
                self._show(upcoming, note)

    def finish(self) -> None:
        """Show the end, however short ago the last time was."""
        self._read_at = float("-inf")
        self.refresh()

    def _show(self, upcoming: Sequence[str] | None, note: str) -> None:
        """This board shows nothing."""


class PlainBoard(Board):
    """One line for each source that ended; how far it is every half a minute."""

    read_seconds = PLAIN_READ_SECONDS

    def __init__(self, reader: FiguresReader, console: Console, clock: Clock = time.monotonic) -> None:
        super().__init__(clock)
        self._reader, self._console = reader, console
        self._said_at = clock()

    def _show(self, upcoming: Sequence[str] | None, note: str) -> None:
        figures = self._reader.read()
        for run in figures.ended:
            self._say(ended_line(run))
        if self._clock() - self._said_at >= PLAIN_LINE_SECONDS:
            self._said_at = self._clock()
            self._say(progress_line(figures, note))

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, emoji=False, soft_wrap=True)


class LiveBoard(Board):
    """Drawn in place, at most twice a second, and gone at the end: the results say what came of it."""

    read_seconds = DRAW_SECONDS

    def __init__(self, reader: FiguresReader, live: Live, clock: Clock = time.monotonic) -> None:
        super().__init__(clock)
        self._reader, self._live = reader, live

    def _show(self, upcoming: Sequence[str] | None, note: str) -> None:
        width, height = self._live.console.size
        drawn = frame(self._reader.read(), width=width, height=height, upcoming=upcoming, note=note)
        self._live.update(drawn, refresh=True)


@contextmanager
def live_board(engine: Engine, slugs: Sequence[str], *, quiet: bool = False, console: Console = err) -> Iterator[Board]:
    """A board of the runs of these sources that begin from now on, on standard error.

    The cursor is back and the board gone however the block ends, Ctrl-C included.

        with live_board(engine, slugs) as board:
            while processes.step():
                board.refresh()
    """
    if quiet:
        yield Board()
        return
    reader = FiguresReader(engine, slugs)
    if not console.is_terminal or console.is_dumb_terminal:
        board = PlainBoard(reader, console)
        yield board
        board.finish()
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield LiveBoard(reader, live)

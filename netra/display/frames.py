"""Figures as lines and tables. Names and reasons come from the web: they are shown as they are, never as markup."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from models import FetchOutcome, RunState
from netra.display.figures import Figures, RunFigures

WIDE = 110
"""From this width on there is room for hosts."""
SHOWN_NEXT = 6
COLUMNS = {
    "stored": (FetchOutcome.STORED,),
    "changed": (FetchOutcome.CHANGED,),
    "same": (FetchOutcome.UNCHANGED,),
    "refused": (FetchOutcome.REFUSED, FetchOutcome.BLOCKED),
    "failed": (FetchOutcome.FAILED,),
}
LONG_NAMES = {
    "stored": FetchOutcome.STORED,
    "changed": FetchOutcome.CHANGED,
    "same": FetchOutcome.UNCHANGED,
    "refused": FetchOutcome.REFUSED,
    "forbidden": FetchOutcome.BLOCKED,
    "failed": FetchOutcome.FAILED,
}
ENDINGS = {RunState.FINISHED: "done", RunState.FAILED: "FAILED", RunState.INTERRUPTED: "stopped"}


def frame(figures: Figures, *, width: int, height: int, upcoming: Sequence[str] | None, note: str = "") -> RenderableType:
    """The whole board, never taller than the terminal: what does not fit is counted."""
    room = max(height - len(figures.problems) - 7, 3)
    parts: list[RenderableType] = [_totals(figures, width, note), _table(figures.running[:room], is_wide=width >= WIDE)]
    if len(figures.running) > room:
        parts.append(Text(f"  and {len(figures.running) - room} more", style="dim"))
    if figures.problems:
        parts.append(Text("Last problems", style="bold"))
        parts += [_line(f"  {problem.slug}: {problem.words}") for problem in figures.problems]
    if following := _following(figures, upcoming):
        parts.append(_line(f"Next: {following}"))
    return Group(*parts)


def progress_line(figures: Figures, note: str = "") -> str:
    """The same in one plain line."""
    running = ", ".join(run.slug for run in figures.running[:SHOWN_NEXT]) or "none"
    also = f", {note}" if note else ""
    done = f"{figures.sources_done} of {figures.sources} sources done{also}, {figures.pages} pages"
    pace = f"{figures.pages_a_minute:.0f} a minute, {figures.pages_waiting} wait"
    return printable(f"{done}, {pace}; running: {running}")


def ended_line(run: RunFigures) -> str:
    """How one source ended."""
    counts = ", ".join(f"{name} {run.counts[outcome]}" for name, outcome in LONG_NAMES.items() if run.counts.get(outcome))
    why = f" ({run.reason})" if run.state is not RunState.FINISHED and run.reason else ""
    ending = ENDINGS.get(run.state, str(run.state))
    return printable(f"{run.slug}: {ending} in {clock(run.seconds)}: {counts or 'nothing new'}{why}")


def printable(text: str) -> str:
    """One line without control signs: what an outlet calls itself must not steer the terminal.

    >>> printable("a\\x1b[31mb\\nc")
    'a [31mb c'
    """
    return "".join(sign if sign.isprintable() else " " for sign in text)


def clock(seconds: float) -> str:
    """
    >>> clock(75), clock(4000)
    ('1:15', '1:06:40')
    """
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _totals(figures: Figures, width: int, note: str) -> RenderableType:
    known = figures.pages + figures.pages_waiting
    words = f"{figures.pages}/{known} pages, {figures.pages_a_minute:.0f}/min, {clock(figures.seconds)}"
    words += f", {note}" if note else ""
    done = f"{figures.sources_done}/{figures.sources} sources"
    line = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=max(known, 1), completed=figures.pages, width=max(min(30, width - len(words) - len(done) - 4), 5))
    line.add_row(Text(done, style="bold", no_wrap=True), bar, Text(words, no_wrap=True))
    return line


def _table(runs: Sequence[RunFigures], *, is_wide: bool) -> RenderableType:
    if not runs:
        return Text("  nothing is running", style="dim")
    table = Table(box=None, expand=True, header_style="bold", padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("source", ratio=2, no_wrap=True, overflow="ellipsis", min_width=12)
    if is_wide:
        table.add_column("host", ratio=2, no_wrap=True, overflow="ellipsis")
    for name in ("since", "lists", *COLUMNS, "p/min", "waiting" if is_wide else "wait"):
        table.add_column(name, justify="right", no_wrap=True)
    for run in runs:
        table.add_row(*_cells(run, is_wide=is_wide))
    return table


def _cells(run: RunFigures, *, is_wide: bool) -> list[Text]:
    counts = [sum(run.counts.get(outcome, 0) for outcome in outcomes) for outcomes in COLUMNS.values()]
    figures = [clock(run.seconds), run.counts.get(FetchOutcome.LISTED, 0), *counts, f"{run.pages_a_minute:.0f}", run.waiting]
    cells = [Text(printable(run.name or run.slug)), *([Text(printable(run.host))] if is_wide else [])]
    return cells + [Text(str(figure)) for figure in figures]


def _following(figures: Figures, upcoming: Sequence[str] | None) -> str:
    names = list(figures.waiting_slugs if upcoming is None else upcoming)
    more = f" and {len(names) - SHOWN_NEXT} more" if len(names) > SHOWN_NEXT else ""
    return ", ".join(names[:SHOWN_NEXT]) + more


def _line(text: str) -> Text:
    return Text(printable(text), no_wrap=True, overflow="ellipsis")

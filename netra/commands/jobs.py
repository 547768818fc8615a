"""`netra jobs`: what comes round by itself, how it went, and doing it now."""

from contextlib import nullcontext
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from models.base import now
from models.database import make_reading_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, fail, out, print_json, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from netra.jobs.job import Job
    from netra.jobs.reading import JobLine
    from netra.jobs.running import Outcome

app = typer.Typer(help="What comes round by itself, how it went, and doing it now.", no_args_is_help=True)

COLUMNS = ("job", "queue", "every", "last", "outcome", "next", "holder")
JAKARTA = ZoneInfo("Asia/Jakarta")


@app.command("list")
def list_all(as_json: JsonOption = False) -> None:
    """List the jobs: how often each comes round, how it ended last and why, when it is next, and who does it now.

    Example: `netra jobs list`
    """
    from netra.jobs.reading import read_jobs

    settings = Settings()
    with make_reading_session(open_database(settings))() as session:
        lines = read_jobs(session, settings)
    if as_json:
        print_json([asdict(line) for line in lines])
    else:
        out.print(_table(lines))
        for line in lines:
            if line.off and line.every_minutes:
                out.print(f"{line.name} is off: {line.off}", markup=False, soft_wrap=True)
            if line.failures:
                err.print(f"{line.failing} failed {line.failures} times in a row: {line.why}", markup=False, soft_wrap=True)


@app.command()
def run(
    name: Annotated[str, typer.Argument(metavar="JOB", help="A name of `netra jobs list`.")],
    if_due: Annotated[bool, typer.Option("--if-due", help="Only if its time has come; else nothing, with exit code 0.")] = False,
    stay: Annotated[bool, typer.Option("--stay", help="Go on until Ctrl-C or SIGTERM: crawl and score only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Do one job now, under its turn: while somebody else does it, nothing happens, with exit code 2.

    Exit code 1 when it failed, or was stopped before its end.

    Example: `netra jobs run digest`
    """
    from netra.jobs.rhythm import get_job
    from netra.jobs.running import run_job
    from netra.stopping import stop_on_signals

    settings = Settings()
    job = get_job(settings, name)
    if reason := job.why_off(settings):
        fail(f"{name} cannot be done: {reason}.")
    if stay and job.stay is None:
        fail(f"{name} comes to its end by itself.", "Leave --stay out.")
    engine = open_database(settings)
    work = job.stay if stay else job.work
    with stop_on_signals() as stop, nullcontext() if stay or if_due else progress_bar() as progress:
        if progress is not None:
            progress.add_task(f"Job {name}", total=None)
        outcome = run_job(settings, engine, job, stop, work=work, only_due=if_due, stays=stay)
    if outcome is None and not if_due:
        fail(f"{name} is done by {_holder_of(settings, job)} just now.", "Wait for it: netra jobs list")
    if as_json:
        print_json(asdict(outcome) if outcome else {"job": name, "state": None, "said": "not due, or held"})
    elif outcome is not None:
        _tell(outcome, is_asked=not if_due)
    if outcome is not None and not outcome.is_sound:
        raise typer.Exit(INCOMPLETE)


def _tell(outcome: "Outcome", *, is_asked: bool) -> None:
    """Where nobody asked, nothing is said of what went well: its run tells."""
    if not outcome.is_sound:
        err.print(f"{outcome.state}: {outcome.said}", markup=False, soft_wrap=True)
    elif is_asked:
        out.print(outcome.said, markup=False, soft_wrap=True)


def _holder_of(settings: Settings, job: "Job") -> str:
    from netra.jobs.reading import find_holder

    with make_reading_session(open_database(settings))() as session:
        turn = find_holder(session, job.name)
    return f"{turn.holder} since {_moment(turn.taken_at)}" if turn else "somebody else"


def _table(lines: "list[JobLine]") -> Table:
    table = Table(box=None, header_style="bold")
    for column in COLUMNS:
        table.add_column(column, no_wrap=column != "holder", overflow="fold")
    for line in lines:
        coming = "" if line.next_at is None else "now" if line.next_at <= now() else _moment(line.next_at)
        ended = (_moment(line.last_at) or "never", line.outcome or "")
        cells = (line.name, line.queue, _every(line), *ended, coming, ", ".join(line.holders))
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _every(line: "JobLine") -> str:
    minutes = line.every_minutes
    if not minutes:
        return "by hand"
    if line.off:
        return "off"
    if minutes % (24 * 60) == 0:
        return f"{minutes / 24 / 60:g} d"
    return f"{minutes / 60:g} h" if minutes % 60 == 0 else f"{minutes:g} min"


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(JAKARTA):%m-%d %H:%M}" if moment else ""

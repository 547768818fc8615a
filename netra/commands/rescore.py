"""`netra rescore`: an archive through one artifact, on this machine or on a Dask cluster. docs/rescoring.md tells more."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, day_option, err, fail, out, print_json, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from netra.rescoring.database import DatabaseWork
    from netra.rescoring.estimate import Estimate
    from netra.rescoring.parquet import ParquetWork
    from netra.rescoring.parts import Refused
    from netra.rescoring.run import Report
    from netra.rescoring.work import Engine, Outcome

STOPPED = 130
"""Exit code after Ctrl-C, as shells expect."""
SHOWN = 20
LINE_SECONDS = 30.0
"""How often a line says how far it is, where no person watches a bar."""

Kind = Literal["local", "dask"]


def rescore(
    artifact: Annotated[
        str, typer.Option(help="Its name; over Parquet also its folder. None means the live or newest one.")
    ] = "",
    engine: Annotated[Kind, typer.Option(help="Processes here, or a Dask cluster.")] = "local",
    workers: Annotated[int, typer.Option(min=0, max=1024, help="Processes to start; 0 means one for each core.")] = 0,
    scheduler: Annotated[str, typer.Option(metavar="ADDRESS", help="Of a running Dask scheduler, tcp:// or tls://.")] = "",
    since: Annotated[date | None, day_option("Only texts published on this day or later.")] = None,
    until: Annotated[date | None, day_option("Only texts published on this day or before.")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="Only texts of this source; may be given again.")] = None,
    flag: Annotated[bool, typer.Option("--flag", help="Raise flags, as `netra score` does: their legal clocks begin.")] = False,
    files: Annotated[
        list[Path] | None, typer.Option("--input", help="A Parquet file or a folder of them, instead of the database.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="With --input: the folder for what comes of it, as Parquet.")] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="OURS=THEIRS", help="Another name of a column, such as text=isi.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count and estimate by a sample; write nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Score an archive with one artifact: all current texts of the database, or files of Parquet.

    What this artifact has scored is kept and not scored again, so stop and kill it as you like: the same command goes on.
    No flag is raised without --flag, for texts of long ago would fill the queue with clocks that have run out.

    Example: `netra rescore --dry-run`, `netra rescore --input arsip/ --output skor/ --engine dask --scheduler tcp://10.0.0.5:8786`
    """
    from netra.rescoring.columns import parse_columns

    if scheduler and engine != "dask":
        fail("--scheduler belongs to --engine dask.", "Add it, or leave the address out.")
    if bool(files) != (output is not None):
        fail("--input and --output belong together.", "Give both for Parquet, none for the database.")
    run = _Run(engine, scheduler, workers, dry_run=dry_run, as_json=as_json)
    if files and output:
        if since or until or source or flag:
            fail("--since, --until, --source and --flag are for the database.", "Leave them out, or leave --input out.")
        _rescore_parquet(run, artifact, files, output, parse_columns(column or []))
    else:
        if column:
            fail("--column is for Parquet.", "Leave it out, or give --input.")
        _rescore_database(run, artifact, since, until, source or [], flag=flag)


class _Run:
    """How to do it, and how to say what was done."""

    def __init__(self, kind: Kind, scheduler: str, workers: int, *, dry_run: bool, as_json: bool):
        self.kind, self.scheduler, self.workers = kind, scheduler, workers
        self.dry_run, self.as_json = dry_run, as_json

    def carry_out(self, work: "DatabaseWork | ParquetWork", units: list[Any], what: str) -> "Report":
        """With progress; Ctrl-C ends it after what is at hand."""
        from netra.rescoring.preparing import choose_engine
        from netra.rescoring.run import run_all
        from netra.stopping import stop_on_signals

        engine: Engine = choose_engine(self.kind, work.place, scheduler=self.scheduler, count=self.workers)
        with stop_on_signals() as stop, _showing(what, sum(unit.size for unit in units)) as show:
            return run_all(engine, work, units, stop, on_outcome=show, wait=stop.wait)

    def tell(self, report: "Report", refused: "list[Refused]", place: Any, seconds: float) -> None:
        problems = [f"{own.source}: {own.reason}" for own in refused]
        problems += [f"{own.unit}: {own.problem or f'{own.done.left} texts were held by others'}" for own in report.failures]
        told = {name: count for name, count in asdict(report.done).items() if name != "left"}
        if self.as_json:
            facts = {"artifact": place.name, **told, "seconds": round(seconds, 2), "stopped": report.is_stopped}
            print_json(facts | {"problems": problems[:SHOWN], "problem_count": len(problems)})
        else:
            out.print(f"scored {told['scored']} with {place.name}, flagged {told['flagged']}", soft_wrap=True, markup=False)
        self._tell_problems(problems, report)
        if report.is_stopped:
            raise typer.Exit(STOPPED)
        if problems or not report.is_whole:
            raise typer.Exit(INCOMPLETE)

    def _tell_problems(self, problems: list[str], report: "Report") -> None:
        for problem in problems[:SHOWN]:
            err.print(f"netra: not done: {problem}", markup=False, soft_wrap=True)
        if more := len(problems[SHOWN:]):
            err.print(f"netra: and {more} more")
        if report.done.bad:
            told = "of the database `netra quarantine texts` says which and why, of Parquet the column `error`"
            err.print(f"netra: {report.done.bad} texts cannot be scored; {told}", markup=False, soft_wrap=True)
        if report.has_given_up:
            err.print("netra: nothing went well any more, so the rest was not tried. Mend the cause, run the same command again.")
        if report.is_stopped:
            err.print("netra: stopped. What was done is stored; run the same command to go on.")

    def tell_estimate(self, estimate: "Estimate", place: Any) -> None:
        from netra.rescoring.preparing import count_processes

        count = count_processes(self.workers)
        hours = estimate.core_hours
        if self.as_json:
            print_json({"artifact": place.name, **asdict(estimate), "core_hours": round(hours, 4), "processes": count})
        elif estimate.seconds_a_text is None:
            out.print(f"{estimate.texts} texts to score with {place.name}", markup=False)
        else:
            pace = f"{1 / estimate.seconds_a_text:,.0f} texts a second and core by a sample"
            out.print(f"{estimate.texts:,} texts to score with {place.name}: {pace},", markup=False, soft_wrap=True)
            out.print(f"{hours:,.2f} core-hours, {hours / count:,.2f} hours with {count} processes; nothing was written")


def _rescore_database(
    run: _Run, artifact: str, since: date | None, until: date | None, sources: list[str], *, flag: bool
) -> None:
    from netra.rescoring.database import begin
    from netra.rescoring.estimate import estimate_database
    from netra.rescoring.preparing import prepare_database, refuse_far_sqlite
    from netra.rescoring.ranges import Choice, cut_ranges, find_sources

    settings, started = Settings(), time.monotonic()
    database = open_database(settings)
    refuse_far_sqlite(database, run.kind, run.scheduler)
    with make_reading_session(database)() as session:
        choice = Choice(since, until, find_sources(session, sources))
        work = prepare_database(settings, session, artifact, choice, raises_flags=flag)
        ranges = list(cut_ranges(session))
        if run.dry_run:
            with _showing("Counting", sum(ids.size for ids in ranges)) as show:
                run.tell_estimate(estimate_database(session, work, ranges, show.advance), work.place)
            return
    with make_session(database).begin() as session:
        work = begin(session, work)
    report = run.carry_out(work, ranges, "Scoring the archive")
    if report.done.flagged:
        from models.figures.tallying import catch_up

        catch_up(make_session(database))
    run.tell(report, [], work.place, time.monotonic() - started)


def _rescore_parquet(run: _Run, artifact: str, inputs: list[Path], output: Path, columns: Any) -> None:
    from netra.rescoring.estimate import estimate_parquet
    from netra.rescoring.preparing import prepare_parquet

    begun = time.monotonic()
    plan = prepare_parquet(Settings(), artifact, inputs, output, columns, changes_output=not run.dry_run)
    if run.dry_run:
        with _showing("Counting", sum(part.size for part in plan.parts)) as show:
            run.tell_estimate(estimate_parquet(plan.work, plan.parts, show.advance), plan.work.place)
        return
    report = run.carry_out(plan.work, plan.parts, "Scoring the archive")
    run.tell(report, plan.refused, plan.work.place, time.monotonic() - begun)


class _Shown:
    """A bar for people, a line now and then for logs."""

    def __init__(self, bar: Any, what: str, total: int):
        self._bar, self._what, self._total = bar, what, total
        self._task = bar.add_task(what, total=total)
        self._done, self._scored, self._begun = 0, 0, time.monotonic()
        self._told = self._begun

    def __call__(self, outcome: "Outcome") -> None:
        self._scored += outcome.done.scored
        self.advance(outcome.unit.size)

    def advance(self, size: int) -> None:
        self._done += size
        self._bar.update(self._task, completed=self._done)
        now = time.monotonic()
        if not err.is_terminal and now - self._told >= LINE_SECONDS:
            self._told = now
            pace = self._scored / (now - self._begun)
            err.print(f"{self._what}: {self._done} of {self._total}, {self._scored} scored, {pace:,.0f} a second", soft_wrap=True)


@contextmanager
def _showing(what: str, total: int) -> Iterator[_Shown]:
    with progress_bar() as bar:
        yield _Shown(bar, what, total)

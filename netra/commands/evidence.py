"""`netra evidence`: is what we keep whole, hand it on, have its time attested."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from models.base import now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, day_option, err, fail, number_argument, out, print_json, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from netra.evidence.verify import Report

app = typer.Typer(help="The bytes behind every text, as WARC files. docs/evidence.md tells more.", no_args_is_help=True)

ItemsArgument = Annotated[list[int] | None, number_argument("[ITEM]...", "Numbers of items.")]
LONGEST_PURPOSE = 500


@app.command()
def verify(
    items: ItemsArgument = None,
    everything: Annotated[bool, typer.Option("--all", help="Every snapshot, and every file of the folder.")] = False,
    since: Annotated[date | None, day_option("What was fetched since this day.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Hold snapshots against their records, records against their hashes, files against their seals. Exit code 1 for damage.

    Example: `netra evidence verify 412 413`, `netra evidence verify --all`
    """
    from netra.evidence.selection import Scope, count_snapshots, load_items
    from netra.evidence.timestamps import load_roots
    from netra.evidence.verify import verify as look

    if bool(items) + everything + (since is not None) != 1:
        fail("say what to look at.", "Name items, or --all, or --since DAY.")
    scope = Scope(tuple(items or ()), since and datetime.combine(since, time.min, ZoneInfo("Asia/Jakarta")))
    settings = Settings()
    with _errors_in_words(), make_reading_session(open_database(settings))() as session, progress_bar() as progress:
        load_items(session, scope.items)
        rows = progress.add_task("Checking snapshots", total=count_snapshots(session, scope))
        files = progress.add_task("Checking files", total=None)
        report = look(
            session,
            settings.evidence_dir,
            scope,
            roots=load_roots(settings),
            on_step=lambda: progress.advance(rows),
            on_file=lambda total: progress.update(files, total=total, advance=1),
        )
    _show(report, as_json)
    if not report.is_whole:
        raise typer.Exit(INCOMPLETE)


@app.command()
def export(
    items: Annotated[list[int], number_argument("ITEM...", "Numbers of items.")],
    output: Annotated[Path, typer.Option(help="The new file, for instance berkas.wacz.")],
    purpose: Annotated[str, typer.Option(prompt="Purpose (it stands in the trail and in the file)", help="Why it is exported.")],
    as_json: JsonOption = False,
) -> None:
    """Write the records of items into one WACZ file, with hashes and a custody log. The trail keeps who did it and why.

    Example: `netra evidence export 412 --output berkas.wacz --purpose "lampiran penerusan 07/2024"`
    """
    from netra.evidence.custody import Handover
    from netra.evidence.export import hand_over

    purpose = " ".join(purpose.split())
    if not purpose or len(purpose) > LONGEST_PURPOSE:
        fail(f"the purpose has {len(purpose)} characters.", f"Say in 1 to {LONGEST_PURPOSE} why it is exported.")
    if output.exists() or not output.parent.is_dir():
        fail(f"{output} exists already or has no folder.", "Name a new file in a folder that is there.")
    settings = Settings()
    handover = Handover(_actor(), purpose, now())
    with _errors_in_words(), progress_bar() as progress:
        engine, task = open_database(settings), progress.add_task("Writing records", total=None)
        sessions = make_reading_session(engine), make_session(engine)
        exported = hand_over(*sessions, settings.evidence_dir, items, output, handover, on_step=lambda: progress.advance(task))
    if as_json:
        print_json(asdict(exported))
    else:
        counts = f"{len(exported.items)} items, {len(exported.snapshots)} snapshots, {exported.byte_count} bytes"
        out.print(f"{output}: {counts}", markup=False, soft_wrap=True)
        out.print(f"SHA-256 {exported.sha256}", soft_wrap=True)


@app.command()
def stamp(items: Annotated[list[int], number_argument("ITEM...", "Numbers of items.")], as_json: JsonOption = False) -> None:
    """Have an authority attest (RFC 3161) that the records of items are there now; NETRA_TSA_URL says which.

    Example: `netra evidence stamp 412`
    """
    from netra.evidence.stamping import list_unstamped, stamp_snapshot
    from netra.evidence.timestamps import load_roots

    settings = Settings()
    if not settings.tsa_url or not settings.tsa_roots:
        fail("no time-stamp authority is set.", "Set NETRA_TSA_URL to its address and NETRA_TSA_ROOTS to its certificates.")
    with _errors_in_words(), progress_bar() as progress:
        sessions, roots = make_session(open_database(settings)), load_roots(settings)
        with sessions() as session:
            waiting = list_unstamped(session, items)
        stamped = [
            {"snapshot": snapshot.id, "at": stamp_snapshot(sessions, settings, snapshot, roots, actor=_actor())}
            for snapshot in progress.track(waiting, description="Asking for time-stamps")
        ]
    if as_json:
        print_json({"stamped": stamped})
    else:
        out.print(
            f"{len(stamped)} snapshots were stamped." if stamped else "Every snapshot of these items has a time-stamp already."
        )


def _show(report: "Report", as_json: bool) -> None:
    if as_json:
        findings = [asdict(finding) for finding in report.findings]
        print_json({"whole": report.is_whole, "snapshots": report.snapshots, "files": report.files, "findings": findings})
        return
    for finding in report.findings:
        err.print(f"{'note: ' if finding.is_note else ''}{finding.place}: {finding.problem}", markup=False, soft_wrap=True)
    if not report.snapshots and not report.findings:
        out.print("There is no evidence of this kind yet: crawl or import something first.")
        return
    state = "whole" if report.is_whole else "DAMAGED"
    out.print(f"The evidence is {state}: {report.snapshots} snapshots in {report.files} files")


@contextmanager
def _errors_in_words() -> Iterator[None]:
    from netra.evidence.errors import EvidenceError

    try:
        yield
    except EvidenceError as error:
        fail(str(error))


def _actor() -> str:
    return f"sistem:bukti:{getpass.getuser()}"[:80]

"""`netra import --list` and `--undo`, as they are told: on a screen or as one JSON document."""

from dataclasses import asdict

from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import err, fail, out, print_json, progress_bar
from netra.importer.batches import ImportedBatch, find_batch, list_batches
from netra.importer.undoing import UndoReport, undo_import
from netra.workplace import open_database

SHOWN_IMPORTS = 30
SHOWN_KEPT = 50


def show_imports(settings: Settings, *, as_json: bool) -> None:
    """The last imports, the newest first."""
    with make_reading_session(open_database(settings))() as session:
        batches = list_batches(session, SHOWN_IMPORTS)
    if as_json:
        print_json([_as_json(batch) for batch in batches])
        return
    for batch in batches:
        out.print(_say(batch), markup=False, soft_wrap=True)
    if not batches:
        out.print("Nothing was imported yet.")


def take_back(settings: Settings, number: int, *, actor: str, is_dry: bool, as_json: bool) -> bool:
    """Take an import back and say what became of it; False when some of it stays."""
    engine = open_database(settings)
    with make_reading_session(engine)() as session:
        batch = find_batch(session, number)
    if batch is None:
        fail(f"there is no import {number}.", "`netra import --list` shows the numbers.")
    if not batch.is_listed:
        fail(
            f"import {number} is from before versions were written down.",
            "Import the mended file; changed texts become new versions.",
        )
    with progress_bar() as progress:
        task = progress.add_task("Looking" if is_dry else "Taking back", total=len(batch.new) + len(batch.changed))
        sessions = make_session(engine)
        report = undo_import(sessions, batch, actor=actor, is_dry=is_dry, on_version=lambda: progress.advance(task))
    _show(batch, report, is_dry=is_dry, as_json=as_json)
    return not report.kept


def _show(batch: ImportedBatch, report: UndoReport, *, is_dry: bool, as_json: bool) -> None:
    if as_json:
        print_json({"import": batch.id, "is_dry_run": is_dry, **asdict(report)})
        return
    for kept in report.kept[:SHOWN_KEPT]:
        err.print(f"item {kept.item_id} stays: {kept.reason}", markup=False, soft_wrap=True)
    if (more := len(report.kept) - SHOWN_KEPT) > 0:
        err.print(f"… and {more} more stay (--json names all)", markup=False)
    before = f", {report.gone_before} had been before" if report.gone_before else ""
    verb = "would be taken back" if is_dry else "taken back"
    out.print(f"import {batch.id}: {report.taken_back} {verb}{before}, {len(report.kept)} stay", markup=False)


def _say(batch: ImportedBatch) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in batch.counts.items()) or "nothing"
    files = f" ({', '.join(batch.files)})" if batch.files else ""
    back = f"; {batch.taken_back} taken back" if batch.taken_back else "" if batch.is_listed else "; cannot be taken back"
    return f"{batch.id}  {batch.at:%Y-%m-%d %H:%M} UTC  {batch.actor}: {counts}{files}{back}"


def _as_json(batch: ImportedBatch) -> dict[str, object]:
    said = {name: getattr(batch, name) for name in ("id", "at", "actor", "files", "taken_back")}
    return {**said, "counts": dict(batch.counts), "can_be_taken_back": batch.is_listed}

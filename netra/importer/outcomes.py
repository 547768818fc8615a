"""One run of `netra import`, and how it is told: on a screen or as one JSON document."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from crawler.catalogue import read_source_files
from crawler.connectors.platforms import read_platforms
from models.database import make_session
from netra.console import err, fail, out, print_json, progress_bar
from netra.importer.choices import Wish
from netra.importer.errors_file import ErrorsFile
from netra.importer.files import read_files
from netra.importer.headers import read_presets
from netra.importer.mappings import list_mappings, save_mapping
from netra.importer.options import ColumnNames, ImportOptions, ImportRow, Refused
from netra.importer.pasted import Queued, lone_link, queue_link, read_pasted
from netra.importer.preview import preview_rows
from netra.importer.report import ImportReport
from netra.importer.store import store_rows
from netra.workplace import open_database

SHOWN_REFUSALS = 50


@dataclass
class Outcome:
    report: ImportReport = field(default_factory=ImportReport)
    first: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Of a dry run: the first rows as they would be stored."""
    queued: Queued | None = None

    @property
    def is_whole(self) -> bool:
        return self.report.refused_count == 0


def run_import(wish: Wish) -> Outcome:
    sessions = make_session(open_database(wish.settings))
    text, url = wish.pasted["text"], wish.pasted["url"]
    link = lone_link(text) or ("" if text else url.strip())
    if link:
        return _queue(wish, link)
    if any(wish.pasted.values()) and not text:
        fail("a title, an author or a day alone is no text.", 'Paste the text too: --text "..."')
    with ExitStack() as stack:
        progress = stack.enter_context(progress_bar())
        task = progress.add_task("Judging" if wish.is_dry else "Importing", total=None)
        file = stack.enter_context(ErrorsFile(wish.errors)) if wish.errors else None
        refused: Callable[[ImportRow], None] = file.add if file else lambda row: None
        if wish.is_dry:
            preview = preview_rows(_rows(wish), sessions, on_row=lambda: progress.advance(task), on_refusal=refused)
            return Outcome(preview.report, preview.first)
        folder = wish.settings.evidence_dir
        report = store_rows(
            _rows(wish), sessions, folder, actor=wish.actor, on_row=lambda: progress.advance(task), on_refusal=refused
        )
        progress.update(task, total=report.rows)
        return Outcome(report)


def save_columns(folder: Path, name: str, options: ImportOptions) -> None:
    """Save the columns of the first table that was read."""
    columns = next(iter(options.found.values()), None)
    if columns is None:
        err.print("netra: no table was read, so no mapping was saved. Import a .csv, .xlsx or .jsonl with it.", markup=False)
        return
    err.print(f"mapping {name} saved: {save_mapping(folder, name, columns)}", markup=False, soft_wrap=True)


def show(outcome: Outcome, wish: Wish, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(outcome, wish))
        return
    for path, columns in wish.options.found.items():
        _tell(f"columns of {path}: {_say_columns(columns)}")
    for path, count in wish.options.replaced.items():
        _tell(f"{path}: {count} bytes are no UTF-8, each became \N{REPLACEMENT CHARACTER} (save the file again as UTF-8)")
    for row in outcome.report.refused[:SHOWN_REFUSALS]:
        _tell(f"refused {row.place}: {row.refusal}")
    if (more := outcome.report.refused_count - SHOWN_REFUSALS) > 0:
        _tell(f"… and {more} more refused" + ("" if wish.errors else " (--errors FILE.csv writes all of them)"))
    for platform, count in outcome.report.platforms.items():
        _tell(f"{count} from {read_platforms()[platform].name}: {read_platforms()[platform].reason}")
    for line in _lines(outcome, wish):
        out.print(line, markup=False, soft_wrap=True)


def show_mappings(folder: Path, *, as_json: bool) -> None:
    try:
        saved = list_mappings(folder)
    except Refused as refusal:
        fail(f"{refusal}.")
    presets = {name: entry["note"] for name, entry in read_presets().items()}
    if as_json:
        print_json({"saved": saved, "presets": presets})
        return
    for name, columns in saved.items():
        out.print(f"{name}: {_say_columns(columns)}", markup=False, soft_wrap=True)
    if not saved:
        out.print("no mapping is saved yet; `netra import FILE --save-mapping NAME` saves one.", markup=False)
    for name, note in presets.items():
        out.print(f"preset {name}: {note}", markup=False, soft_wrap=True)


def _rows(wish: Wish) -> Iterator[ImportRow]:
    if not wish.pasted["text"]:
        return read_files(wish.files, wish.options)
    if wish.picture is None and wish.files:
        fail("a pasted text and files that are no single picture do not go together.", "Import them one after the other.")
    return chain([read_pasted(wish.pasted, wish.options, wish.picture)])


def _queue(wish: Wish, link: str) -> Outcome:
    if wish.files:
        fail("a link alone and files do not go together.", 'Give the text of the picture: --text "..."')
    files = read_source_files(wish.settings.sources_dir)
    sessions = make_session(open_database(wish.settings))
    try:
        with sessions() as session:
            queued = queue_link(session, link, files, actor=wish.actor)
            if not wish.is_dry:
                session.commit()
    except Refused as refusal:
        fail(f"{refusal}.")
    return Outcome(queued=queued)


def _lines(outcome: Outcome, wish: Wish) -> Iterator[str]:
    if queued := outcome.queued:
        state = "is new in" if queued.is_new else "was known already in"
        yield f"{queued.url} {state} the queue of {queued.source}; `netra crawl {queued.source}` reads it"
        return
    report = outcome.report
    for row in outcome.first:
        yield "  ".join(f"{name}: {value}" for name, value in row.items()).replace("\n", " ")
    skipped = ", ".join(f"{reason} {count}" for reason, count in report.skipped.items())
    if report.skipped:
        yield f"skipped {report.skipped.total()} ({skipped})"
    yield f"{'would be ' if wish.is_dry else ''}stored {report.stored}, changed {report.changed}, " + (
        f"already there {report.already_there}, refused {report.refused_count}"
    )
    if wish.is_dry:
        yield "dry run: no text was stored"
    if wish.errors and report.refused_count:
        yield f"refused rows are in {wish.errors}: mend them there and import that file"


def _as_json(outcome: Outcome, wish: Wish) -> dict[str, Any]:
    report = outcome.report
    counts = {"stored": report.stored, "changed": report.changed, "already_there": report.already_there}
    said: dict[str, Any] = counts | {"refused_count": report.refused_count, "skipped": dict(report.skipped)}
    said["refused"] = [{"place": row.place, "reason": row.refusal} for row in report.refused]
    said |= {"platforms": dict(report.platforms), "columns": wish.options.found, "is_dry_run": wish.is_dry}
    said["replaced_bytes"] = wish.options.replaced
    if wish.is_dry:
        said["first"] = outcome.first
    return said | ({"queued": vars(outcome.queued)} if outcome.queued else {})


def _say_columns(columns: ColumnNames) -> str:
    return ", ".join(f"{ours} = {' | '.join(names)}" for ours, names in columns.items())


def _tell(line: str) -> None:
    err.print(line.encode("utf-8", "replace").decode(), markup=False, soft_wrap=True)

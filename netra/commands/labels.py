"""`netra labels`: what people say of texts, out to annotation programs and in from them."""

import getpass
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from classifier.exchange.formats import READERS, Format, whole_file, write_tasks
from classifier.exchange.records import LABELS, MARK, Offsets, ReadOptions
from models import record_event
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import INCOMPLETE, MOST_ROWS, JsonOption, err, fail, out, print_json, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from classifier.exchange.selection import Selection
    from classifier.exchange.store import ImportReport

app = typer.Typer(help="Labels in and out: files of people and of their annotation programs.", no_args_is_help=True)

FormatOption = Annotated[Format, typer.Option("--format", help="docs/labels.md shows an example of each.")]
OffsetsOption = Annotated[Offsets, typer.Option(help="How doccano counts positions; with emoji give utf-16, both ways.")]
BOUND = (
    "their publishers allow an excerpt only, as far as anybody knows; --full-text takes them, for a file that stays in this house"
)


@app.command("export")
def export_labels(
    file: Annotated[Path, typer.Argument(help="A file that is not there yet.")],
    form: FormatOption,
    corpus: Annotated[bool, typer.Option("--corpus", help="Our own corpus too.")] = False,
    unlabelled: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_ROWS, help="Instead: that many texts near the line that nobody labelled, for annotators."),
    ] = None,
    full_text: Annotated[bool, typer.Option("--full-text", help="Also long texts that may leave as an excerpt only.")] = False,
    offsets: OffsetsOption = Offsets.CHARACTERS,
    purpose: Annotated[str, typer.Option(help="What the file is for; it stands in the trail.")] = "anotasi dan pelatihan",
    as_json: JsonOption = False,
) -> None:
    """Write what people labelled, or texts that they are to label next with what the classifier guesses.

    Example: `netra labels export tugas.json --format label-studio --unlabelled 200`
    """
    if file.exists():
        fail(f"{file} exists and may hold somebody's labels.", "Choose another name, or remove it.")
    if unlabelled and corpus:
        fail("--corpus holds labels, --unlabelled asks for some.", "Write two files.")
    engine = open_database(Settings())
    with progress_bar() as progress:
        task = progress.add_task("Exporting labels", total=None)
        with make_reading_session(engine)() as session:
            selection = _select(session, corpus=corpus, unlabelled=unlabelled, full_text=full_text)
        tasks = progress.track(selection.tasks, task_id=task)
        with whole_file(file) as target:  # It takes its name last: no file leaves without a row in the trail.
            write_tasks(target, form, tasks, offsets=offsets)
            detail = {"berkas": _name_of(file), "format": form.value, "tujuan": purpose, "teks_penuh": full_text}
            _record_export(engine, detail | {"teks": len(selection.tasks), "ditahan": selection.withheld})
    if as_json:
        print_json({"file": str(file), "format": form.value, "texts": len(selection.tasks), "withheld": selection.withheld})
        return
    out.print(f"{len(selection.tasks)} texts in {file}", markup=False, soft_wrap=True)
    if selection.withheld:
        err.print(f"{selection.withheld} texts stay here: {BOUND}", markup=False, soft_wrap=True)


@app.command("import")
def import_labels(
    file: Annotated[Path, typer.Argument(help="A file with labels.")],
    form: FormatOption,
    label_map: Annotated[
        list[str] | None, typer.Option("--label-map", metavar="FROM=TO", help=f"Their label is ours; {MARK} for a mere mark.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Where a text is there with another label, take this one.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and store nothing.")] = False,
    offsets: OffsetsOption = Offsets.CHARACTERS,
    as_json: JsonOption = False,
) -> None:
    """Store labelled texts to train from. A bad record is refused with its line, the rest goes in; run again, nothing doubles.

    Example: `netra labels import hasil.json --format label-studio --label-map kampanye=ikut_kampanye --dry-run`
    """
    from classifier.exchange.store import ImportJob, store_records

    if not file.is_file():
        fail(f"{file} is no file.", "Check the path.")
    options = ReadOptions(_read_map(label_map or []), offsets)
    job = ImportJob(_name_of(file), form.value, _actor(), replaces=replace, is_dry=dry_run)
    engine = open_database(Settings())
    sessions = make_reading_session(engine) if dry_run else make_session(engine)
    with progress_bar() as progress, sessions.begin() as session:
        task = progress.add_task("Importing labels", total=None)
        records = READERS[form](file, options)
        report = store_records(session, records, job, on_record=lambda: progress.advance(task))
        progress.update(task, total=report.records)
    if as_json:
        refused = [{"place": _plain(record.place), "reason": record.refusal} for record in report.refused]
        print_json({"dry_run": dry_run, **report.counts, "unread": sorted(report.unread), "refused": refused})
    else:
        _say(report, is_dry=dry_run)
    if report.refused:
        raise typer.Exit(INCOMPLETE)


@app.command()
def show(as_json: JsonOption = False) -> None:
    """Count the labels that training reads, by where they come from.

    Example: `netra labels show`
    """
    from classifier.exchange.selection import count_labels, sum_labels

    with make_reading_session(open_database(Settings()))() as session:
        counts = count_labels(session)
    whole = sum_labels(counts)
    if as_json:
        print_json({"labels": [asdict(count) for count in counts], "all": asdict(whole)})
        return
    table = Table("label", "corpus", "assessments", "imports", "total", box=None, header_style="bold")
    for count in (*counts, whole):
        table.add_row(count.label, str(count.corpus), str(count.assessments), str(count.imports), str(count.total))
    out.print(table)
    if not whole.assessments + whole.imports:
        out.print("Nobody labelled a text besides the corpus yet: assess some, or netra labels import")


def _select(session: Session, *, corpus: bool, unlabelled: int | None, full_text: bool) -> "Selection":
    from classifier.artifacts.registry import live_artifact
    from classifier.exchange.selection import select_labelled, select_unlabelled

    if unlabelled is None:
        selection = select_labelled(session, with_corpus=corpus, full_text=full_text)
        nothing = ("nobody labelled a text yet.", "Add our own: --corpus, or choose texts to label: --unlabelled 200")
    else:
        artifact = live_artifact(session)
        if artifact is None:
            fail("there is no live classifier to choose texts by.", "Train one: netra train && netra score")
        selection = select_unlabelled(session, artifact, most=unlabelled, full_text=full_text)
        nothing = ("no text without label lies near the line.", "Crawl or import texts, then: netra score")
    if not selection.tasks:
        fail(*(f"{selection.withheld} texts stay here:", f"{BOUND}.") if selection.withheld else nothing)
    return selection


def _record_export(engine: Engine, detail: dict[str, Any]) -> None:
    with make_session(engine).begin() as session:
        record_event(session, "label.ekspor", actor=_actor(), subject=("training_text", None), detail=detail)


def _read_map(pairs: list[str]) -> dict[str, str]:
    mapping = dict[str, str]()
    for pair in pairs:
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs or ours not in (*LABELS, MARK):
            fail(f"--label-map {pair} is not of the form FROM=TO.", f"TO is one of: {', '.join((*LABELS, MARK))}.")
        if mapping.setdefault(theirs, ours) != ours:
            fail(f"--label-map gives {theirs} twice.", "Keep one.")
    return mapping


def _say(report: "ImportReport", *, is_dry: bool) -> None:
    for record in report.refused:
        err.print(f"refused {_plain(record.place)}: {record.refusal}", markup=False, soft_wrap=True)
    counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in report.counts.items())
    out.print(f"{'would be: ' if is_dry else ''}{counts}, refused {len(report.refused)}", soft_wrap=True)
    if not report.records:
        out.print("The file holds no record.")
    if report.without_evidence:
        err.print("Without evidence: long partisan texts teach little until the sentences that show the act are marked.")
    if report.unread:
        err.print(f"not read, because they mean nothing here: {', '.join(sorted(report.unread))}", markup=False, soft_wrap=True)


def _actor() -> str:
    return f"sistem:label:{getpass.getuser()}"[:80]


def _name_of(file: Path) -> str:
    return _plain(file.name)[:200]


def _plain(text: str) -> str:
    """A file may be named with broken letters; neither the terminal nor the database takes them."""
    return text.encode("utf-8", "replace").decode()

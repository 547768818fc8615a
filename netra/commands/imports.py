"""`netra import`: texts that did not come by our own crawlers."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from models import ItemKind
from models.database import make_session
from models.settings import Settings
from netra.console import INCOMPLETE, err, fail, out, print_json, progress_bar
from netra.workplace import open_database


def import_files(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of them: .txt .html .csv .jsonl .warc .warc.gz")],
    column: Annotated[
        list[str] | None, typer.Option("--map", help="Other names of columns: --map text=isi --map url=tautan")
    ] = None,
    kind: Annotated[ItemKind, typer.Option(help="What rows are that do not say it.")] = ItemKind.NEWS,
    region: Annotated[str, typer.Option(help="Kemendagri code for rows that give none; else the text is asked.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Store texts from files. A bad row is refused with its line; the rest goes in. Run again, nothing is stored twice.

    Columns of .csv and .jsonl: text, title, url, published_at, kind, region, author, author_name, author_bio.

    Example: `netra import kliping.csv --map text=isi --map title=judul`
    """
    from netra.importer.columns import ImportOptions
    from netra.importer.files import read_rows
    from netra.importer.store import store_rows

    settings = Settings()
    sessions = make_session(open_database(settings))
    options = ImportOptions(_read_mapping(column or []), kind, region or None)
    files = _list_files(paths)
    with progress_bar() as progress:
        task = progress.add_task("Importing", total=None)
        rows = (row for path in files for row in read_rows(path, options))
        actor = f"sistem:impor:{getpass.getuser()}"[:80]
        report = store_rows(rows, sessions, settings.evidence_dir, actor=actor, on_row=lambda: progress.advance(task))
        progress.update(task, total=report.rows)
    if as_json:
        refused = [{"place": row.place, "reason": row.refusal} for row in report.refused]
        print_json(
            {"stored": report.stored, "changed": report.changed, "already_there": report.already_there, "refused": refused}
        )
    else:
        for row in report.refused:
            line = f"refused {row.place}: {row.refusal}".encode("utf-8", "replace").decode()
            err.print(line, markup=False, soft_wrap=True)
        out.print(
            f"stored {report.stored}, changed {report.changed}, already there {report.already_there}, "
            f"refused {len(report.refused)}"
        )
    if report.refused:
        raise typer.Exit(INCOMPLETE)


def _read_mapping(pairs: list[str]) -> dict[str, str]:
    from netra.importer.columns import COLUMNS

    mapping = dict[str, str]()
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not equals or ours not in COLUMNS:
            fail(f"--map {pair} is not of the form OURS=THEIRS.", f"Ours are: {', '.join(COLUMNS)}.")
        mapping[ours] = theirs
    return mapping


def _list_files(paths: list[Path]) -> list[Path]:
    """Every file once, however often it is named."""
    files = list[Path]()
    for path in paths:
        if not path.exists():
            fail(f"{path} does not exist.", "Check the path.")
        files.extend(sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path])
    return list({path.resolve(): path for path in reversed(files)}.values())[::-1]

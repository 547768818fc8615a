"""`netra import` and `netra extract`: texts that did not come by our own crawlers."""

import getpass
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated, Any

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


def extract(
    source: Annotated[Path, typer.Option("--input", help="JSON lines with id, html and, if known, url; - for standard input.")],
    target: Annotated[Path, typer.Option("--output", help="Where the JSON lines go; - for standard output.")],
) -> None:
    """Read pages into articles, line by line, without a database.

    Writes id, title, text, published_at (ISO 8601 with zone, or null), author, language, method. A page that holds
    no article keeps its line, with an empty text and the reason under `error`; the exit code is then 1.

    Example: `netra extract --input pages.jsonl --output articles.jsonl`
    """
    failures = 0
    with open_lines(source, "r") as lines, open_lines(target, "w") as output, progress_bar() as progress:
        task = progress.add_task("Reading pages", total=None)
        for result in _extract_lines(lines):
            failures += "error" in result
            output.write(json.dumps(result, ensure_ascii=False) + "\n")
            progress.advance(task)
    if failures:
        err.print(f"{failures} lines hold no article; see `error` in their output")
        raise typer.Exit(INCOMPLETE)


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


def _extract_lines(lines: IO[str]) -> Iterator[dict[str, Any]]:
    from crawler.errors import NotAnArticle
    from crawler.pages import extract as read

    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        page = _read_page(line)
        if page is None:
            yield _empty(None, f"line {number} is no JSON object with the text of a page under `html`")
            continue
        try:
            article = read(page["html"], str(page.get("url") or ""))
        except NotAnArticle as error:
            yield _empty(page.get("id"), error.reason)
        else:
            yield {
                "id": page.get("id"),
                "title": article.title,
                "text": article.text,
                "published_at": article.published_at.isoformat() if article.published_at else None,
                "author": article.author,
                "language": article.language,
                "method": article.method,
            }


def _read_page(line: str) -> dict[str, Any] | None:
    try:
        page = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return page if isinstance(page, dict) and isinstance(page.get("html"), str) else None


def _empty(identity: object, reason: str) -> dict[str, Any]:
    blank = {"title": "", "text": "", "published_at": None, "author": "", "language": "", "method": ""}
    return {"id": identity, **blank, "error": reason}


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

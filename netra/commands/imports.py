"""`netra import`: texts that did not come by our own crawlers."""

import getpass
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from models import ItemKind
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, day_option, fail, number_option

LONGEST_PASTE = 8 * 1024 * 1024


def import_files(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, or folders of them; `-` is a text on standard input.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option("--map", help="A column by its name: --map text=isi --map url=tautan")
    ] = None,
    mapping: Annotated[str, typer.Option(help="Columns as saved under this name.")] = "",
    preset: Annotated[str, typer.Option(help="Columns of a tool's export: netra, crowdtangle, brandwatch, junkipedia.")] = "",
    save_as: Annotated[str, typer.Option("--save-mapping", help="Save the columns of the first table under this name.")] = "",
    list_mappings: Annotated[bool, typer.Option("--list-mappings", help="Show saved mappings and presets, and end.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen; no text is stored.")] = False,
    errors: Annotated[Path | None, typer.Option(help="Write refused rows to this new .csv, to be mended and imported.")] = None,
    text: Annotated[str, typer.Option(help="A pasted text, or a link alone; `-` reads it from standard input.")] = "",
    url: Annotated[str, typer.Option(help="Address of the pasted text; without a text it is put into its outlet's queue.")] = "",
    title: Annotated[str, typer.Option(help="Title of the pasted text.")] = "",
    author: Annotated[str, typer.Option(help="Who wrote the pasted text.")] = "",
    published: Annotated[str, typer.Option(help="When it was published: 2024-10-16 14:05")] = "",
    kind: Annotated[
        ItemKind | None, typer.Option(help="Of rows that do not say it. [default: post on platforms, else news]")
    ] = None,
    region: Annotated[str, typer.Option(help="Kemendagri code for rows that give none; else the text is asked.")] = "",
    source: Annotated[str, typer.Option("--source-name", help="Put the texts under a source of this name.")] = "",
    since: Annotated[date | None, day_option("Only texts of this day or later.")] = None,
    until: Annotated[date | None, day_option("Only texts of this day or earlier.")] = None,
    min_words: Annotated[int | None, typer.Option(min=0, help="Only texts of so many words. [default: 3 in chats]")] = None,
    list_imports: Annotated[bool, typer.Option("--list", help="Show the last imports with their numbers, and end.")] = False,
    undo: Annotated[int | None, number_option("Take one import back, as far as nothing rests on it; see --list.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Store texts from files. A bad row is refused with its line; the rest goes in. Run again, nothing is stored twice.

    Reads .csv .tsv .xlsx .json .jsonl .txt .html, WhatsApp chats (.txt .zip), .warc .warc.gz .wacz, and pictures with --text.
    Columns: text, title, url, published_at, kind, region, author, author_name, author_bio; others are guessed from their names.

    Example: `netra import kliping.xlsx --dry-run --errors salah.csv`, `netra import --undo 412 --dry-run`
    """
    from netra.importer import choices, outcomes
    from netra.importer.options import ImportOptions, Refused

    settings = Settings()
    if list_mappings:
        outcomes.show_mappings(settings.home / "mappings", as_json=as_json)
        return
    if list_imports or undo is not None:
        from netra.importer import withdrawal

        if undo is None:
            withdrawal.show_imports(settings, as_json=as_json)
        elif not withdrawal.take_back(settings, undo, actor=_actor(), is_dry=dry_run, as_json=as_json):
            raise typer.Exit(INCOMPLETE)
        return
    if errors and errors.exists():
        fail(f"{errors} exists already; nothing was imported.", "Name another file: --errors")
    files = choices.list_files([path for path in paths or [] if str(path) != "-"])
    options = ImportOptions(
        choices.read_pairs(column or []),
        kind,
        region or None,
        since=since,
        until=until,
        min_words=min_words,
        source=source,
        author_key=choices.find_author_key(settings.home, files, is_dry=dry_run),
        outlets=choices.find_outlets(settings.sources_dir),
    )
    try:
        options = choices.with_columns(options, settings.home / "mappings", mapping=mapping, preset=preset)
        choices.check_mapping_name(save_as)
    except Refused as refusal:
        fail(f"{refusal}.")
    pasted = {"text": _read_text(text, paths), "url": url, "title": title, "author": author, "published_at": published}
    if not files and not any(pasted.values()):
        fail("there is nothing to import.", 'Name a file, or paste a text: netra import --text "..." --url https://…')
    run = choices.Wish(settings, options, files, pasted, errors=errors, is_dry=dry_run, actor=_actor())
    outcome = outcomes.run_import(run)
    if save_as:
        outcomes.save_columns(settings.home / "mappings", save_as, options)
    outcomes.show(outcome, run, as_json=as_json)
    if not outcome.is_whole:
        raise typer.Exit(INCOMPLETE)


def _actor() -> str:
    return f"sistem:impor:{getpass.getuser()}"[:80]


def _read_text(text: str, paths: list[Path] | None) -> str:
    """What was pasted; `-` in either place means standard input, read within bounds."""
    if text != "-" and "-" not in map(str, paths or []):
        return text
    if sys.stdin.isatty():
        fail("standard input is a terminal.", "Pipe a text into it: cat teks.txt | netra import -")
    read = sys.stdin.buffer.read(LONGEST_PASTE + 1)
    if len(read) > LONGEST_PASTE:
        fail(f"the text on standard input is longer than {LONGEST_PASTE} bytes.", "Save it as a file, and import that.")
    return read.decode("utf-8", "replace")

"""`netra backup` and `netra restore`: the whole house in one archive, and back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import TaskID
from typer.core import TyperGroup

from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, out, print_json, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from netra.keeping.backup import Made
    from netra.keeping.copying import Progress
    from netra.keeping.decisions import Decisions
    from netra.keeping.restore import Restored


SHOWN = 20
"""Findings that are told one by one."""


class _WriteByDefault(TyperGroup):
    """`netra backup FILE` means `netra backup write FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["write", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_WriteByDefault,
    help="The whole house in one archive: `netra backup FILE`. docs/backup.md tells more.",
    no_args_is_help=True,
)

ArchiveArgument = Annotated[Path, typer.Argument(metavar="ARCHIVE", help="File that `netra backup` wrote.")]


@app.command()
def write(
    place: Annotated[Path, typer.Argument(metavar="FILE_OR_FOLDER", help="New file, or a folder for one named by the moment.")],
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the key of the house in too. Who has both key and archive reads all.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write database, evidence, artifacts and settings into one archive while netra goes on; NETRA_BACKUP_KEY encrypts it.

    The key of the house (contacts of tips, second factors, secrets of webhooks) stays out unless you ask for it: keep it apart.

    Example: `netra backup /mnt/cadangan`
    """
    from netra.keeping.backup import make_backup

    settings, begun = Settings(), time.monotonic()
    with showing() as show:
        made = make_backup(settings, open_database(settings), place, with_key=with_key, on_progress=show)
    if as_json:
        print_json(_describe(made) | {"seconds": round(time.monotonic() - begun, 1)})
    else:
        _tell(made)
    if made.damaged or made.left_out or not made.facts.is_trail_whole:
        raise typer.Exit(INCOMPLETE)


@app.command()
def verify(archive: ArchiveArgument, as_json: JsonOption = False) -> None:
    """Check every byte of an archive against its hashes, without writing anything.

    Example: `netra backup verify /mnt/cadangan/netra-20241128T020000Z.tar.age`
    """
    from netra.keeping.unpacking import Nobody, unpack

    with showing() as show:
        found = unpack(archive, Settings(), Nobody(), show, stage="Checking the archive")
    if as_json:
        facts = found.facts.model_dump(mode="json")
        print_json({"archive": archive, "whole": True, "encrypted": found.is_encrypted, "files": found.files, "facts": facts})
        return
    facts, closed = found.facts, "encrypted" if found.is_encrypted else "not encrypted"
    out.print(f"{archive} is whole ({closed}): {facts.rows} rows and {found.files} files", markup=False, soft_wrap=True)
    out.print(f"made {facts.made_at:%Y-%m-%d %H:%M} UTC by netra {facts.netra}, revision {facts.revision}", soft_wrap=True)
    out.print(f"trail: {facts.events} events, head {facts.head}", soft_wrap=True)


@app.command()
def key(as_json: JsonOption = False) -> None:
    """Make a key for backups: the secret one opens them, the public one only closes them. Nothing is stored here.

    Example: `netra backup key`
    """
    from netra.keeping.encryption import make_key

    secret, public = make_key()
    if as_json:
        print_json({"key": secret, "recipient": public})
        return
    out.print(f"NETRA_BACKUP_KEY={secret}", soft_wrap=True)
    out.print(f"NETRA_BACKUP_RECIPIENTS={public}", soft_wrap=True)
    err.print("Set the second on the machine that makes backups. Keep the first on paper, away from it: without it none opens.")


def restore(
    archive: ArchiveArgument,
    into: Annotated[
        Path | None, typer.Option(help="Data directory to fill, with SQLite in it. Else NETRA_HOME and NETRA_DATABASE_URL.")
    ] = None,
    database: Annotated[str, typer.Option(metavar="URL", help="Another database to fill: empty, SQLite or PostgreSQL.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Set aside what is there, and keep it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Fill an empty house from an archive: everything is checked before anything is written, and again before it counts.

    Example: `netra restore /mnt/cadangan/netra-20241128T020000Z.tar.age --into /tmp/coba`
    """
    from netra.keeping.restore import Place
    from netra.keeping.restore import restore as bring_back

    settings, begun = Settings(), time.monotonic()
    place = Place((into or settings.home).absolute(), database or ("" if into else settings.database_url))
    if replace and not yes:
        typer.confirm(f"Set aside what is in {place.home} and its database, and put {archive.name} there?", abort=True, err=True)
    with showing() as show:
        restored = bring_back(archive, settings, place, replace=replace, on_progress=show)
    if as_json:
        print_json(_describe_restored(restored) | {"seconds": round(time.monotonic() - begun, 1)})
    else:
        _tell_restored(restored)
    if restored.findings or restored.since:
        raise typer.Exit(INCOMPLETE)


@contextmanager
def showing() -> "Iterator[Progress]":
    """A bar for each stage that is told of."""
    with progress_bar() as progress:
        tasks = dict[str, TaskID]()

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total or None)
            progress.update(tasks[stage], completed=done)

        yield show
        for task in progress.tasks:  # Stages tell of themselves in steps: the last one is rarely full.
            progress.update(task.id, completed=task.total)


def _describe(made: "Made") -> dict[str, Any]:
    return {
        "archive": made.path,
        "sha256": made.sha256,
        "bytes": made.byte_count,
        "parts": made.parts,
        "encrypted": made.is_encrypted,
        "damaged": made.damaged,
        "left_out": made.left_out,
        "facts": made.facts.model_dump(mode="json"),
    }


def _tell(made: "Made") -> None:
    closed = "encrypted" if made.is_encrypted else "NOT encrypted (set NETRA_BACKUP_KEY)"
    out.print(
        f"{made.path}: {made.facts.rows} rows, {made.parts} parts, {made.byte_count:,} bytes, {closed}",
        markup=False,
        soft_wrap=True,
    )
    out.print(f"SHA-256 {made.sha256}; trail: {made.facts.events} events, head {made.facts.head}", soft_wrap=True)
    if made.facts.has_key and not made.is_encrypted:
        err.print("The key of the house lies open in it: whoever has this file reads contacts and second factors.")
    for line in made.damaged:
        err.print(f"damaged before this backup: {line}", markup=False, soft_wrap=True)
    for name in made.left_out:
        err.print(f"left out, for it is no plain file with a plain name: {name}", markup=False, soft_wrap=True)
    if not made.facts.is_trail_whole:
        err.print("the trail is broken: netra audit verify says where", markup=False)


def _describe_restored(restored: "Restored") -> dict[str, Any]:
    return {
        "home": restored.home,
        "database": restored.address,
        "upgraded_to": restored.upgraded_to,
        "kept_in": restored.kept_in,
        "finished_earlier": restored.was_finished,
        "files": restored.verified.files,
        "findings": restored.findings[:SHOWN],
        "finding_count": len(restored.findings),
        "asked_since": asdict(restored.since),
        "facts": restored.verified.facts.model_dump(mode="json", exclude={"tables", "positions"}),
    }


def _tell_restored(restored: "Restored") -> None:
    facts = restored.verified.facts
    if restored.was_finished:
        out.print("An earlier restore of this archive had been stopped at its end; it is finished now.")
    out.print(
        f"{facts.rows} rows in {restored.address}, {restored.verified.files} files in {restored.home}",
        markup=False,
        soft_wrap=True,
    )
    out.print(f"as of {facts.made_at:%Y-%m-%d %H:%M} UTC; trail: {facts.events} events, head {facts.head}", soft_wrap=True)
    if restored.upgraded_to:
        out.print(f"The tables were of revision {facts.revision} and are now of {restored.upgraded_to}.")
    if restored.kept_in:
        out.print(f"What was there is kept in {restored.kept_in}.", markup=False, soft_wrap=True)
    if not facts.has_key:
        err.print(
            "The key of the house is not in it: put `secret.key` or NETRA_SECRET_KEY in place, else nobody reads what it sealed."
        )
    for line in restored.findings[:SHOWN]:
        err.print(f"so already when the backup was made: {line}", markup=False, soft_wrap=True)
    if more := len(restored.findings[SHOWN:]):
        err.print(f"and {more} more: netra evidence verify --all names them", markup=False)
    out.print("Holds and erasures that were asked for since then are not in it: repeat them before netra retention run.")
    _tell_since(restored.since)


def _tell_since(since: "Decisions") -> None:
    """In the order in which it is to be done: what is held must be held before anything is erased."""
    said = {
        "held since, so hold them again (netra retention hold ITEM)": since.hold,
        "held in what was replaced and not in the archive, so keep that": since.missing,
        "released since (netra retention release ITEM)": since.release,
        "erased on request since, and back with their words (netra retention erase ITEM)": since.erase,
    }
    for what, items in said.items():
        if items:
            err.print(f"{what}: {', '.join(map(str, items))}", markup=False, soft_wrap=True)
    if since.unread:
        err.print(f"The replaced database does not tell what was asked since: {since.unread}", markup=False, soft_wrap=True)

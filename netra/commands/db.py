"""`netra db`: the tables, and the way from one engine to the other."""

import time
from typing import Annotated

import typer

from models.database import make_engine, show_address
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, out, print_json
from netra.workplace import open_database

app = typer.Typer(help="The database: make it, bring it up to date, move it.", no_args_is_help=True)


@app.command()
def upgrade(as_json: JsonOption = False) -> None:
    """Make the tables, or bring them up to date, and load regions, rules and calendar.

    Where PostgreSQL has the roles of `netra db roles`, it says which of them have to be given their rights anew.

    Example: `NETRA_DATABASE_URL=postgresql://netra@localhost/netra netra db upgrade`
    """
    from migrations.lacking import list_lacking
    from migrations.upgrade import upgrade_database
    from netra.jobs.queueing import prepare_queue

    engine = make_engine(Settings().database_address)
    revision = upgrade_database(engine)
    prepare_queue(engine)
    address, lacking = show_address(engine.url), list_lacking(engine)
    if as_json:
        print_json({"database": address, "revision": revision, "roles_lacking": lacking})
        return
    out.print(f"{address} is at revision {revision}.", markup=False, soft_wrap=True)
    if lacking:
        told = f"{', '.join(lacking)} lack rights here. Run as a superuser: netra db roles | psql --set ON_ERROR_STOP=1"
        err.print(f"{told} {engine.url.database} (docs/postgresql.md)", markup=False, soft_wrap=True)


@app.command()
def roles(as_json: JsonOption = False) -> None:
    """Print the SQL that makes PostgreSQL's roles, each with what its process needs. It changes nothing by itself.

    Example: `netra db roles | psql --set ON_ERROR_STOP=1 netra`
    """
    from migrations.roles import ROLES, write_roles

    statements = list(write_roles())
    if as_json:
        print_json({"roles": ROLES, "statements": statements})
    else:
        out.print("\n\n".join(statements), markup=False, soft_wrap=True)


@app.command()
def copy(
    to: Annotated[str, typer.Option(metavar="URL", help="Empty database: postgresql://… or sqlite:///…")],
    source: Annotated[
        str, typer.Option("--from", metavar="URL", help="Database to copy; none means the one of this house.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Copy a whole database to another engine, all or nothing, and hold both sides against each other row by row.

    Stop netra first: what is written meanwhile is not in the copy. Evidence and artifacts stay where they are.

    Example: `netra db copy --to postgresql://netra@localhost/netra`
    """
    from netra.commands.backup import showing
    from netra.keeping.busy import list_busy
    from netra.keeping.copying import copy_database, record_copy

    settings = Settings()
    engine = open_database(settings.model_copy(update={"database_url": source}) if source else settings)
    target = make_engine(to)
    for line in (busy := list_busy(engine)):
        err.print(f"{line}: what is done there from now on will not be in the copy", markup=False, soft_wrap=True)
    begun = time.monotonic()
    with showing() as show:
        copied = copy_database(engine, target, on_progress=show, tell=record_copy(engine))
    seconds = time.monotonic() - begun
    address = show_address(target.url)
    if as_json:
        tables = {name: vars(found) for name, found in copied.tables.items()}
        facts = {"to": address, "rows": copied.rows, "tables": tables, "events": copied.events, "head": copied.head}
        print_json(facts | {"busy": busy, "changed_meanwhile": copied.changed_meanwhile, "seconds": round(seconds, 1)})
    else:
        speed = f"{copied.rows} rows of {len(copied.tables)} tables in {seconds:.1f} s ({copied.rows / seconds:,.0f} rows/s)"
        out.print(f"{address}: {speed}, every one compared on both sides", markup=False, soft_wrap=True)
        out.print(f"trail: {copied.events} events, head {copied.head}; the next event says that this is a copy", soft_wrap=True)
    for name in copied.changed_meanwhile:
        err.print(
            f"{name} grew while it was copied: the new rows are not in the copy. Stop netra and copy to a new one.", markup=False
        )
    if copied.changed_meanwhile:
        raise typer.Exit(INCOMPLETE)

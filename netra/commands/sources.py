"""`netra sources`: outlets and their health."""

from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import select

from models import Source
from models.database import make_reading_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, fail, out, print_json
from netra.crawling import sync_catalogue
from netra.workplace import open_database

app = typer.Typer(help="The outlets that we may read, and how each is doing.", no_args_is_help=True)

TROUBLED = ("terlambat", "gagal", "sunyi")
"""States of crawler.checks.HealthState in which a person should look."""


@app.command("list")
def list_sources(as_json: JsonOption = False) -> None:
    """List the sources with their rights and their health.

    Example: `netra sources list`
    """
    rows = _read_health()
    if as_json:
        print_json(rows)
        return
    table = Table("source", "name", "kind", "rights", "state", "message", box=None, header_style="bold")
    for row in rows:
        table.add_row(*(str(row[key]) for key in ("slug", "name", "kind", "rights", "state", "message")))
    out.print(table)


@app.command("show")
def show_source(name: Annotated[str, typer.Argument(metavar="SOURCE")], as_json: JsonOption = False) -> None:
    """Show one source: what its file says and how it is doing.

    Example: `netra sources show antaranews`
    """
    from crawler.catalogue import read_source_files

    settings = Settings()
    files = read_source_files(settings.sources_dir)
    if name not in files:
        fail(f"there is no source {name!r}.", f"Sources: {', '.join(files)}.")
    health = next(row for row in _read_health() if row["slug"] == name)
    said = {**files[name].model_dump(mode="json"), "state": health["state"], "message": health["message"]}
    if as_json:
        print_json(said)
        return
    for key, value in said.items():
        out.print(f"{key:>22}  {value}", markup=False, soft_wrap=True)


@app.command("check")
def check_sources(as_json: JsonOption = False) -> None:
    """Check every source file and what the last runs found; exit code 1 when a source needs a person.

    Example: `netra sources check`
    """
    rows = _read_health()
    troubled = [row for row in rows if row["state"] in TROUBLED]
    if as_json:
        print_json(rows)
    else:
        for row in troubled:
            err.print(f"{row['slug']}: {row['message']}", markup=False, soft_wrap=True)
        out.print(f"{len(rows)} sources, {len(troubled)} need a person")
    if troubled:
        raise typer.Exit(INCOMPLETE)


def _read_health() -> list[dict[str, object]]:
    """The catalogue in the database brought to what the files say, then every source with its health."""
    from crawler.checks import check_source

    settings = Settings()
    engine = open_database(settings)
    sync_catalogue(settings, engine)
    rows = list[dict[str, object]]()
    with make_reading_session(engine)() as session:
        for source in session.scalars(select(Source).order_by(Source.slug)):
            health = check_source(session, source)
            said = {name: str(getattr(source, name)) for name in ("slug", "name", "kind", "rights")}
            rows.append({**said, "state": str(health.state), "message": health.message})
    return rows

"""`netra map`: a map of the provinces for the dashboard, from a GeoJSON."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine

from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import UNUSABLE, JsonOption, err, fail, out, print_json, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from service.dashboard.map.errors import ProvincesUnclear
    from service.dashboard.map.store import StoredMap

UNSAID = "not said"
"""The licence of a map that is not kept."""

app = typer.Typer(help="A map of the provinces for the dashboard, in place of its squares.", no_args_is_help=True)


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="GeoJSON: one feature a province, degrees of WGS84, 50 MB at most.")
    ],
    licence: Annotated[
        str, typer.Option(help="Whose borders these are and under which licence; stands under the map. Not asked of a dry run.")
    ] = "",
    key: Annotated[str, typer.Option(help="Property with Kemendagri's code or the name; guessed where none is given.")] = "",
    partial: Annotated[
        bool, typer.Option("--partial", help="Take the provinces that are there, though some are missing.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, match and draw, and keep nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check a GeoJSON of the 38 provinces, simplify it and show it on the dashboard. Nothing is kept on a doubt.

    Example: `netra map load provinsi.geojson --licence "BIG, Ina-Geoportal, 2024" --key KODE_PROV`
    """
    from service.dashboard.map.errors import MapRefused, ProvincesUnclear
    from service.dashboard.map.loading import draws_old_papua
    from service.dashboard.map.store import keep_map

    if not licence and not dry_run:
        fail("a map is kept with its licence only.", 'Say whose borders these are: --licence "..."')
    settings = Settings()
    engine = open_database(settings)
    try:
        drawn = _draw(engine, file, licence or UNSAID, key=key, is_partial=partial)
    except ProvincesUnclear as error:
        _show_doubts(error, as_json=as_json)
        raise typer.Exit(UNUSABLE) from None
    except MapRefused as error:
        fail(f"{file.name}: {error}.")
    if draws_old_papua(drawn):
        err.print("Papua is not whole: the file may draw it as before 2022, with other borders.")
    if not dry_run:
        keep_map(make_session(engine), settings.home, drawn, actor=_actor())
    _show(drawn, as_json=as_json, is_kept=not dry_run)


@app.command()
def show(as_json: JsonOption = False) -> None:
    """Say which map the dashboard shows, and where it came from.

    Example: `netra map show`
    """
    from service.dashboard.map.store import find_map

    known = find_map(Settings().home)
    if known:
        _show(known, as_json=as_json)
    elif as_json:
        print_json(None)
    else:
        out.print("The dashboard shows squares: there is no map. Load one: netra map load FILE --licence TEXT")


@app.command()
def remove(as_json: JsonOption = False) -> None:
    """Take the map away; the dashboard shows squares again.

    Example: `netra map remove`
    """
    from service.dashboard.map.store import remove_map

    settings = Settings()
    is_removed = remove_map(make_session(open_database(settings)), settings.home, actor=_actor())
    if as_json:
        print_json({"removed": is_removed})
    else:
        out.print("the map is removed; the dashboard shows squares." if is_removed else "There is no map to remove.")


def _draw(engine: Engine, file: Path, licence: str, *, key: str, is_partial: bool) -> "StoredMap":
    from service.dashboard.map.loading import draw_file
    from service.dashboard.map.matching import Provinces

    with make_reading_session(engine)() as session:
        provinces = Provinces(session)
    with progress_bar() as progress:
        task = progress.add_task("Drawing provinces", total=None)
        return draw_file(
            file,
            provinces,
            licence,
            key=key,
            is_partial=is_partial,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )


def _show_doubts(error: "ProvincesUnclear", *, as_json: bool) -> None:
    if as_json:
        print_json({"error": str(error), "unmatched": [vars(row) for row in error.rows]})
        return
    err.print(f"netra: {error}.", markup=False, soft_wrap=True)
    table = Table("feature", "code", "why", box=None, header_style="bold")
    for row in error.rows:
        table.add_row(Text(row.feature), row.code, Text(row.reason))
    err.print(table)


def _show(drawn: "StoredMap", *, as_json: bool, is_kept: bool = True) -> None:
    characters = sum(len(area.path) for area in drawn.provinces.values())
    if as_json:
        said = drawn.model_dump(exclude={"provinces"}) | {"provinces": sorted(drawn.provinces), "characters": characters}
        print_json(said | {"kept": is_kept})
        return
    size = f"{drawn.points} points became {characters / 1000:.0f} KB, simplified by {drawn.tolerance:g} of {drawn.width} units"
    out.print(f"{drawn.file}: {len(drawn.provinces)} provinces; {size}.", markup=False, soft_wrap=True)
    out.print(
        f"licence {drawn.licence}; SHA-256 {drawn.sha256}; {drawn.loaded_at:%Y-%m-%d %H:%M} UTC", markup=False, soft_wrap=True
    )
    if not is_kept:
        out.print("nothing was kept (--dry-run).")


def _actor() -> str:
    return f"sistem:peta:{getpass.getuser()}"[:80]

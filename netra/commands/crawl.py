"""`netra crawl` and `netra sources`: outlets, their crawls and their health."""

from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Engine, select

from models import Source
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import INCOMPLETE, err, fail, out, print_json, progress_bar
from netra.workplace import open_database

sources = typer.Typer(help="The outlets that we may read, and how each is doing.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
TROUBLED = ("terlambat", "gagal", "sunyi")
"""States of crawler.checks.HealthState in which a person should look."""


def crawl(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources; none means all enabled ones.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read the feeds of sources and store what is new. Safe to stop and to run again; exit code 1 when one failed.

    Example: `netra crawl antaranews kendal-bawaslu`
    """
    from netra.crawling import CrawlProgress, crawl_sources

    settings = Settings()
    engine = open_database(settings)
    slugs = _choose(settings, names or [])
    if not (settings.crawl_contact or settings.crawl_proxy or settings.crawl_private_hosts):
        fail("outlets must be able to reach whoever reads them.", "Set NETRA_CRAWL_CONTACT to an e-mail address or a page.")
    _sync(settings, engine)
    with progress_bar() as progress:
        task = progress.add_task("Crawling", total=None)

        def show(measured: CrawlProgress) -> None:
            progress.update(task, completed=measured.done, total=measured.known)

        outcomes = crawl_sources(settings, engine, slugs, show)
    if as_json:
        print_json([vars(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            counts = ", ".join(f"{name} {count}" for name, count in outcome.counts.items())
            (out if outcome.is_sound else err).print(f"{outcome.slug}: {counts or outcome.reason}", markup=False, soft_wrap=True)
    if not all(outcome.is_sound for outcome in outcomes):
        raise typer.Exit(INCOMPLETE)


@sources.command("list")
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


@sources.command("show")
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


@sources.command("check")
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


def _choose(settings: Settings, names: list[str]) -> list[str]:
    from crawler.catalogue import read_source_files

    files = read_source_files(settings.sources_dir)
    for name in names:
        if name not in files:
            fail(f"there is no source {name!r}.", f"Sources: {', '.join(files)}.")
        if not files[name].is_enabled:
            fail(f"{name} is disabled: {files[name].disabled_reason}.", f"Enable it in {settings.sources_dir / name}.yml.")
    return names or [name for name, file in files.items() if file.is_enabled]


def _read_health() -> list[dict[str, object]]:
    """The catalogue in the database brought to what the files say, then every source with its health."""
    from crawler.checks import check_source

    settings = Settings()
    engine = open_database(settings)
    _sync(settings, engine)
    rows = list[dict[str, object]]()
    with make_reading_session(engine)() as session:
        for source in session.scalars(select(Source).order_by(Source.slug)):
            health = check_source(session, source)
            said = {name: str(getattr(source, name)) for name in ("slug", "name", "kind", "rights")}
            rows.append({**said, "state": str(health.state), "message": health.message})
    return rows


def _sync(settings: Settings, engine: Engine) -> None:
    from crawler.catalogue import read_source_files, sync_sources

    with make_session(engine).begin() as session:
        sync_sources(session, read_source_files(settings.sources_dir).values(), is_demo=settings.demo)

"""`netra connectors`: which platforms may be read live, which only imported, and what each still needs."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text
from sqlalchemy import func, select

from models import ConnectorCursor, Source
from models.database import make_reading_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, fail, out, print_json
from netra.workplace import open_database

if TYPE_CHECKING:
    from crawler.catalogue import SourceFile
    from crawler.connectors.platforms import PlatformFile

app = typer.Typer(help="Platforms: which may be read live, which only imported, and why.", no_args_is_help=True)


@app.command("list")
def list_connectors(as_json: JsonOption = False) -> None:
    """List the platforms with their state, dated, and the sources that use them.

    Example: `netra connectors list`
    """
    rows = _describe_all(Settings())
    if as_json:
        print_json(rows)
        return
    for row in rows:
        sources = ", ".join(entry["slug"] for entry in row["sources"])
        says = [f"sources: {sources}"] if sources else []
        says += [f"fill {', '.join(row['missing'])}"] if row["missing"] else []
        said = f"  {'; '.join(says)}" if says else ""
        out.print(f"{row['platform']:<12} {row['state']:<12} {row['noted_on']}{said}", markup=False, soft_wrap=True)
        out.print(Padding(Text(row["reason"]), (0, 0, 0, 4)))


@app.command("show")
def show_connector(name: Annotated[str, typer.Argument(metavar="PLATFORM")], as_json: JsonOption = False) -> None:
    """Show one platform: its state, its limits, its sources, and how far their queries were read.

    Example: `netra connectors show mastodon`
    """
    settings = Settings()
    rows = {row["platform"]: row for row in _describe_all(settings)}
    if name not in rows:
        fail(f"there is no platform {name!r}.", f"Platforms: {', '.join(rows)}.")
    said = rows[name] | {"queries": _list_cursors(settings, [entry["slug"] for entry in rows[name]["sources"]])}
    if as_json:
        print_json(said)
        return
    for key in ("platform", "name", "state", "noted_on", "reason", "reads", "limit", "terms", "missing"):
        out.print(f"{key:>12}  {said[key] or '-'}", markup=False, soft_wrap=True)
    for query in said["queries"]:
        when = f"{query['polled_at']:%Y-%m-%d %H:%M} UTC" if query["polled_at"] else "never"
        out.print(f"{'query':>12}  {query['source']} {query['query']}: read {when}", markup=False, soft_wrap=True)
    if not said["queries"]:
        out.print(f"{'query':>12}  none was read yet")


@app.command("check")
def check_connectors(as_json: JsonOption = False) -> None:
    """Say what the enabled sources of platforms need before they can work; exit code 1 when a person must act.

    It asks nobody: it compares files, settings and what the last runs left in the database.

    Example: `netra connectors check`
    """
    settings = Settings()
    rows = _describe_all(settings)
    troubles = [{"platform": row["platform"], "trouble": trouble} for row in rows for trouble in _troubles(settings, row)]
    if as_json:
        print_json(troubles)
    else:
        for trouble in troubles:
            err.print(f"{trouble['platform']}: {trouble['trouble']}", markup=False, soft_wrap=True)
        live = sum(row["is_live"] for row in rows)
        out.print(f"{len(rows)} platforms, {live} of them live, {len(troubles)} troubles")
    if troubles:
        raise typer.Exit(INCOMPLETE)


def _describe_all(settings: Settings) -> list[dict[str, Any]]:
    from crawler.catalogue import read_source_files
    from crawler.connectors.platforms import read_platforms

    files = [file for file in read_source_files(settings.sources_dir).values() if file.connector]
    platforms = read_platforms()
    return [_describe(slug, platform, files, settings) for slug, platform in platforms.items()]


def _describe(slug: str, platform: "PlatformFile", files: "list[SourceFile]", settings: Settings) -> dict[str, Any]:
    mine = [file for file in files if file.connector == slug]
    sources = [{"slug": file.slug, "is_enabled": file.is_enabled, "disabled_reason": file.disabled_reason} for file in mine]
    said = platform.model_dump(mode="json", exclude={"settings"})
    missing = platform.missing_settings(settings)
    return {"platform": slug, **said, "is_live": platform.is_live, "missing": missing, "sources": sources}


def _troubles(settings: Settings, row: dict[str, Any]) -> list[str]:
    enabled = [entry["slug"] for entry in row["sources"] if entry["is_enabled"]]
    if not enabled:
        return []
    troubles = [f"{', '.join(enabled)}: fill {', '.join(row['missing'])}"] if row["missing"] else []
    for query in _list_cursors(settings, enabled):
        if query["failures"]:
            troubles.append(f"{query['source']}: {query['query']} failed {query['failures']} times in a row")
    return troubles


def _list_cursors(settings: Settings, slugs: list[str]) -> list[dict[str, Any]]:
    """How far the queries of these sources were read; those that a search found are many, so they are left out."""
    query = (
        select(Source.slug, ConnectorCursor.query, ConnectorCursor.polled_at, ConnectorCursor.failures)
        .join(Source, Source.id == ConnectorCursor.source_id)
        .where(Source.slug.in_(slugs), ConnectorCursor.found_until.is_(None))
        .order_by(Source.slug, func.lower(ConnectorCursor.query))
    )
    with make_reading_session(open_database(settings))() as session:
        return [dict(zip(("source", "query", "polled_at", "failures"), row, strict=True)) for row in session.execute(query)]

"""`netra sources`: outlets, their health, and how a new one is added."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models import HealthState, SourceKind
from models.health.states import ALARMING, ORDER
from models.settings import Settings
from netra.console import DONE, INCOMPLETE, JsonOption, err, fail, out, print_json, print_rows, progress_bar

if TYPE_CHECKING:
    from crawler.catalogue import SourceFile
    from crawler.discovery.proposal import Exploration

app = typer.Typer(help="The outlets that we may read, and how each is doing.", no_args_is_help=True)

COLUMNS = ("slug", "name", "region", "rights", "state", "message")
OF_HEALTH = ("slug", "state", "message", "last item", "24 h", "304", "causes", "alarm")
BROKEN = ("name", "message", "causes", "alarm")
"""Columns that may be broken into lines; the rest is typed in again."""

NamesArgument = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources; none means all enabled ones.")]
RegionOption = Annotated[str, typer.Option("--region", help="Kemendagri code: 33 takes in 33.24.")]
KindOption = Annotated[SourceKind | None, typer.Option("--kind")]
FamilyOption = Annotated[str, typer.Option("--family", help="As antaranews, bawaslu, wordpress.")]
ConfidenceOption = Annotated[str, typer.Option("--confidence", help="A, B or C; several by commas.")]
StateOption = Annotated[HealthState | None, typer.Option("--state")]


@app.command("list")
def list_sources(
    region: RegionOption = "",
    kind: KindOption = None,
    family: FamilyOption = "",
    confidence: ConfidenceOption = "",
    state: StateOption = None,
    health: Annotated[bool, typer.Option("--health", help="What their health rests on, the worst first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the sources with their rights and their health.

    Example: `netra sources list --region 33 --state gagal`, `netra sources list --health`
    """
    from netra.outlets import Wish, choose_sources, lines_of_health, read_health

    files = choose_sources(Wish(region=region, kind=kind, family=family, confidence=confidence))
    rows = [row for row in read_health(files) if state in (None, row["state"])]
    rows = sorted(rows, key=lambda row: ORDER[HealthState(row["state"])]) if health else rows
    if as_json:
        print_json(rows)
    elif not rows:
        err.print("no source is like that; `netra sources list` shows all of them", markup=False)
    else:
        columns, lines = (OF_HEALTH, map(lines_of_health, rows)) if health else (COLUMNS, rows)
        print_rows(columns, [[line[name] for name in columns] for line in lines], long=BROKEN)


@app.command("show")
def show_source(name: Annotated[str, typer.Argument(metavar="SOURCE")], as_json: JsonOption = False) -> None:
    """Show one source: what its file and its family say, and how it is doing.

    Example: `netra sources show antaranews`
    """
    from netra.outlets import Wish, choose_sources, read_health

    files = choose_sources(Wish(names=(name,)))
    health = read_health(files)[0]
    said = {**files[name].model_dump(mode="json"), **{key: health[key] for key in ("state", "message", "mend")}}
    if as_json:
        print_json(said)
        return
    for key, value in said.items():
        if value not in (None, "", [], {}):
            out.print(f"{key:>22}  {value}", markup=False, soft_wrap=True)


@app.command("check")
def check_sources(
    names: NamesArgument = None,
    region: RegionOption = "",
    kind: KindOption = None,
    family: FamilyOption = "",
    confidence: ConfidenceOption = "",
    offline: Annotated[bool, typer.Option("--offline", help="Only the files and what the last runs found.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Try every feed as a crawl would and say what is wrong and how to mend it; exit code 1 when one needs a person.

    Nothing is written. With `--offline` nothing is asked either: only the files are checked, and what the last runs found.

    Example: `netra sources check antaranews kendal-bawaslu`
    """
    from netra.outlets import Wish, choose_sources

    files = choose_sources(Wish(tuple(names or ()), region, kind, family, confidence))
    if offline:
        raise typer.Exit(_check_offline(files, as_json=as_json))
    raise typer.Exit(_check_live({slug: file for slug, file in files.items() if file.is_enabled or names}, as_json=as_json))


@app.command("watch")
def watch(as_json: JsonOption = False) -> None:
    """Judge every source once: open alarms, close those that stayed good. For cron; exit code 1 when one was opened.

    Example: `netra sources watch`
    """
    from models.database import make_session
    from models.health.watching import watch_sources
    from netra.workplace import open_database

    changes = watch_sources(make_session(open_database(Settings())))
    if as_json:
        names = ("id", "kind", "message", "opened_at", "closed_at")
        print_json([{"source": one.slug, **{name: getattr(one.alarm, name) for name in names}} for one in changes])
    for change in [] if as_json else changes:
        said = f"{change.slug}: {change.alarm.kind}: {change.alarm.message}" if change.is_open else ""
        (err if said else out).print(said or f"{change.slug}: {change.alarm.kind} is over", markup=False, soft_wrap=True)
    if not changes and not as_json:
        out.print("no alarm was opened or closed")
    if any(change.is_open for change in changes):
        raise typer.Exit(INCOMPLETE)


@app.command("add")
def add_source(
    url: Annotated[str, typer.Argument(metavar="URL", help="The outlet's home page.")],
    name: Annotated[str, typer.Option("--name", help="Name of the file; made from the address where it is left out.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Write the file without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, write nothing, ask nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Find an outlet's feeds, show what would be read, and write its source file; exit code 1 when no list works.

    A file that exists is never overwritten.

    Example: `netra sources add https://jateng.antaranews.com --dry-run`
    """
    from netra.outlets import Wish, choose_sources, lines_of_exploration, row_of_exploration, write_source

    settings, files = Settings(), choose_sources(Wish())
    found = _explore(settings, url if "://" in url else f"https://{url}", name)
    known = [slug for slug, file in files.items() if found.home.host in file.hosts]
    if as_json:
        print_json(row_of_exploration(found, known))
    else:
        out.print("\n".join(lines_of_exploration(found, known)), markup=False, soft_wrap=True)
    if not found.works:
        raise typer.Exit(INCOMPLETE)
    path = settings.sources_dir / f"{found.slug}.yml"
    if dry_run:
        return
    if write or _is_wanted(path, as_json=as_json):
        write_source(path, found.text)
        err.print(f"wrote {path}; look at `rights`, then: netra sources check {found.slug}", markup=False, soft_wrap=True)
    else:
        err.print(f"nothing was written; --write writes {path}", markup=False, soft_wrap=True)


def _explore(settings: Settings, url: str, name: str) -> "Exploration":
    from crawler.discovery.proposal import explore
    from crawler.discovery.visiting import Visitor
    from crawler.errors import Unreachable

    _require_contact(settings)
    try:
        with progress_bar() as progress:
            progress.add_task("Visiting the outlet", total=None)
            return explore(Visitor(settings), url, name)
    except Unreachable as error:
        fail(f"{url} {error.words}.", "Give the address of the outlet's home page.")


def _check_offline(files: "dict[str, SourceFile]", *, as_json: bool) -> int:
    from netra.outlets import read_health

    rows = read_health(files)
    troubled = [row for row in rows if row["state"] in ALARMING]
    if as_json:
        print_json(rows)
    else:
        for row in troubled:
            err.print(f"{row['slug']}: {row['message']}; {row['mend']}", markup=False, soft_wrap=True)
        out.print(f"{len(rows)} sources, {len(troubled)} need a person")
    return INCOMPLETE if troubled else DONE


def _check_live(files: "dict[str, SourceFile]", *, as_json: bool) -> int:
    from crawler.discovery.rounds import check_sources_live
    from netra.outlets import row_of_check

    settings, rows, held = Settings(), [], []
    _require_contact(settings)
    with progress_bar() as progress:
        task = progress.add_task("Trying feeds", total=sum(feed.is_enabled for file in files.values() for feed in file.feeds))
        for row in map(row_of_check, check_sources_live(settings, files.values())):
            progress.advance(task)
            rows.append(row)
            held.append(row)
            if not as_json and not _is_nameless(row):  # Until one name is found, the network may be what is missing.
                _say_checks(held)
                held = []
    troubled = sum(not row["is_sound"] for row in rows)
    if as_json:
        print_json(rows)
    elif len(rows) > 1 and all(map(_is_nameless, rows)):
        err.print("not one name was found: is this machine on the internet?", markup=False)
    else:
        _say_checks(held)
        out.print(f"{len(rows)} feeds, {troubled} need a person" if rows else "no enabled feed is like that")
    return INCOMPLETE if troubled else DONE


def _is_nameless(row: Mapping[str, Any]) -> bool:
    return row["code"].startswith("dns")


def _say_checks(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        stream = out if row["is_sound"] else err
        stream.print(f"{row['source']}: {row['feed']} {row['words']}", markup=False, soft_wrap=True)


def _require_contact(settings: Settings) -> None:
    """Whoever is asked must be able to reach who asks."""
    if not (settings.crawl_contact or settings.crawl_proxy or settings.crawl_private_hosts):
        fail("outlets must be able to reach whoever reads them.", "Set NETRA_CRAWL_CONTACT to an e-mail address or a page.")


def _is_wanted(path: Path, *, as_json: bool) -> bool:
    return not as_json and sys.stdin.isatty() and typer.confirm(f"Write {path}?")

"""`netra quarantine`: pages that we should have been able to read, and texts that we should have been able to score."""

import getpass
from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy import Select, select

from models import FetchCause, QuarantinedPage, QuarantineState, Snapshot, Source
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, fail, number_argument, out, print_json, print_rows, progress_bar
from netra.workplace import open_database

app = typer.Typer(help="Pages that nobody could read, kept to be read again. docs/health.md tells more.", no_args_is_help=True)

SourceOption = Annotated[str, typer.Option("--source", help="Only of this source.")]
CauseOption = Annotated[FetchCause | None, typer.Option("--cause", help="Only with this cause.")]
COLUMNS = ("id", "source", "cause", "tried", "since", "reason", "address")


@app.command("list")
def list_pages(
    source: SourceOption = "",
    cause: CauseOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List the pages that wait, the newest first.

    Example: `netra quarantine list --source antaranews`
    """
    with make_reading_session(open_database(Settings()))() as session:
        query = _waiting(source, cause).order_by(QuarantinedPage.at.desc(), QuarantinedPage.id.desc()).limit(limit)
        rows = [_describe(page, slug) for page, slug in session.execute(query)]
    if as_json:
        print_json(rows)
    elif not rows:
        out.print("no page waits")
    else:
        keys = ("id", "source", "cause", "attempts", "at", "reason", "url")
        cells = [[f"{row[key]:%Y-%m-%d %H:%M}" if key == "at" else row[key] for key in keys] for row in rows]
        print_rows(COLUMNS, cells, long=("reason", "address"))


@app.command("show")
def show_page(page_id: Annotated[int, number_argument("PAGE")], as_json: JsonOption = False) -> None:
    """Show one page, and where its bytes are kept.

    Example: `netra quarantine show 17`
    """
    with make_reading_session(open_database(Settings()))() as session:
        query = select(QuarantinedPage, Source.slug, Snapshot).join(Source, Source.id == QuarantinedPage.source_id)
        query = query.join(Snapshot, Snapshot.id == QuarantinedPage.snapshot_id).where(QuarantinedPage.id == page_id)
        found = session.execute(query).first()
    if found is None:
        fail(f"there is no page {page_id} in quarantine.", "See them: netra quarantine list")
    page, slug, copy = found
    said = _describe(page, slug) | {"state": str(page.state), "item": page.item_id, "closed_at": page.closed_at}
    said |= {"fetched_at": copy.fetched_at, "sha256": copy.sha256, "bytes": copy.byte_count, "warc_file": copy.warc_file}
    if as_json:
        print_json(said)
        return
    for key, value in said.items():
        if value is not None:
            out.print(f"{key:>12}  {value}", markup=False, soft_wrap=True)


@app.command("replay")
def replay_pages(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources; none means all.")] = None,
    cause: CauseOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be read, store nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read waiting pages again with today's readers; what reads is stored as of its fetch. Exit code 1 when some wait on.

    Example: `netra quarantine replay antaranews --dry-run`
    """
    from crawler.quarantine.replay import replay_quarantine
    from netra.crawls.replaying import describe_quarantine, show_quarantine
    from netra.outlets import Wish, choose_sources

    settings = Settings()
    engine, files = open_database(settings), choose_sources(Wish(names=tuple(names or ())))
    with make_reading_session(engine)() as session:
        waiting = {slug for _, slug in session.execute(_waiting("", cause))}
    orphans = [] if names else sorted(waiting - files.keys())
    causes, reports = (cause,) if cause else (), []
    with progress_bar() as progress:
        task = progress.add_task("Reading again", total=len(waiting & files.keys()))
        for slug in sorted(waiting & files.keys()):
            args = (make_session(engine), files[slug], settings.evidence_dir)
            reports.append(replay_quarantine(*args, causes=causes, dry_run=dry_run))
            progress.advance(task)
    if as_json:
        print_json({"dry_run": dry_run, "sources": [describe_quarantine(report) for report in reports]})
    elif not reports and not orphans:
        out.print("no page waits")
    for report in [] if as_json else reports:
        show_quarantine(report, dry_run=dry_run)
    for slug in orphans:
        mend = f"Put it back, or give them up: netra quarantine drop --source {slug}"
        err.print(f"{slug}: its file is gone from the catalogue, so its pages wait on. {mend}", markup=False, soft_wrap=True)
    if orphans or any(report.refused for report in reports):
        raise typer.Exit(INCOMPLETE)


@app.command("drop")
def drop(source: SourceOption = "", cause: CauseOption = None, as_json: JsonOption = False) -> None:
    """Give waiting pages up, by source or cause; their bytes stay as evidence.

    Example: `netra quarantine drop --source antaranews --cause bukan_artikel`
    """
    from crawler.quarantine.replay import drop_pages

    if not source and cause is None:
        fail("this would drop every page.", "Say which: --source SOURCE, --cause CAUSE, or both.")
    with make_session(open_database(Settings())).begin() as session:
        ids = [page.id for page, _ in session.execute(_waiting(source, cause))]
        count = drop_pages(session, ids, actor=f"sistem:{getpass.getuser()}"[:80])
    if as_json:
        print_json({"dropped": count})
    else:
        (out if count else err).print(f"{count} pages dropped" if count else "no page like that waits")


@app.command("texts")
def list_texts(
    again: Annotated[bool, typer.Option("--again", help="Let all of them be scored once more.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List texts on which scoring failed three times, and those that a shadow or `netra rescore` could not score.

    They are put aside for the artifact that failed; the next one to go live tries them anyway.

    Example: `netra quarantine texts --again`
    """
    from classifier.aside import list_left_aside, try_aside_again
    from classifier.quarantine import list_aside, try_again

    engine = open_database(Settings())
    with make_session(engine).begin() if again else make_reading_session(engine)() as session:
        of_live, of_others = list_aside(session), list_left_aside(session)
        texts, actor = [*of_live, *of_others], f"sistem:{getpass.getuser()}"[:80]
        if again:
            try_again(session, of_live, actor=actor)
            try_aside_again(session, of_others, actor=actor)
    if as_json:
        print_json({"texts": [asdict(text) for text in texts], "again": again})
        return
    if not texts:
        out.print("no text was put aside")
        return
    cells = [(text.item_id, f"{text.since:%Y-%m-%d %H:%M}", text.artifact, text.reason, text.title) for text in texts]
    print_rows(("item", "since", "artifact", "reason", "title"), cells, long=("reason", "title"))
    if again:
        out.print(f"{len(texts)} texts wait to be scored again")


def _waiting(source: str, cause: FetchCause | None) -> Select[QuarantinedPage, str]:
    query = select(QuarantinedPage, Source.slug).join(Source, Source.id == QuarantinedPage.source_id)
    query = query.where(QuarantinedPage.state == QuarantineState.WAITING)
    query = query.where(Source.slug == source) if source else query
    return query.where(QuarantinedPage.cause == cause) if cause else query


def _describe(page: QuarantinedPage, slug: str) -> dict[str, Any]:
    same = {name: getattr(page, name) for name in ("id", "url", "reason", "attempts", "at", "snapshot_id")}
    return {"source": slug, "cause": str(page.cause)} | same

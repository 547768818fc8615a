"""`netra statistics`: the counts behind the dashboard."""

from typing import Annotated

import typer

from models.database import make_session
from models.settings import Settings
from netra.console import JsonOption, fail, out, print_json, progress_bar
from netra.workplace import open_database

app = typer.Typer(help="The counts behind the dashboard.", no_args_is_help=True)


@app.callback()
def statistics() -> None:
    """Kept up to date by scoring and by whoever opens the dashboard."""


@app.command()
def refresh(
    anew: Annotated[
        bool, typer.Option("--anew", help="Forget all counts and count every flag: after rows were mended by hand.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Add up what changed of flags since the last time. Safe to kill, and to run twice at once.

    Example: `netra statistics refresh`
    """
    from models.figures.tallying import catch_up, count_anew

    sessions = make_session(open_database(Settings()))
    if anew:
        with sessions.begin() as session:
            count_anew(session)
    with progress_bar() as progress:
        task = progress.add_task("Counting flags", total=None)
        counted = catch_up(sessions, on_progress=lambda done: progress.update(task, completed=done))
    if as_json:
        print_json({"changes": counted})
    else:
        out.print(f"counted {counted} changes" if counted else "every change is counted already")


@app.command()
def publish(as_json: JsonOption = False) -> None:
    """Count what the public page may show of periods that are over: once each, and never again. Safe to repeat.

    The job `publish` does it every day.

    Example: `netra statistics publish`
    """
    from service.dashboard.publishing import publish_due
    from service.dashboard.service import today

    settings = Settings()
    if not settings.public_statistics:
        fail("this house publishes no figures.", "Switch them on: NETRA_PUBLIC_STATISTICS=true")
    with progress_bar() as progress:
        progress.add_task("Publishing figures", total=None)
        done = publish_due(make_session(open_database(settings)), today())
    if as_json:
        print_json([{"first_on": edition.first_on, "months": edition.months} for edition in done])
    else:
        out.print(f"published {len(done)} periods" if done else "everything that may be published is published already")

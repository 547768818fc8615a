"""`netra statistics`: the counts behind the dashboard."""

from typing import Annotated

import typer

from models.database import make_session
from models.settings import Settings
from netra.console import JsonOption, out, print_json, progress_bar
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

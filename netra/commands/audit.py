"""`netra audit`: the trail of every change."""

from typing import Annotated

import typer

from models import verify_chain
from models.database import make_reading_session
from models.settings import Settings
from netra.console import INCOMPLETE, err, out, print_json
from netra.workplace import open_database

app = typer.Typer(help="The trail of every change, and whether it is whole.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `netra audit verify` a subcommand while it is the only one."""


@app.command()
def verify(
    expect: Annotated[str, typer.Option(help="A head hash that was kept elsewhere: a cut tail shows only against it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare every event of the trail with its hash. Exit code 1 when something was changed or removed.

    Example: `netra audit verify --expect 3f9a…`
    """
    with make_reading_session(open_database(Settings()))() as session:
        report = verify_chain(session, expected_head=expect or None)
    is_whole = not report.breaks and report.holds_head is not False
    if as_json:
        breaks = [{"event": found.event_id, "reason": found.reason} for found in report.breaks]
        print_json({"events": report.events, "head": report.head, "whole": is_whole, "breaks": breaks})
    else:
        for found in report.breaks:
            err.print(f"event {found.event_id}: {found.reason}", markup=False)
        if report.holds_head is False:
            err.print("the expected head is not in the trail: its tail was cut or replaced", markup=False)
        state = "whole" if is_whole else "BROKEN"
        out.print(f"The trail is {state}: {report.events} events, head {report.head}", soft_wrap=True)
    if not is_whole:
        raise typer.Exit(INCOMPLETE)

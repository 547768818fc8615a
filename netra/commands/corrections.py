"""`netra corrections`: requests for correction, by number and time. Who asks and what they wrote stays in the review room."""

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from models.database import make_reading_session
from models.settings import Settings
from netra.console import JsonOption, fail, number_argument, out, print_json
from netra.workplace import open_database

app = typer.Typer(help="Requests for correction. docs/corrections.md tells more.", no_args_is_help=True)

SUMMARY = ("id", "asked", "sender", "region_code", "created_at", "due_at", "identity", "answer", "ground", "answered_at")
DEED = ("id", "kind", "item_id", "flag_id", "case_id", "note", "done_at", "undone_at")
NumberArgument = Annotated[int, number_argument("REQUEST", "Number of a request.")]
AllOption = Annotated[bool, typer.Option("--all", help="Ended ones too.")]


@app.command("list")
def list_requests(shows_all: AllOption = False, as_json: JsonOption = False) -> None:
    """List the requests that wait, the most urgent first, and the figures of the last 365 days.

    Example: `netra corrections list`
    """
    from sqlalchemy import select, true

    from models import Correction
    from service.corrections.figures import read_figures
    from service.corrections.repository import is_open

    with make_reading_session(open_database(Settings()))() as session:
        query = select(Correction).where(true() if shows_all else is_open()).order_by(Correction.due_at, Correction.id)
        rows = [_say(one) for one in session.scalars(query)]
        figures = vars(read_figures(session))
    if as_json:
        print_json({"corrections": rows, "figures": figures})
        return
    _show(rows)
    answered = ", ".join(f"{count} {answer}" for answer, count in figures["answered"].items())
    out.print(f"last 365 days: {figures['received']} received, {answered}; {figures['in_time']} answered in time")
    if figures["overdue"]:
        out.print(f"{figures['overdue']} are late: answer them at /permintaan")


@app.command()
def show(number: NumberArgument, as_json: JsonOption = False) -> None:
    """Show one request and what was done about it, without what its sender wrote.

    Example: `netra corrections show 5`
    """
    from models import Correction
    from service.corrections.repository import list_deeds

    with make_reading_session(open_database(Settings()))() as session:
        one = session.get(Correction, number)
        if one is None:
            fail(f"there is no request {number}.", "See them: netra corrections list --all")
        said = _say(one)
        deeds = [{name: getattr(row.deed, name) for name in DEED} for row in list_deeds(session, number)]
    if as_json:
        print_json(said | {"deeds": deeds})
        return
    for name, value in said.items():
        out.print(f"{name}: {'-' if value is None else value}", markup=False, soft_wrap=True)
    for deed in deeds:
        where = ", ".join(f"{name.removesuffix('_id')} {deed[name]}" for name in ("item_id", "flag_id", "case_id") if deed[name])
        state = " (taken back)" if deed["undone_at"] else ""
        out.print(f"{deed['done_at']:%Y-%m-%d %H:%M}: {deed['kind']} on {where}{state}", markup=False, soft_wrap=True)


def _say(one: Any) -> dict[str, Any]:
    from service.corrections.receiving import status_of
    from service.corrections.service import hours_left

    left = None if one.answered_at or one.withdrawn_at else hours_left(one)
    return {name: getattr(one, name) or None for name in SUMMARY} | {"status": status_of(one).value, "hours_left": left}


def _show(rows: list[dict[str, Any]]) -> None:
    if not rows:
        out.print("no request waits")
        return
    table = Table("request", "asks", "region", "status", "hours left", box=None, header_style="bold")
    for row in rows:
        cells = (row["id"], row["asked"], row["region_code"] or "nation", row["status"], row["hours_left"])
        table.add_row(*(Text("-" if cell is None else str(cell)) for cell in cells))
    out.print(table)

"""`netra tips`: what the law and our own word ask for with the tips of the public."""

import typer

from models.base import now
from models.database import make_session
from models.settings import Settings
from netra.console import JsonOption, out, print_json
from netra.workplace import open_database

app = typer.Typer(help="Tips of the public.", no_args_is_help=True)


@app.callback()
def tips() -> None:
    """Tips of the public."""


@app.command()
def forget(as_json: JsonOption = False) -> None:
    """Delete what is kept of senders past its time (NETRA_TIPS_CONTACT_DAYS). Every `netra alerts run` does it too.

    Example: `netra tips forget`
    """
    from service.tips.sending import forget as forget_old

    with make_session(open_database(Settings())).begin() as session:
        count = forget_old(session, now())
    if as_json:
        print_json({"forgotten": count})
    else:
        out.print(f"deleted {count} contacts" if count else "no contact has passed its time")

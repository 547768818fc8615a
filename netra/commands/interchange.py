"""`netra interchange`: cases from another agency's house, pulled by token and cursor."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, out, print_json, progress_bar
from netra.workplace import open_database

app = typer.Typer(help="Cases and follow-ups between houses (docs/interchange.md).", no_args_is_help=True)


@app.command()
def pull(
    url: Annotated[str, typer.Argument(help="Address of the other house: https://netra.example")],
    token_file: Annotated[Path, typer.Option(help="File with the token that the other house gave us.")],
    key: Annotated[str, typer.Option(help="Its public key, as its operator told you; else its first answer fixes it.")] = "",
    anew: Annotated[bool, typer.Option("--anew", help="Ask for everything from the beginning; what is known stays.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take in what changed there since the last time. A repeat changes nothing, and our own rows stay as they are.

    Example: `netra interchange pull https://netra.example --token-file /etc/netra/mitra.token`
    """
    from netra.houses import read_token
    from service.interchange.pulling import pull_changes

    settings = Settings()
    token = read_token(token_file)
    sessions = make_session(open_database(settings))
    with progress_bar() as progress:
        task = progress.add_task("pages", total=None)
        done = pull_changes(sessions, settings, url, token, key, anew=anew, on_page=lambda: progress.advance(task))
    if as_json:
        print_json(vars(done))
    else:
        out.print(f"{done.new} new, {done.changed} changed, {done.withdrawn} withdrawn, {done.known} known already", markup=False)
    for line in done.refused:
        err.print(f"refused {line}", markup=False, soft_wrap=True)
    if done.refused:
        err.print("It is asked for again after an upgrade that understands more, or with --anew.", markup=False)
        raise typer.Exit(INCOMPLETE)


@app.command()
def verify(as_json: JsonOption = False) -> None:
    """Check that everything that came in is still what the other houses signed; what is not makes the exit code 1.

    Example: `netra interchange verify`
    """
    from service.interchange.verifying import verify_received

    sessions = make_reading_session(open_database(Settings()))
    with progress_bar() as progress, sessions() as session:
        task = progress.add_task("cases", total=None)
        found = verify_received(session, on_case=lambda: progress.advance(task))
    if as_json:
        print_json(vars(found))
    elif not found.checked:
        out.print("Nothing has come from other houses yet.", markup=False)
    else:
        out.print(f"{found.checked - len(found.broken)} of {found.checked} are as they were signed", markup=False)
    for line in found.broken:
        err.print(f"changed: {line}; pull it again with `netra interchange pull`", markup=False, soft_wrap=True)
    if found.broken:
        raise typer.Exit(INCOMPLETE)


@app.command()
def key(as_json: JsonOption = False) -> None:
    """Print the public key of this house, for whoever pulls from it.

    Example: `netra interchange key`
    """
    from service.api.interchange import house_of
    from service.sealing import Keys

    settings = Settings()
    house = house_of(Keys.of(settings), settings)
    found: dict[str, Any] = {"key": house.key, "name": house.name}
    if as_json:
        print_json(found)
    else:
        out.print(house.key, markup=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of what houses exchange.

    Example: `netra interchange schema > interchange.schema.json`
    """
    from service.interchange.schemas import json_schema

    print_json(json_schema())

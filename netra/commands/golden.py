"""`netra golden`: the texts that every artifact is held against."""

import getpass
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import MOST_ROWS, JsonOption, number_argument, out, print_json
from netra.workplace import open_database

app = typer.Typer(
    help="Texts whose label experienced people agree on: every artifact is held against them.", no_args_is_help=True
)

ItemArgument = Annotated[int, number_argument("ITEM_ID", "Number of the item, as `netra golden suggest` shows it.")]


@app.command()
def add(
    item_id: ItemArgument,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="An act or a look-alike, such as pasang_apk or ikrar.")],
    note: Annotated[str, typer.Option(help="Why people agree on it.")] = "",
) -> None:
    """Make the current words of an item golden. Training reads neither them again nor copies or other versions of them.

    Example: `netra golden add 412 kegiatan_berpihak --note "dua pengawas dan koordinator sepakat"`
    """
    from classifier.artifacts.golden import add_golden

    with make_session(open_database(Settings())).begin() as session:
        is_new = add_golden(session, item_id, label, note=note, actor=_actor())
    out.print(f"item {item_id} is golden as {label}" + ("." if is_new else " already."))


@app.command("list")
def list_items(as_json: JsonOption = False) -> None:
    """List the golden items.

    Example: `netra golden list`
    """
    from classifier.artifacts.golden import list_golden

    with make_reading_session(open_database(Settings()))() as session:
        rows = list_golden(session)
    if as_json:
        keys = ("item_id", "label", "note", "added_by", "is_current")
        print_json([{key: getattr(row, key) for key in keys} | {"title": as_line(row.title)} for row in rows])
    elif not rows:
        out.print("There is no golden item yet. Find some: netra golden suggest")
    else:
        table = Table("item", "label", "title", "note", "added by", box=None, header_style="bold")
        for row in rows:
            title = as_line(row.title) + ("" if row.is_current else " (earlier version)")
            table.add_row(str(row.item_id), *(Text(value) for value in (row.label, title, as_line(row.note), row.added_by)))
        out.print(table)


@app.command()
def remove(item_id: ItemArgument) -> None:
    """Make an item golden no more; training may read it again.

    Example: `netra golden remove 412`
    """
    from classifier.artifacts.golden import remove_golden

    with make_session(open_database(Settings())).begin() as session:
        remove_golden(session, item_id, actor=_actor())
    out.print(f"item {item_id} is golden no more.")


@app.command()
def suggest(
    limit: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="How many at most.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Suggest items on which their readers agreed: signs of a violation by two persons, or a clear no violation.

    Example: `netra golden suggest --limit 10`
    """
    from classifier.artifacts.golden import suggest_golden

    with make_reading_session(open_database(Settings()))() as session:
        rows = suggest_golden(session, limit)
    if as_json:
        said = [{"item_id": row.item_id, "label": row.label, "readers": row.readers, "title": as_line(row.title)} for row in rows]
        print_json(said)
    elif not rows:
        out.print("There is nothing to suggest: no finished flag whose readers agree is without a golden item.", soft_wrap=True)
    else:
        table = Table("item", "label", "readers", "title", box=None, header_style="bold")
        for row in rows:
            table.add_row(str(row.item_id), row.label, str(row.readers), Text(as_line(row.title)))
        out.print(table)


def as_line(text: str) -> str:
    """A stored text as one line of a terminal: handles masked, nothing in it that would steer the terminal."""
    from service.items.privacy import mask_handles

    return mask_handles("".join(letter if letter.isprintable() else " " for letter in " ".join(text.split())))


def _actor() -> str:
    return f"sistem:emas:{getpass.getuser()}"[:80]

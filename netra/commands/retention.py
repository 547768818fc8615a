"""`netra retention`: what is personal goes when its time is over. docs/retention.md tells more."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table
from rich.text import Text

from models.base import now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, fail, number_argument, out, print_json, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from netra.retention.rules import Rule
    from netra.retention.run import Result

app = typer.Typer(help="What is personal goes when its time is over. docs/retention.md tells more.", no_args_is_help=True)

ItemArgument = Annotated[int, number_argument("ITEM", "Number of an item.")]
ReasonOption = Annotated[str, typer.Option(prompt="Reason (it stays; no names)", help="Why, without a name.")]


@app.command()
def plan(as_json: JsonOption = False) -> None:
    """Show the rules and how many rows each would touch now. Nothing is changed.

    Example: `netra retention plan`
    """
    from netra.retention.burying import count_marked
    from netra.retention.run import plan as count

    with _errors_in_words():
        settings = Settings()
        rules = _load_rules(settings)
        with make_reading_session(open_database(settings))() as session, progress_bar() as progress:
            progress.add_task("Counting", total=None)
            counts, marked = count(session, rules, now()), count_marked(session)
    if as_json:
        print_json({"rules": [vars(rule) | {"due": counts[rule.slug]} for rule in rules], "bytes_waiting": marked})
        return
    table = Table(Column("rule", no_wrap=True), "days", "since", "due", "basis", box=None, header_style="bold")
    for rule in rules:
        cells = (rule.slug, rule.days or "never", rule.since, counts[rule.slug], f"{rule.basis} ({rule.confidence})")
        table.add_row(*(Text(str(cell)) for cell in cells))
    out.print(table)
    if marked:
        out.print(f"{marked} copies are marked already and wait for their bytes to be overwritten")


@app.command()
def run(
    vacuum: Annotated[bool, typer.Option(help="SQLite: rebuild the file after something was erased.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Erase what `plan` counts, in small steps; killed anywhere, the next run goes on. Exit code 1 when a file was left.

    Example: `netra retention run`
    """
    from netra.retention.passes import erase_due
    from netra.stopping import stop_on_signals

    with _errors_in_words(), progress_bar() as progress, stop_on_signals() as stop:
        settings = Settings()
        engine, task = open_database(settings), progress.add_task("Erasing", total=None)
        result = erase_due(
            settings,
            engine,
            _actor(),
            rebuilds=vacuum,
            on_rule=lambda rule: progress.update(task, description=f"Erasing: {rule.slug}"),
            on_step=lambda count: progress.advance(task, count),
            on_wiping=lambda: progress.update(task, description="Clearing what the database keeps"),
            must_stop=lambda: stop.is_asked,
        )
    _show(result, as_json)
    if result.refusals:
        raise typer.Exit(INCOMPLETE)


@app.command()
def hold(item: ItemArgument, reason: ReasonOption, as_json: JsonOption = False) -> None:
    """Keep an item from every timer, for instance while a court or the Ombudsman asks.

    Example: `netra retention hold 412 --reason "permintaan Ombudsman, surat 12/2024"`
    """
    from netra.retention.holds import hold as begin

    with _errors_in_words(), make_session(open_database(Settings())).begin() as session:
        row = begin(session, item, _one_line(reason), _actor())
        said = {"hold": row.id, "item": item}
    _say(said, f"item {item} is held until: netra retention release {item}", as_json)


@app.command()
def release(item: ItemArgument, as_json: JsonOption = False) -> None:
    """End the hold of an item: the timers count for it again.

    Example: `netra retention release 412`
    """
    from netra.retention.holds import release as end

    with _errors_in_words(), make_session(open_database(Settings())).begin() as session:
        end(session, item, now(), _actor())
    _say({"released": item}, f"item {item} is held no more", as_json)


@app.command()
def holds(as_json: JsonOption = False) -> None:
    """List what is held, why and by whom.

    Example: `netra retention holds`
    """
    from netra.retention.holds import list_holds

    with make_reading_session(open_database(Settings()))() as session:
        rows = [
            {"item": row.item_id, "since": row.held_at, "by": row.held_by, "reason": row.reason} for row in list_holds(session)
        ]
    if as_json:
        print_json(rows)
    elif not rows:
        out.print("nothing is held")
    for row in [] if as_json else rows:
        out.print(f"item {row['item']}: {row['reason']} ({row['by']}, {row['since']:%Y-%m-%d})", markup=False, soft_wrap=True)


@app.command()
def erase(item: ItemArgument, reason: ReasonOption, as_json: JsonOption = False) -> None:
    """Erase one item today because its person rightly asked for it (UU 27/2022 Ps 8). Its bytes go with the next run.

    Example: `netra retention erase 412 --reason "permintaan penghapusan, surat 7/2025"`
    """
    from netra.retention.holds import erase_on_request
    from netra.retention.traces import overwrite_what_is_freed

    engine = open_database(Settings())
    overwrite_what_is_freed(engine)
    with _errors_in_words(), make_session(engine).begin() as session:
        erase_on_request(session, item, _one_line(reason), now(), _actor())
    _say({"erased": item}, f"the words of item {item} are gone; its bytes go with: netra retention run", as_json)


def _load_rules(settings: Settings) -> "list[Rule]":
    from netra.retention.rules import load_rules, read_days

    return load_rules(read_days(settings.retention_days))


def _show(result: "Result", as_json: bool) -> None:
    if as_json:
        refusals = [vars(refusal) for refusal in result.refusals]
        print_json({"erased": result.by_rule, "bytes_overwritten": result.buried, "left": refusals})
        return
    for refusal in result.refusals:
        err.print(f"left: {refusal.file}: {refusal.reason}", markup=False, soft_wrap=True)
    for slug, counts in result.by_rule.items():
        if any(counts.values()):
            out.print(f"{slug}: {', '.join(f'{count} {name}' for name, count in counts.items())}")
    out.print(f"bytes of {result.buried} copies were overwritten" if result.has_changed else "nothing has had its time")


def _say(value: dict[str, Any], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        out.print(sentence, soft_wrap=True)


@contextmanager
def _errors_in_words() -> Iterator[None]:
    from netra.retention.errors import RetentionError

    try:
        yield
    except RetentionError as error:
        fail(str(error))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _actor() -> str:
    return f"sistem:retensi:{getpass.getuser()}"[:80]

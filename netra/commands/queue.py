"""`netra queue`: the order in which people are given flags."""

from typing import Annotated

import typer
from pydantic import ValidationError

from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import JsonOption, fail, out, print_json, progress_bar
from netra.workplace import open_database

app = typer.Typer(help="The order of the queue: weights, and places that follow days and clusters.", no_args_is_help=True)

ACTOR = "sistem:antrean"


@app.command()
def refresh(as_json: JsonOption = False) -> None:
    """Give every flag the place it should have today. `netra score --watch` does it by itself, once an hour.

    Held flags keep their holders. Safe to kill, and to run twice at once.

    Example: `netra queue refresh`
    """
    from models.queue.refreshing import refresh_places

    engine = open_database(Settings())
    with progress_bar() as progress:
        task = progress.add_task("Placing flags", total=None)
        done = refresh_places(make_session(engine), on_progress=lambda seen: progress.update(task, completed=seen))
    if as_json:
        print_json({"filled": done.filled, "moved": done.moved, "generation": done.generation})
    else:
        out.print(f"moved {done.moved} flags" if done.moved else "every flag stands where it should")


@app.command()
def weights(
    score: Annotated[float | None, typer.Option(help="How much the machine's probability counts, 0 to 5.")] = None,
    severity: Annotated[float | None, typer.Option(help="How much the heaviest sanction counts.")] = None,
    time: Annotated[float | None, typer.Option(help="How much the days left count.")] = None,
    reach: Annotated[float | None, typer.Option(help="How much the size of the story's cluster counts.")] = None,
    novelty: Annotated[float | None, typer.Option(help="How much it counts that nothing like it came up lately.")] = None,
    oldest_share: Annotated[float | None, typer.Option(help="Part of turns that takes the longest waiting flag.")] = None,
    note: Annotated[str, typer.Option(help="Why; it stands with the weights and in the trail.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show the weights of the queue, or set those that are named, and give every flag its new place.

    Example: `netra queue weights`, or `netra queue weights --time 3 --note "masa tenang"`
    """
    from models.queue.placing import current_settings
    from models.queue.refreshing import refresh_places
    from service.review.weights import FACTORS, NewWeights, set_weights

    engine = open_database(Settings())
    given = {"score": score, "severity": severity, "time": time, "reach": reach, "novelty": novelty}
    given = {name: value for name, value in {**given, "oldest_share": oldest_share}.items() if value is not None}
    with make_reading_session(engine)() as session:
        current = current_settings(session)
        values = {name: getattr(current, name) for name in (*FACTORS, "oldest_share")} | given
    if given:
        try:
            new = NewWeights.model_validate(values)
        except ValidationError:
            fail("weights are numbers from 0 to 5, not all zero, and the share of the oldest is 0.05 to 0.5.")
        sessions = make_session(engine)
        with sessions.begin() as session:
            set_weights(session, ACTOR, None, new, note=note)
        refresh_places(sessions)
    if as_json:
        print_json(values)
        return
    for name, value in values.items():
        out.print(f"{name:<13} {value:g}")

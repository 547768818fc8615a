"""`netra score` and `netra classify`: texts through the live classifier, with a database and without."""

import json
from pathlib import Path
from typing import Annotated

import typer

from models.logs.setup import own_log_file, start_logging
from models.settings import Settings
from netra.console import INCOMPLETE, err, open_lines, out, print_json, progress_bar
from netra.workplace import open_database


def score(
    watch: Annotated[bool, typer.Option("--watch", help="Go on scoring as texts arrive, until Ctrl-C or SIGTERM.")] = False,
    every: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="With --watch: pause where nothing waits.")] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Score what is unscored with the live classifier, and raise flags. Safe to run twice at once, and to kill.

    The shadow artifact, if there is one, scores the same texts afterwards and raises no flag. A newly promoted artifact
    takes over before the next batch.

    Example: `netra score`, or `netra score --watch`
    """
    from netra.learning import score_everything
    from netra.learning import watch as score_on
    from netra.stopping import stop_on_signals

    settings = Settings()
    engine = open_database(settings)
    with progress_bar() as progress:
        if watch:
            start_logging(settings, file=own_log_file(settings, "score"))
            with stop_on_signals() as stop:
                done = score_on(settings, engine, progress, stop, every=every)
        else:
            done = score_everything(settings, engine, progress)
    if as_json:
        print_json({"scored": done.claimed, "flagged": done.flagged, "shadowed": done.shadowed})
    else:
        shadowed = f", scored {done.shadowed} as shadow" if done.shadowed else ""
        out.print(f"scored {done.claimed}, flagged {done.flagged}{shadowed}")
    if done.problem:
        err.print(f"netra: {done.problem}", markup=False, soft_wrap=True)
        raise typer.Exit(INCOMPLETE)


def classify(
    source: Annotated[Path, typer.Option("--input", help="JSON lines with id and text; - for standard input.")],
    target: Annotated[Path, typer.Option("--output", help="Where the JSON lines go; - for standard output.")],
    artifact: Annotated[str, typer.Option(help="Folder of an artifact; none means the newest one in NETRA_HOME.")] = "",
    encoder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Read uncertain texts again with this encoder: `netra encoder fit`.")
    ] = None,
) -> None:
    """Label texts line by line, without a database. A million lines need little memory, and keep their order.

    Reads id, text and, where known, title, published_at, kind (news, post, headline), author_name, author_bio. Writes id,
    probability, flagged, act, label, evidence (start, end, text, weight), artifact. A line that is no text keeps its
    place with the reason under `error`; the exit code is then 1. With --encoder, the field `encoder` names who read a
    text again, or is null.

    Example: `netra classify --input texts.jsonl --output labels.jsonl`
    """
    from classifier.classify import classify_lines
    from netra.commands.encoder import open_second_opinion
    from netra.learning import open_scorer

    settings = Settings()
    scorer = open_scorer(settings, artifact)
    refine = open_second_opinion(settings, encoder, scorer) if encoder else None
    failures = 0
    with open_lines(source, "r") as lines, open_lines(target, "w") as output, progress_bar() as progress:
        task = progress.add_task("Classifying", total=None)
        for result in classify_lines(lines, scorer, refine):
            failures += "error" in result
            output.write(json.dumps(result, ensure_ascii=False) + "\n")
            progress.advance(task)
    if failures:
        err.print(f"{failures} lines are no texts; see `error` in their output")
        raise typer.Exit(INCOMPLETE)

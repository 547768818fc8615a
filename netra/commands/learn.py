"""`netra train` and `netra evaluate`: the analyst's two commands."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from models.settings import Settings
from netra.commands.data import open_lines
from netra.console import fail, out, print_json, progress_bar
from netra.workplace import open_database

MEASURES = (
    "texts",
    "partisan",
    "flagged",
    "average_precision",
    "precision",
    "recall",
    "precision_at_recall_90",
    "calibration_error",
)


def train() -> None:
    """Train a classifier from the corpus, and make it the live one.

    Example: `netra train && netra score`
    """
    from netra.learning import train_and_promote

    settings = Settings()
    engine = open_database(settings)
    with progress_bar() as progress:
        row = train_and_promote(settings, engine, progress)
    out.print(f"{row.name} is live; its model card: {settings.artifacts_dir / row.name / 'MODEL_CARD.md'}", soft_wrap=True)


def evaluate(
    file: Annotated[Path, typer.Argument(help="JSON lines with text and label (0 or 1), and kind where known.")],
    artifact: Annotated[str, typer.Option(help="Folder of an artifact; none means the newest one in NETRA_HOME.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure a classifier on labelled texts: average precision, precision and recall at the line, calibration.

    Example: `netra evaluate headlines.jsonl --json`
    """
    from classifier.evaluate import evaluate as measure
    from netra.learning import open_scorer

    rows = _read_rows(file)
    groups = measure(rows, open_scorer(Settings(), artifact))
    if as_json:
        print_json(groups)
        return
    table = Table("kind", *MEASURES, box=None, header_style="bold")
    for name, measures in groups.items():
        table.add_row(name, *("–" if measures[key] is None else str(measures[key]) for key in MEASURES))
    out.print(table)


def _read_rows(file: Path) -> list[dict[str, Any]]:
    rows = list[dict[str, Any]]()
    with open_lines(file, "r") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                fail(f"{file}:{number} is not JSON: {error}.", "Mend the line; a measure over half a file would mislead.")
    if not rows:
        fail(f"{file} is empty.", "It needs lines with `text` and `label`.")
    return rows

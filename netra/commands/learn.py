"""`netra train` and `netra evaluate`: the analyst's two commands."""

from pathlib import Path
from typing import Annotated

import typer

from models.settings import Settings
from netra.console import out, print_json, progress_bar
from netra.workplace import open_database


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

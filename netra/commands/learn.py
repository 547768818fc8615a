"""`netra train` and `netra evaluate`: the analyst's two commands."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from models.settings import Settings
from netra.console import fail, open_lines, out, print_json, progress_bar
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


def train(
    config: Annotated[
        Path | None, typer.Option(help="TOML file of settings; none means classifier/configs/baseline.toml.")
    ] = None,
    corpus_only: Annotated[bool, typer.Option("--corpus-only", help="Leave assessments and imported labels out.")] = False,
    promote: Annotated[
        bool, typer.Option("--promote", help="Make it live at once, if the golden items do not speak against it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Train a classifier from the corpus and from what monitors assessed or imported. The first one becomes live.

    Later ones are candidates: compare them (`netra artifacts compare`), then promote. Golden items are never trained on.

    Example: `netra train && netra artifacts list`
    """
    from netra.learning import train_candidate

    settings = Settings()
    engine = open_database(settings)
    with progress_bar() as progress:
        trained = train_candidate(settings, engine, progress, config=config, corpus_only=corpus_only, promote=promote)
    card = settings.artifacts_dir / trained.name / "MODEL_CARD.md"
    if as_json:
        print_json(
            {"name": trained.name, "state": trained.state, "texts": trained.texts, "metrics": trained.metrics, "card": card}
        )
        return
    _print_measures(trained.metrics.get("test") or trained.metrics["out_of_fold"])
    told = ", ".join(f"{count} {origin}" for origin, count in trained.texts.items() if count)
    then = (
        "it is live"
        if trained.state == "aktif"
        else f"a candidate; next: netra artifacts compare, then netra artifacts promote {trained.name}"
    )
    out.print(f"{trained.name} learned from {told}; {then}. Its model card: {card}", soft_wrap=True, markup=False)


def evaluate(
    file: Annotated[
        Path | None,
        typer.Argument(help="JSON lines with text and label (0, 1 or a class); none means the corpus' own test part."),
    ] = None,
    artifact: Annotated[str, typer.Option(help="Folder of an artifact; none means the newest one in NETRA_HOME.")] = "",
    swap: Annotated[
        bool, typer.Option("--swap", help="Exchange parties, candidates, numbers, regions, genders; what moves?")
    ] = False,
    plots: Annotated[Path | None, typer.Option(help="Folder for precision_recall and calibration, as .svg and .png.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, with every group.")] = False,
) -> None:
    """Measure a classifier on labelled texts: average precision, precision and recall at the line, calibration, with intervals.

    Without a file a classifier is trained without the test part of the corpus and measured on it: the artifact in use
    has seen those texts.

    Example: `netra evaluate --plots plots` or `netra evaluate headlines.jsonl --swap --json`
    """
    from classifier.evaluate import evaluate as measure
    from classifier.evaluate import from_objects
    from classifier.evaluation.plots import draw_plots
    from classifier.evaluation.swap import measure_swaps
    from netra.learning import open_scorer, prepare_test

    if file is None:
        with progress_bar() as progress:
            scorer, texts = prepare_test(progress)
    else:
        texts, scorer = from_objects(_read_rows(file)), open_scorer(Settings(), artifact)
    evaluation = measure(texts, scorer)
    report = evaluation.report()
    if swap:
        report["swap"] = measure_swaps([text.document for text in texts], scorer)
    written = draw_plots(evaluation, plots) if plots else []
    if as_json:
        print_json(report | {"plots": written})
        return
    _print_report(report)
    for path in written:
        out.print(f"drew {path}", soft_wrap=True, markup=False)


def _print_report(report: dict[str, Any]) -> None:
    _print_measures({"all": report["all"]} | report["by"]["kind"], report["all"]["intervals"])
    for name in ("act", "look_alike", "region", "party"):
        if report["by"][name]:
            out.print()
            _print_measures(report["by"][name], title=name)
    if "swap" in report:
        _print_swaps(report["swap"])


def _print_measures(groups: dict[str, Any], intervals: dict[str, Any] | None = None, title: str = "kind") -> None:
    table = Table(title, *MEASURES, box=None, header_style="bold")
    for name, measures in groups.items():
        shown = intervals if name == "all" and intervals else {}
        table.add_row(name, *(_show(measures[key], shown.get(key)) for key in MEASURES))
    out.print(table)


def _show(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None:
        return "–"
    return f"{value} ({interval[0]:.2f}–{interval[1]:.2f})" if interval else str(value)


def _print_swaps(swaps: dict[str, Any]) -> None:
    table = Table("exchanged", "texts", "largest change", "mean change", "flags that flip", box=None, header_style="bold")
    for axis, found in swaps.items():
        table.add_row(axis, *(str(found[key]) for key in ("changed", "largest_change", "mean_change", "flips")))
    out.print()
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

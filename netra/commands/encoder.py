"""`netra encoder`: try an encoder that was exported to ONNX, and let it learn a second opinion."""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress, TaskID
from rich.table import Table

from models.settings import Settings
from netra.console import fail, out, print_json, progress_bar

if TYPE_CHECKING:
    from classifier.encoders import Encoder
    from classifier.encoders.onnx import OnnxEncoder
    from classifier.encoders.rerank import Reranker
    from classifier.scoring.scorer import Scorer

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
SENTENCES = (
    "Camat Sukamaju mengajak para lurah memenangkan salah satu pasangan calon dalam rapat dinas.",
    "Bupati mengimbau seluruh ASN menjaga netralitas menjelang hari pemungutan suara.",
    "Hujan turun sejak pagi dan jalan menuju pasar tergenang.",
)
MEASURED_SECONDS = 1.0

Folder = Annotated[Path, typer.Argument(help="Folder with model.onnx, tokenizer.json and, where needed, encoder.json.")]
Threads = Annotated[int, typer.Option(min=0, help="Threads of the encoder; 0 means one a core.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

app = typer.Typer(help="Second opinions by an encoder, for example IndoBERT in ONNX.", no_args_is_help=True)


@app.command()
def check(folder: Folder, threads: Threads = 0, as_json: AsJson = False) -> None:
    """Load an encoder, hold it to its promises on three sentences, and measure how fast this machine reads with it.

    Example: `netra encoder check indobert/`
    """
    from classifier.encoders import check_encoder

    with progress_bar() as progress:
        encoder = open_encoder(folder, threads, progress)
        check_encoder(encoder, SENTENCES)
        speed = _measure_speed(encoder)
    if as_json:
        print_json({"name": encoder.name, "dimensions": encoder.dimensions, "sentences_per_second": round(speed, 1)})
    else:
        out.print(f"{encoder.name}: {encoder.dimensions} dimensions, {speed:.1f} sentences a second")


@app.command()
def fit(
    folder: Folder,
    artifact: Annotated[str, typer.Option(help="Folder of an artifact; none means the newest one in NETRA_HOME.")] = "",
    corpus: Annotated[Path | None, typer.Option(help="Folder of corpus files; none means the one that netra brings.")] = None,
    threads: Threads = 0,
    as_json: AsJson = False,
) -> None:
    """Learn a second opinion on the texts of which an artifact is unsure, and measure it on texts that nothing has seen.

    The result belongs to this encoder and this artifact; `netra classify --encoder` uses it. Takes minutes.

    Example: `netra encoder fit indobert/`
    """
    from classifier.corpus import FOLDER, load_corpus
    from classifier.encoders.storage import save_reranker
    from classifier.train import split_test
    from netra.learning import open_scorer

    settings = Settings()
    rest, test = split_test(load_corpus(corpus or FOLDER))
    if not test:
        fail("no text falls into the test part.", "Give more texts: a second opinion that nobody can measure is worth nothing.")
    scorer = open_scorer(settings, artifact)
    with progress_bar() as progress:
        encoder = open_encoder(folder, threads, progress)
        reranker, measured = _learn(encoder, scorer, rest, test, progress)
    place = save_reranker(encoders_dir(settings), reranker)
    if as_json:
        print_json({"encoder": encoder.name, "artifact": scorer.name, "folder": place, "test": measured})
    else:
        _tell(measured, reranker, place)


def open_encoder(folder: Path, threads: int, progress: Progress) -> "OnnxEncoder":
    """The encoder of a folder; its weights are read and hashed, which takes a while."""
    from classifier.encoders.onnx import OnnxEncoder

    task = progress.add_task("Loading the encoder", total=1)
    encoder = OnnxEncoder(folder, threads=threads)
    progress.update(task, completed=1)
    return encoder


def open_second_opinion(settings: Settings, folder: Path, scorer: "Scorer") -> "Reranker":
    """What the encoder of a folder has learned for the scorer's artifact."""
    from classifier.encoders.storage import load_reranker

    with progress_bar() as progress:
        encoder = open_encoder(folder, 0, progress)
    return load_reranker(encoders_dir(settings), encoder, scorer)


def encoders_dir(settings: Settings) -> Path:
    """Second opinions, one folder for each pair of artifact and encoder."""
    return settings.home / "encoders"


def _measure_speed(encoder: "Encoder") -> float:
    started, read = time.monotonic(), 0
    while (elapsed := time.monotonic() - started) < MEASURED_SECONDS:
        encoder.encode(SENTENCES)
        read += len(SENTENCES)
    return read / elapsed


def _learn(
    encoder: "Encoder", scorer: "Scorer", rest: list[Any], test: list[Any], progress: Progress
) -> tuple["Reranker", dict[str, Any]]:
    from classifier.encoders.fitting import fit_reranker, measure_reranker

    tasks = dict[str, TaskID]()

    def show(stage: str, done: int, steps: int) -> None:
        if stage not in tasks:
            tasks[stage] = progress.add_task(stage, total=steps)
        progress.update(tasks[stage], completed=done)

    reranker = fit_reranker(encoder, scorer, rest, on_progress=show)
    measured = measure_reranker(reranker, rest, test, on_progress=show)
    return replace(reranker, metrics={**reranker.metrics, "test": measured}), measured


def _tell(measured: dict[str, Any], reranker: "Reranker", place: Path) -> None:
    table = Table("test part", *measured, box=None, header_style="bold")
    for key in MEASURES:
        table.add_row(key, *("–" if measures[key] is None else str(measures[key]) for measures in measured.values()))
    out.print(table)
    texts = reranker.metrics["out_of_fold"]["after"]["texts"]
    out.print(f"learned from {texts} uncertain texts; saved in {place}", soft_wrap=True)
    if not _is_better(measured):
        out.print(
            "It does not put these texts in a better order. Use it only where texts of your own say otherwise.", soft_wrap=True
        )


def _is_better(measured: dict[str, Any]) -> bool:
    before, after = (measured[name]["average_precision"] for name in ("before", "after"))
    return before is not None and after > before

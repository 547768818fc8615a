"""`netra loop`: what to run weekly, so that the classifier stays honest: draw, recall, suspicious, drift."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from sqlalchemy.orm import Session

from models import Artifact, now
from models.database import make_reading_session, make_session
from models.legal.deadline import local_day
from models.settings import Settings
from netra.console import MOST_ROWS, JsonOption, fail, out, print_json, print_rows, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from classifier.learning.drift import Drift, DriftReport
    from classifier.learning.recall import ArtifactRecall, DrawEstimate, Estimate, Interval
    from classifier.learning.suspicion import Suspicion

app = typer.Typer(help="The learning loop: texts to read, recall, suspicious labels, drift.", no_args_is_help=True)

SEEDS = 2**31


@app.command()
def draw(
    audit: Annotated[int, typer.Option(min=0, max=10_000, help="Texts drawn plainly at random: they measure recall.")] = 30,
    learn: Annotated[int, typer.Option(min=0, max=10_000, help="Uncertain texts of different stories and sources.")] = 20,
    seed: Annotated[int | None, typer.Option(min=0, max=SEEDS - 1, help="Makes a draw repeatable; none means a new one.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Put texts that no machine flagged before people. What was drawn once is never drawn again; safe to kill.

    Example: `netra loop draw --audit 30 --learn 20`
    """
    from netra.drawing import draw_texts

    engine = open_database(Settings())
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    with make_reading_session(engine)() as session:
        artifact = _get_live(session)
    with progress_bar() as progress:
        task = progress.add_task("Counting unflagged texts", total=None)

        def show(counted: int) -> None:
            progress.update(task, completed=counted)

        drawn = draw_texts(engine, artifact, audit=audit, learn=learn, seed=seed, on_progress=show)
    if as_json:
        shown = {"artifact": artifact.name, "population": drawn.population, "seed": seed}
        print_json({**shown, "draws": [asdict(own) for own in drawn.draws]})
        return
    for own in drawn.draws:
        out.print(f"draw {own.id} ({own.purpose}): {own.flags} of {own.population:,} unflagged texts now wait in the queue")
    out.print(
        f"The seed was {seed}. When people have read them: netra loop recall" if drawn.draws else _why_nothing(drawn.population)
    )


@app.command()
def recall(
    width: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="The width that an interval shall have; 0.1 is ten points.")
    ] = 0.1,
    as_json: JsonOption = False,
) -> None:
    """Say how much the classifier misses, from the random draws that people have read, and how sure that is.

    The estimate is kept with its day; the dashboard shows it. The same figures of one day are kept once. Nothing is said
    or kept while drawn texts wait for a second reading or a last word.

    Example: `netra loop recall --width 0.05`
    """
    from classifier.learning.estimates import keep_estimates
    from classifier.learning.recall import estimate_recall

    engine = open_database(Settings())
    with make_reading_session(engine)() as session:
        found = estimate_recall(session)
    with make_session(engine).begin() as session:
        kept = len(keep_estimates(session, found, local_day(now(), None)))
    if as_json:
        print_json({"artifacts": [_describe_recall(own, width) for own in found], "kept": kept})
        return
    for own in found:
        _print_recall(own, width)
    if not found:
        out.print("Nothing was drawn at random yet. Draw: netra loop draw")


@app.command()
def suspicious(
    limit: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="How many labels to show.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List labels of the corpus and of people that look wrong. Nothing is changed: somebody looks at them.

    Example: `netra loop suspicious --limit 20`
    """
    from classifier.config import load_config
    from classifier.corpus import load_corpus
    from classifier.labels import read_labels
    from classifier.learning.suspicion import find_suspicious
    from classifier.stories import join_events

    with make_reading_session(open_database(Settings()))() as session:
        texts = join_events([*load_corpus(), *read_labels(session)])
    with progress_bar() as progress:
        task = progress.add_task("Judging every text unseen", total=None)

        def show(done: int, steps: int, _what: str) -> None:
            progress.update(task, completed=done, total=steps)

        found = find_suspicious(load_config(), texts, limit=limit, on_progress=show)
    if as_json:
        print_json({"texts": len(texts), "suspicious": [asdict(own) for own in found]})
    elif found:
        _print_suspicious(found)
    else:
        out.print(f"None of {len(texts):,} labels looks wrong.")


@app.command()
def drift(
    days: Annotated[int, typer.Option(min=1, max=3650, help="Length of the latest window; the time before is thrice that.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Compare the latest texts with those before them: probabilities, flags, unknown words, words that grew.

    Example: `netra loop drift --days 14`
    """
    from classifier.artifacts.registry import load_registered
    from classifier.learning.drift import measure_drift

    settings = Settings()
    with make_reading_session(open_database(settings))() as session:
        artifact = _get_live(session)
        vocabulary = load_registered(settings.artifacts_dir, artifact).parameters.vocabulary
        with progress_bar() as progress:
            task = progress.add_task("Reading texts of both windows", total=None)

            def show(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)

            report = measure_drift(session, artifact, vocabulary, days=days, at=now(), on_progress=show)
    if as_json:
        kinds = [asdict(own) | {"sentence": own.sentence} for own in report.kinds]
        print_json(asdict(report) | {"kinds": kinds})
    elif report.kinds:
        _print_drift(report)
    else:
        out.print("The live classifier has scored no text of that time. Longer windows: --days; or score first: netra score")


def _get_live(session: Session) -> Artifact:
    from classifier.artifacts.registry import live_artifact

    artifact = live_artifact(session)
    if artifact is None:
        fail("there is no live classifier.", "Train one: netra train")
    return artifact


def _why_nothing(population: int) -> str:
    if population:
        return f"Nothing was drawn, of {population:,} unflagged texts. Say how many: --audit 30 --learn 20"
    return "Nothing was drawn: the live classifier has scored no text that nobody flagged. Score first: netra score"


def _describe_recall(found: "ArtifactRecall", width: float) -> dict[str, Any]:
    from classifier.learning.recall import CONFIDENCE, count_more, describe, recall_width, share_width

    pooled = found.pooled
    more = {
        "width": width,
        "missed_share": None if pooled.pending else count_more(pooled, width, share_width),
        "recall": count_more(pooled, width, recall_width) if pooled.recall else None,
    }
    return {
        "artifact": found.name,
        "threshold": found.threshold,
        "confidence": CONFIDENCE,
        "draws": [_describe_draw(own) for own in found.draws],
        "pooled": _describe_estimate(pooled) | {"read_more": more},
        "sentences": describe(pooled, width),
    }


def _describe_draw(own: "DrawEstimate") -> dict[str, Any]:
    return {"draw": own.id, "drawn_at": own.drawn_at.isoformat(), "seed": own.seed, **_describe_estimate(own.estimate)}


def _describe_estimate(own: "Estimate") -> dict[str, Any]:
    counts = {
        name: getattr(own, name)
        for name in ("population", "drawn", "read", "pending", "missed", "undecided", "found", "known_missed", "waiting")
    }
    intervals = {"missed_share": own.share, "missed_texts": own.missed_texts, "recall": own.recall} if own.is_told else {}
    return counts | {name: interval._asdict() if interval else None for name, interval in intervals.items()}


def _print_recall(found: "ArtifactRecall", width: float) -> None:
    from classifier.learning.recall import describe

    columns = ("draw", "on", "population", "drawn", "read", "pending", "undecided", "missed", "share", "recall")
    rows = list[list[str]]()
    for own in found.draws:
        names = ("drawn", "read", "pending", "undecided", "missed")
        counts = [str(getattr(own.estimate, name)) for name in names]
        intervals = (own.estimate.share if own.estimate.is_told else None, own.estimate.recall)
        row = [f"{own.drawn_at:%Y-%m-%d}", f"{own.estimate.population:,}", *counts, *map(_tell, intervals)]
        rows.append([str(own.id), *row])
    out.print(f"{found.name}, line {found.threshold:.3f}", markup=False)
    print_rows(columns, rows, long=("share", "recall"))
    for sentence in describe(found.pooled, width):
        out.print(sentence, soft_wrap=True)


def _tell(interval: "Interval | None") -> str:
    return f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%})" if interval else "–"


def _print_suspicious(found: "Sequence[Suspicion]") -> None:
    """One block a label: texts are long, and a table would cut them."""
    for own in found:
        out.print(f"{own.id}  {own.label}  {own.probability:.2f}", style="bold", markup=False)
        out.print(f"  {'; '.join(own.why)}", markup=False, soft_wrap=True)
        out.print(f"  {own.quote}", markup=False, soft_wrap=True)
    out.print(f"{len(found)} labels to look at. Nothing was changed.")


def _print_drift(report: "DriftReport") -> None:
    out.print(f"{report.artifact}: from {report.latest_from:%Y-%m-%d} against the time from {report.reference_from:%Y-%m-%d}")
    table = Table("source", "texts before", "now", "flagged before", "now", "unknown words before", "now", box=None)
    for own in report.kinds:
        sides = (own.reference, own.latest)
        cells = [f"{side.texts:,}" for side in sides]
        cells += [_tell_share(side.flag_rate) for side in sides] + [_tell_share(side.unknown_share) for side in sides]
        table.add_row(own.source_kind, *cells)
    out.print(table)
    for own in report.kinds:
        _print_kind(own)


def _print_kind(own: "Drift") -> None:
    out.print(f"{own.source_kind}: {own.sentence}", markup=False, soft_wrap=True)
    if own.words:
        words = ", ".join(f"{word.word} ({word.before:.1%} to {word.latest:.1%} of texts)" for word in own.words)
        out.print(f"  grew: {words}", markup=False, soft_wrap=True)


def _tell_share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"

"""`netra corpus`: what the texts that we wrote hold, and what is wrong with them."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from netra.console import INCOMPLETE, JsonOption, out, print_json, progress_bar

if TYPE_CHECKING:
    from classifier.corpus import CorpusText
    from classifier.lint import Finding
    from classifier.tally import Count

app = typer.Typer(help="The texts that netra learns from: count them, and find what to mend.", no_args_is_help=True)

FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="Folder of corpus files; none means the one that netra brings.")
]


@app.command()
def lint(folder: FolderOption = None, as_json: JsonOption = False) -> None:
    """Find what is wrong with the corpus: marks, near-duplicates, balance. Each finding says how to mend it.

    Example: `netra corpus lint`
    """
    from classifier.lint import CHECKS

    with progress_bar() as progress:
        task = progress.add_task("Reading the corpus", total=len(CHECKS))
        texts = _load(folder)
        findings = list["Finding"]()
        for name, check in CHECKS.items():
            progress.update(task, description=f"Looking at {name}")
            findings += check(texts)
            progress.advance(task)
    if as_json:
        print_json({"texts": len(texts), "findings": [asdict(finding) for finding in findings]})
    else:
        _print_findings(texts, findings)
    if findings:
        raise typer.Exit(INCOMPLETE)


@app.command()
def show(folder: FolderOption = None, as_json: JsonOption = False) -> None:
    """Count the corpus on both sides: by file, label, kind, region, phase, party, ballot number and year.

    Example: `netra corpus show`
    """
    from classifier.tally import count_all, measure_lengths, tally

    with progress_bar() as progress:
        task = progress.add_task("Counting the corpus", total=1)
        texts = _load(folder)
        whole, tables, lengths = count_all(texts), tally(texts), measure_lengths(texts)
        progress.advance(task)
    if as_json:
        counts = {title: [asdict(count) for count in counts] for title, counts in tables.items()}
        print_json({"all": asdict(whole), "tables": counts, "median_words": [asdict(length) for length in lengths]})
        return
    for title, counts in tables.items():
        out.print(_as_table(title, counts, whole), "")
    table = Table("median words", "partisan", "look-alike", box=None, header_style="bold")
    for length in lengths:
        table.add_row(length.kind, f"{length.partisan:g}", f"{length.look_alike:g}")
    out.print(table)


def _load(folder: Path | None) -> "list[CorpusText]":
    from classifier.corpus import FOLDER, load_corpus

    return load_corpus(folder or FOLDER)


def _print_findings(texts: "list[CorpusText]", findings: "list[Finding]") -> None:
    for finding in findings:
        place = " ".join(finding.ids) or "corpus"
        out.print(f"{finding.rule}: {place}: {finding.say}", markup=False, soft_wrap=True)
    things = f"{len(findings)} to mend" if findings else "nothing to mend"
    out.print(f"{len(texts):,} texts, {things}.")


def _as_table(title: str, counts: "list[Count]", whole: "Count") -> Table:
    from classifier.tally import ANY, BANDED, choose_band

    base = next((count for count in counts if count.name == ANY), None) if title in BANDED else None
    table = Table(
        title, "partisan", "look-alike", "share partisan", *["partisan may be"] if base else [], box=None, header_style="bold"
    )
    for count in (*counts, whole):
        band = choose_band(count, base) if base and count not in (base, whole) else None
        cells = [f"{band.lowest} to {band.highest}"] if band else []
        table.add_row(count.name, str(count.partisan), str(count.look_alike), f"{count.share:.1%}", *cells)
    return table

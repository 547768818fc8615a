"""docs/benchmarks.md: what the classifier finds, and how fast."""

from collections.abc import Iterator
from typing import Any

from bench.classifier.extent import FULL, TRIAL
from bench.classifier.finding import report_hidden, report_real
from bench.classifier.speed import report_speed
from bench.classifier.training import report_training
from bench.contents import PAGES
from bench.page import Wanted
from classifier.artifacts.artifact import load_artifact
from classifier.corpus import load_corpus
from classifier.evaluate import evaluate
from classifier.train import split_test
from models.settings import Settings
from netra.console import progress_bar
from netra.learning import prepare_test, train_artifact

HEAD = """# Measured numbers: the classifier

Other pages: {others}. Bars that are missed: [here](missed-bars.md).

Written by `make bench EVAL=folder`; do not edit. The real texts stay outside this repository: their publishers do not
allow shipping them. They are measured with, never trained on. Files: `headlines`, `ontopic_retold`, `social_sample` and
`news_general` (labelled by one person in one pass), `bulk_news` and `bulk_social` (unlabelled, partisan texts are rare).

**How independent they are.** These are numbers of development, not of a sealed test. The real texts were looked at while the
corpus and the lexicon grew: measurements on them showed which registers were missing (about 1,750 of the corpus' texts
were written after that) and which words the lexicon lacked, and prompted kinds of features (what a text lacks, topics,
endless sentences, hidden pages); they stood in sight while settings were tried. No sentence was copied. Settings, calibration and
lines were picked by folds inside the corpus. No fit, setting or line has seen the corpus' own
test part; but the lexicon's words were gathered by reading the whole corpus, so its numbers too are kinder than new text.
"""


def measure(wanted: Wanted) -> Iterator[str]:
    """Train, then measure part by part. A trial is short where speed is measured; the texts are all read."""
    extent = TRIAL if wanted.is_trial else FULL
    with progress_bar() as progress:
        artifact = train_artifact(Settings(), progress)
        unseen, test = prepare_test(progress)
    scorer = load_artifact(artifact).make_scorer()
    rest_and_test = split_test(load_corpus())
    yield HEAD.format(others=list_others())
    yield f"## Classifier `{scorer.name}`"
    yield report_real(wanted.folder, wanted.seeds, scorer)
    yield _report_test(evaluate(test, unseen).report())
    yield report_hidden(unseen, rest_and_test[1])
    yield report_speed(wanted.folder, artifact, extent)
    yield report_training(extent)


def list_others() -> str:
    """Links to all pages but this one."""
    return ", ".join(f"[{page.name}]({page.file})" for page in PAGES if page.name != "classifier")


def _report_test(report: dict[str, Any]) -> str:
    groups = {"all": report["all"]} | report["by"]["kind"]
    lines = [
        "### The corpus' own test part",
        "",
        "Events that nothing was fitted to or chosen on, by a classifier trained without them. Kinder than real text: the "
        f"same hands wrote it. Of the texts on the right side of the line {report['all']['named']:.0%} get the right class.",
        "",
        "| Kind | texts | partisan | AP | P | R | P at R 0.9 | ECE |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, found in groups.items():
        low, high = report["all"]["intervals"]["average_precision"] if name == "all" else (None, None)
        interval = f" ({low:.2f}–{high:.2f})" if low is not None else ""
        lines.append(
            f"| {name} | {found['texts']} | {found['partisan']} | {found['average_precision']:.3f}{interval} "
            f"| {found['precision']:.3f} | {found['recall']:.3f} | {found['precision_at_recall_90']:.3f} "
            f"| {found['calibration_error']:.3f} |"
        )
    return "\n".join(lines)

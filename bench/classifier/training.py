"""How long training takes, and how many labels it takes from scratch."""

import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from sklearn.metrics import average_precision_score

from bench.classifier.extent import FULL, Extent
from classifier.config import load_config
from classifier.corpus import CorpusText, load_corpus
from classifier.scoring.parameters import Parameters
from classifier.scoring.scorer import Scorer
from classifier.train import split_test, train
from classifier.training.fitting import fit_parameters
from models import now


def report_training(extent: Extent = FULL) -> str:
    """Training on the corpus alone and with many assessments; labels needed from scratch."""
    corpus = load_corpus()
    alone = _time(lambda: _train(corpus))
    many = _time(lambda: _train([*corpus, *imitate_assessments(corpus, extent.assessments)]))
    return "\n".join(
        [
            "### Training",
            "",
            f"`netra train` on the corpus ({len(corpus):,} texts): {alone:.0f} s; on the corpus and "
            f"{extent.assessments:,} assessments (imitated by texts of the corpus with their words shuffled): {many:.0f} s, "
            f"on {os.cpu_count()} cores.",
            "",
            _report_curve(corpus, extent),
        ]
    )


def imitate_assessments(corpus: Sequence[CorpusText], count: int) -> list[CorpusText]:
    """So many more texts of the corpus' lengths, for timing only."""
    chance, start = random.Random(3), now()
    made = list[CorpusText]()
    for number in range(count):
        text = chance.choice(corpus)
        words = text.document.text.split()
        chance.shuffle(words)
        body = " ".join([*words[: len(words) // 2], ".", *words[len(words) // 2 :]])
        made.append(
            replace(
                text,
                id=f"penilaian-{number}",
                event=f"konten-{number}",
                document=replace(text.document, text=body),
                evidence=(),
                labelled_at=start + timedelta(minutes=number),
            )
        )
    return made


def _report_curve(corpus: Sequence[CorpusText], extent: Extent) -> str:
    """Average precision on the test part from few labels, marks included, against that from all."""
    rest, test = split_test(corpus)
    full = _judge(rest, test)
    rows = []
    for size in extent.curve:
        found = [_judge(_sample(rest, size, seed), test) for seed in range(extent.draws)]
        rows.append(f"| {size} | {median(found):.3f} | {full - median(found):+.3f} |")
    return "\n".join(
        [
            f"Labels needed from scratch, with marked evidence: average precision on the test part ({len(test)} texts), median "
            f"of {extent.draws} draws; all {len(rest):,} labels give {full:.3f}. Uncalibrated window scores.",
            "",
            "| labels | average precision | below the full score by |",
            "|---|---|---|",
            *rows,
        ]
    )


def _judge(texts: Sequence[CorpusText], test: Sequence[CorpusText]) -> float:
    parameters: Parameters = fit_parameters(load_config(), texts)
    opinions = Scorer(parameters).form_opinions([text.document for text in test])
    return float(average_precision_score([text.is_partisan for text in test], opinions.window))


def _sample(texts: Sequence[CorpusText], size: int, seed: int) -> list[CorpusText]:
    return random.Random(seed).sample(list(texts), size)


def _train(texts: Sequence[CorpusText]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        train(load_config(), texts, Path(folder))


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start

"""How fast, against whom: scoring, one text, loading, memory, training, and how many labels it takes."""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from sklearn.metrics import average_precision_score

from bench.reading import document_of_row, read_rows
from bench.rivals import NaiveSentences
from classifier.artifacts.artifact import load_artifact
from classifier.config import load_config
from classifier.corpus import CorpusText, load_corpus
from classifier.reading.document import Document
from classifier.scoring.parameters import Parameters
from classifier.scoring.scorer import Scorer
from classifier.train import split_test, train
from classifier.training.fitting import fit_parameters
from models import now

ROUNDS = 3
ARTICLES, POSTS, SINGLE = 1000, 4000, 300
ASSESSMENTS = 20_000
CURVE = (50, 100, 200, 400, 800)
CURVE_SEEDS = 3
MEMORY = "import resource, sys; from classifier.artifacts.artifact import load_artifact; from pathlib import Path; "
MEMORY += "load_artifact(Path(sys.argv[1])).make_scorer(); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def report_speed(folder: Path, artifact: Path, scorer: Scorer) -> str:
    """Articles and posts a second against the naive pipeline in turns; one text; loading; memory."""
    naive = NaiveSentences(load_corpus())
    rows = [
        _race("news articles", [document_of_row(row) for row in _take(folder / "bulk_news.jsonl.gz", ARTICLES)], scorer, naive),
        _race("posts", [document_of_row(row) for row in _take(folder / "bulk_social.jsonl.gz", POSTS)], scorer, naive),
    ]
    single = [document_of_row(row) for row in _take(folder / "bulk_news.jsonl.gz", SINGLE)]
    latencies = sorted(_time(lambda document=document: scorer.score([document])) for document in single)
    slowest = latencies[int(len(latencies) * 0.99)]
    loads = [_time(lambda: load_artifact(artifact).make_scorer()) for _ in range(ROUNDS)]
    memory = subprocess.run([sys.executable, "-c", MEMORY, str(artifact)], capture_output=True, text=True, check=True).stdout
    size = sum(file.stat().st_size for file in artifact.iterdir())
    return "\n".join(
        [
            "### Speed",
            "",
            f"One process, one core, the two in turns, {ROUNDS} rounds after one to warm up; medians. The rival is PySastrawi as "
            "its manual shows it (its unbounded memo knows every word after the first round), TfidfVectorizer and logistic "
            "regression on every sentence: it gives a number, netra reads windows of three "
            "sentences, gives reasons near the line, and masks sides.",
            "",
            "| Texts | netra, a second | naive, a second | ratio (lowest to highest) |",
            "|---|---|---|---|",
            *rows,
            "",
            f"One article scored: {median(latencies) * 1000:.2f} ms median, {slowest * 1000:.2f} ms at the 99th percentile. "
            f"Artifact loaded and checked: {median(loads) * 1000:.0f} ms ({size / 1e6:.1f} MB on disk); memory of a process "
            f"with it: {int(memory) / 1024:.0f} MB.",
        ]
    )


def report_training() -> str:
    """Training on the corpus alone and with 20,000 assessments; labels needed from scratch."""
    corpus = load_corpus()
    alone = _time(lambda: _train(corpus))
    many = _time(lambda: _train([*corpus, *imitate_assessments(corpus, ASSESSMENTS)]))
    return "\n".join(
        [
            "### Training",
            "",
            f"`netra train` on the corpus ({len(corpus):,} texts): {alone:.0f} s; on the corpus and {ASSESSMENTS:,} assessments "
            f"(imitated by texts of the corpus with their words shuffled): {many:.0f} s, on {os.cpu_count()} cores.",
            "",
            _report_curve(corpus),
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


def _report_curve(corpus: Sequence[CorpusText]) -> str:
    """Average precision on the test part from few labels, marks included, against that from all."""
    rest, test = split_test(corpus)
    full = _judge(rest, test)
    rows = []
    for size in CURVE:
        found = [_judge(_sample(rest, size, seed), test) for seed in range(CURVE_SEEDS)]
        rows.append(f"| {size} | {median(found):.3f} | {full - median(found):+.3f} |")
    return "\n".join(
        [
            f"Labels needed from scratch, with marked evidence: average precision on the test part ({len(test)} texts), median "
            f"of {CURVE_SEEDS} draws; all {len(rest):,} labels give {full:.3f}. Uncalibrated window scores.",
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


def _race(name: str, documents: list[Document], scorer: Scorer, naive: NaiveSentences) -> str:
    texts = [document.text for document in documents]
    rounds = [(_time(lambda: _score(scorer, documents)), _time(lambda: naive.score(texts))) for _ in range(ROUNDS + 1)][1:]
    ratios = [theirs / ours for ours, theirs in rounds]
    ours, theirs = (len(texts) / median(column) for column in zip(*rounds, strict=True))
    ratio = f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
    return f"| {name} ({len(texts):,}) | {ours:,.0f} | {theirs:,.0f} | {ratio} |"


def _score(scorer: Scorer, documents: list[Document]) -> None:
    for start in range(0, len(documents), 256):
        scorer.score(documents[start : start + 256])


def _train(texts: Sequence[CorpusText]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        train(load_config(), texts, Path(folder))


def _take(path: Path, count: int) -> list[dict[str, object]]:
    return [row for row, _ in zip(read_rows(path), range(count), strict=False)]


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start

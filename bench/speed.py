"""How fast, against whom: scoring, one text, loading, memory, training, and how many labels it takes.

Scoring is measured in CPU time, training on the clock.
"""

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

from bench.fresh import Fresh, measure_bare_memory, run_fresh, time_cpu
from bench.reading import read_rows
from bench.rivals import NaiveSentences
from classifier.config import load_config
from classifier.corpus import CorpusText, load_corpus
from classifier.scoring.parameters import Parameters
from classifier.scoring.scorer import Scorer
from classifier.train import split_test, train
from classifier.training.fitting import fit_parameters
from models import now

ROUNDS = 3
ARTICLES, POSTS, MEMORY_ARTICLES = 1000, 4000, 4000
SAMPLE = 300
STAGES = ("the first texts that they meet", "new texts, after those", "those once more")
ASSESSMENTS = 20_000
CURVE = (50, 100, 200, 400, 800)
CURVE_SEEDS = 3


def report_speed(folder: Path, artifact: Path) -> str:
    """Articles and posts a second against the naive pipeline in turns; one text; loading; memory."""
    naive = NaiveSentences(load_corpus())
    articles, posts = folder / "bulk_news.jsonl.gz", folder / "bulk_social.jsonl.gz"
    article_rows, fresh = _race("articles", articles, ARTICLES, artifact, naive)
    post_rows, fresh_posts = _race("posts", posts, POSTS, artifact, naive)
    return "\n".join(
        [
            "### Speed",
            "",
            "CPU time in one process on one core, the two in turns, medians of "
            f"{ROUNDS} rounds. The rival is what the manuals of PySastrawi and scikit-learn show: the factory's stemmer on "
            "every sentence, TfidfVectorizer, logistic regression; it gives a number. netra reads windows of three sentences, "
            "masks sides, names the class, and gives reasons near the line. Both remember words, the rival without bound: each "
            "round begins with a new stemmer there, and with a new process here, in which the models are loaded and no text "
            "was read.",
            "",
            "| Texts | what they read | netra, a second | naive, a second | ratio (lowest to highest) |",
            "|---|---|---|---|---|",
            *article_rows,
            *post_rows,
            "",
            _describe_without_memo(naive, articles),
            "",
            _describe_single("article", fresh) + " " + _describe_single("post", fresh_posts),
            "",
            _describe_loading(artifact, fresh),
            "",
            _describe_memory(artifact, articles),
        ]
    )


def _race(name: str, file: Path, count: int, artifact: Path, naive: NaiveSentences) -> tuple[list[str], Fresh]:
    """A row a stage, and the last process."""
    texts = [str(row["text"]) for row in _take(file, 2 * count)]
    rounds = [(run_fresh(artifact, file, count), _run_naive(naive, texts)) for _ in range(ROUNDS)]
    rows = [
        _compare(f"{name} ({count:,})", stage, [(ours.passes[number], theirs[number]) for ours, theirs in rounds], count)
        for number, stage in enumerate(STAGES)
    ]
    return rows, rounds[-1][0]


def _run_naive(naive: NaiveSentences, texts: list[str]) -> list[float]:
    first, new = texts[: len(texts) // 2], texts[len(texts) // 2 :]
    naive.forget()
    return [time_cpu(lambda part=part: naive.score(part)) for part in (first, new, new)]


def _compare(name: str, stage: str, seconds: list[tuple[float, float]], count: int) -> str:
    ratios = [theirs / ours for ours, theirs in seconds]
    ours, theirs = (count / median(column) for column in zip(*seconds, strict=True))
    ratio = f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
    return f"| {name} | {stage} | {ours:,.0f} | {theirs:,.0f} | {ratio} |"


def _describe_without_memo(naive: NaiveSentences, articles: Path) -> str:
    texts = [str(row["text"]) for row in _take(articles, SAMPLE)]
    naive.forget(remembers=False)
    speed = SAMPLE / time_cpu(lambda: naive.score(texts))
    return f"Without the memo that PySastrawi's factory gives to every stemmer the rival reads {speed:,.0f} articles a second."


def _describe_single(name: str, fresh: Fresh) -> str:
    new, old = ([f"{seconds * 1000:.2f} ms" for seconds in one] for one in (fresh.new_one, fresh.old_one))
    return (
        f"One {name} scored by itself, after thousands of others: {new[0]} median, {new[1]} at the 99th percentile; "
        f"the same {name} once more: {old[0]} and {old[1]}."
    )


def _describe_loading(artifact: Path, fresh: Fresh) -> str:
    size = sum(file.stat().st_size for file in artifact.iterdir())
    return (
        f"Artifact ({size / 1e6:.1f} MB on disk) read, checked, probed and ready to score: {fresh.load * 1000:.0f} ms in a "
        f"running process; {fresh.first_load * 1000:.0f} ms the first time in a new one, which reads lexicon and dictionary too."
    )


def _describe_memory(artifact: Path, articles: Path) -> str:
    fresh, bare = run_fresh(artifact, articles, MEMORY_ARTICLES), measure_bare_memory()
    return (
        f"Resident memory: {bare:.0f} MB for an interpreter with numpy, {fresh.loaded_memory:.0f} MB with the artifact, "
        f"{fresh.memory:.0f} MB after {MEMORY_ARTICLES:,} articles (peak {fresh.peak:.0f} MB)."
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


def _train(texts: Sequence[CorpusText]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        train(load_config(), texts, Path(folder))


def _take(path: Path, count: int) -> list[dict[str, object]]:
    return [row for row, _ in zip(read_rows(path), range(count), strict=False)]


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start

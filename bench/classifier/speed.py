"""How fast the classifier reads, against whom: many texts, one text, loading, memory. CPU time, of one process on one core."""

from pathlib import Path
from statistics import median

from bench.classifier.extent import FULL, Extent
from bench.classifier.fresh import Fresh, measure_bare_memory, run_fresh, time_cpu
from bench.classifier.rivals import NaiveSentences
from bench.reading import read_rows
from classifier.corpus import load_corpus

SAMPLE = 300
STAGES = ("the first texts that they meet", "new texts, after those", "those once more")


def report_speed(folder: Path, artifact: Path, extent: Extent = FULL) -> str:
    """Articles and posts a second against the naive pipeline in turns; one text; loading; memory."""
    naive = NaiveSentences(load_corpus())
    articles, posts = folder / "bulk_news.jsonl.gz", folder / "bulk_social.jsonl.gz"
    article_rows, fresh = _race("articles", articles, extent.articles, extent.rounds, artifact, naive)
    post_rows, fresh_posts = _race("posts", posts, extent.posts, extent.rounds, artifact, naive)
    return "\n".join(
        [
            "### Speed",
            "",
            f"CPU time in one process on one core, the two in turns, medians of {extent.rounds} rounds. The rival is "
            "what the manuals of PySastrawi and scikit-learn show: the factory's stemmer on every sentence, TfidfVectorizer, "
            "logistic regression; it gives a number. netra reads windows of three sentences, masks sides, names the class, and "
            "gives reasons near the line. Both remember words, the rival without bound: each round begins with a new stemmer "
            "there, and with a new process here, in which the models are loaded and no text was read.",
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
            _describe_memory(artifact, articles, extent.memory_articles),
        ]
    )


def _race(name: str, file: Path, count: int, rounds: int, artifact: Path, naive: NaiveSentences) -> tuple[list[str], Fresh]:
    """A row a stage, and the last process."""
    texts = [str(row["text"]) for row in _take(file, 2 * count)]
    seen = [(run_fresh(artifact, file, count), _run_naive(naive, texts)) for _ in range(rounds)]
    rows = [
        _compare(f"{name} ({count:,})", stage, [(ours.passes[number], theirs[number]) for ours, theirs in seen], count)
        for number, stage in enumerate(STAGES)
    ]
    return rows, seen[-1][0]


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


def _describe_memory(artifact: Path, articles: Path, count: int) -> str:
    fresh, bare = run_fresh(artifact, articles, count), measure_bare_memory()
    return (
        f"Resident memory: {bare:.0f} MB for an interpreter with numpy, {fresh.loaded_memory:.0f} MB with the artifact, "
        f"{fresh.memory:.0f} MB after {count:,} articles (peak {fresh.peak:.0f} MB)."
    )


def _take(path: Path, count: int) -> list[dict[str, object]]:
    return [row for row, _ in zip(read_rows(path), range(count), strict=False)]

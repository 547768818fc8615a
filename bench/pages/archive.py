"""docs/benchmarks-archive.md: what it costs to score an archive again."""

from collections.abc import Iterator

from bench.page import Wanted
from bench.progress import told
from bench.workers.costs import WARM, report_costs
from bench.workers.rescoring import NEWS, POSTS, TIMES, report_scaling
from bench.workers.scaling import artifact_of
from classifier.artifacts.artifact import load_artifact
from netra.rescoring.scorers import place_of

HEAD = """# Measured numbers: an archive scored again

Written by `make bench EVAL=folder ONLY=archive`; do not edit. The texts are real ones and stay outside of this repository. What
follows for 10^8 texts stands in [rescoring.md](rescoring.md#an-archive-of-108-texts)."""

COSTS = """## A text, by where it lies

`python -m bench.workers.rescoring EVAL --only costs`: {news:,} articles and {posts:,} posts, each met for the first time after
{warm:,} others. Processor time; bytes are those of files (Parquet with zstd) or of tables with their indexes."""

SCALING = """## One process and two

`python -m bench.workers.rescoring EVAL --only scaling`: {count:,} articles in Parquet, the same parts by each. "Against one"
is by processor time, less that of the start: what two do at once, each with a core of its own."""


def measure(wanted: Wanted) -> Iterator[str]:
    """Part by part; a trial has some dozen texts."""
    news, posts, times, warm = (24, 24, 1, 8) if wanted.is_trial else (NEWS, POSTS, TIMES, WARM)
    yield HEAD
    with artifact_of(wanted.artifact, wanted.keep) as folder:
        place = place_of(load_artifact(folder))
        table = told(report_costs(place, wanted.folder, news=news, posts=posts, warm=warm))
        yield f"{COSTS.format(news=news, posts=posts, warm=warm)}\n\n{table}"
        table = told(report_scaling(place, wanted.folder, news, times))
        yield f"{SCALING.format(count=news * times)}\n\n{table}"

"""What it costs to score an archive: by kind of text, by where it lies, by one process and by two.

    python -m bench.workers.rescoring FOLDER [--artifact FOLDER] [--news 1500] [--posts 6000] [--times 4]

Costs are processor time, of this process and its children and of the PostgreSQL that is started here, so that other work
on the machine counts little.
"""

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench.reading import read_rows
from bench.workers.costs import KINDS, WARM, report_costs
from bench.workers.runners import report_runners
from bench.workers.scaling import artifact_of
from classifier.artifacts.artifact import load_artifact
from netra.rescoring.scorers import ArtifactPlace, place_of

NEWS, POSTS, TIMES = 1500, 6000, 4


def main() -> None:
    """Measure and print Markdown."""
    options = _parser().parse_args()
    with artifact_of(options.artifact, options.keep) as artifact:
        place = place_of(load_artifact(artifact))
        if options.only != "scaling":
            _print(report_costs(place, options.folder, news=options.news, posts=options.posts))
        if options.only != "costs":
            _print(report_scaling(place, options.folder, options.news, options.times))


def report_scaling(place: ArtifactPlace, folder: Path, news: int, times: int) -> Iterator[str]:
    """The articles so often, by one process and by two."""
    return report_runners(place, list(islice(read_rows(folder / KINDS["news"][0]), news)), times)


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        print(line, flush=True)
    print()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.workers.rescoring", description="What it costs to score an archive.")
    parser.add_argument("folder", type=Path, help="holds bulk_news.jsonl.gz and bulk_social.jsonl.gz")
    parser.add_argument("--artifact", type=Path, help="folder of an artifact; none means that one is trained")
    parser.add_argument("--news", type=int, default=NEWS, help=f"articles to measure on, after {WARM} others")
    parser.add_argument("--posts", type=int, default=POSTS, help="posts to measure on, after as many others")
    parser.add_argument("--times", type=int, default=TIMES, help="how often the articles are repeated for processes")
    parser.add_argument("--only", choices=("costs", "scaling"), help="measure one of the two")
    parser.add_argument("--keep", type=Path, help="train an artifact in a temporary folder here")
    return parser


if __name__ == "__main__":
    main()

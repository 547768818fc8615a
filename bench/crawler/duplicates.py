"""Near-duplicates, measured: what is found among articles with known copies, and what one item costs.

    python -m bench.crawler.duplicates FILE [--stored 1000000] [--items 3000] [--batch 50] [--postgresql]

FILE holds real articles as .jsonl(.gz) with a field `text`; copies of them are made at run time. Before the costs are
taken, the tables are filled with `--stored` made-up items. Three keys in ten of these are triples that two real articles
or more share, for a million news items share more phrases than ten thousand do. A transaction holds `--batch`
items, as many as in a crawl; a percentile is one of batches.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from sqlalchemy import Engine, select

from bench.crawler.copies import ARTICLES, COPIES, PLEDGE, Made, make_articles, make_pledges
from bench.crawler.quality import count_pairs, report_quality
from bench.crawler.stored import add_items, fill, postgresql, sqlite
from bench.postgres import server_seconds
from crawler.duplicates.clusters import assign_new
from crawler.runs.page_run import BATCH
from models.database import make_session


@dataclass
class Costs:
    """Milliseconds an item: of finding and keeping, and of the commit after it."""

    cpu: list[float] = field(default_factory=list[float])
    wall: list[float] = field(default_factory=list[float])
    commit: list[float] = field(default_factory=list[float])
    server: float = 0.0

    def row(self, name: str) -> str:
        tail = f" + {self.server:.2f} in the server" if self.server else ""
        return (
            f"| {name} | {mean(self.cpu):.2f}{tail} | {_part(self.cpu, 0.5):.2f} | {_part(self.cpu, 0.95):.2f} "
            f"| {_part(self.wall, 0.5):.2f} | {_part(self.wall, 0.95):.2f} | {mean(self.commit):.2f} |"
        )


def main() -> int:
    """Print both tables, line by line as they come."""
    parser = argparse.ArgumentParser(prog="python -m bench.crawler.duplicates", description="Measure near-duplicates.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--stored", type=int, default=0, help="made-up items in the tables before the costs are taken again")
    parser.add_argument("--items", type=int, default=3000, help="real items whose costs are taken then")
    parser.add_argument("--batch", type=int, default=BATCH, help="items of one transaction")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL that is started here, too")
    options = parser.parse_args()
    for line in report_duplicates(
        options.file, options.stored, options.items, is_on_both=options.postgresql, batch=options.batch
    ):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


def report_duplicates(
    file: Path, stored: int, items: int, *, is_on_both: bool, batch: int = BATCH, articles: int = ARTICLES, copies: int = COPIES
) -> Iterator[str]:
    """What was found, then a table of costs, each line as soon as it is measured. `copies` are among the `articles`."""
    made = make_articles(file, articles=articles, copies=copies)
    with sqlite() as engine:
        costs = store(engine, made, batch)
        yield report_quality(engine, made)
    counts = [count_wrong(make_pledges(file, pledge)) for pledge in (PLEDGE, "")]
    yield f"300 short stories: {counts[0]} wrong pairs where all quote one pledge, {counts[1]} without it.\n"
    yield "| engine, stored | CPU ms | p50 | p95 | wall ms p50 | p95 | commit, CPU ms |\n|---|---|---|---|---|---|---|"
    yield costs.row(f"sqlite, 0 to {len(made):,}")
    for opened in [sqlite, postgresql] if is_on_both else [sqlite]:
        for count in sorted({len(made), stored} - {0}):
            with opened() as engine:
                size = fill(engine, made, count)
                name = f"{engine.dialect.name}, {count:,} ({size / count:,.0f} bytes an item)"
                yield store(engine, made[:items], batch).row(name)


def count_wrong(made: Sequence[Made]) -> int:
    """Pairs that are joined though they are two stories."""
    with sqlite() as engine:
        store(engine, made)
        return count_pairs(engine, made)[1]


def store(engine: Engine, made: Sequence[Made], batch: int = BATCH) -> Costs:
    """Store the articles, `batch` in a transaction. Items are there before: only near-duplicates are timed.

    A server's CPU is what it used beyond the same transactions without near-duplicates.
    """
    add_items(engine, 1, len(made))
    costs, sessions = Costs(), make_session(engine)
    idle = server_seconds(engine)
    for _ in range(0, len(made), batch):
        with sessions.begin() as session:
            session.scalar(select(1))
    before = server_seconds(engine)
    for start in range(0, len(made), batch):
        texts = {place + 1: made[place].text for place in range(start, min(start + batch, len(made)))}
        with sessions() as session:
            session.scalar(select(1))
            times = time.process_time(), time.perf_counter()
            assign_new(session, texts)
            costs.cpu.append((time.process_time() - times[0]) / len(texts) * 1000)
            costs.wall.append((time.perf_counter() - times[1]) / len(texts) * 1000)
            times = time.process_time(), time.perf_counter()
            session.commit()
            costs.commit.append((time.process_time() - times[0]) / len(texts) * 1000)
    costs.server = (server_seconds(engine) - before - (before - idle)) / len(made) * 1000
    return costs


def _part(numbers: list[float], share: float) -> float:
    return sorted(numbers)[int(len(numbers) * share)]


if __name__ == "__main__":
    raise SystemExit(main())

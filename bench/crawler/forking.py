"""What it costs to begin a crawl: forked, as all our programs do it, and as an interpreter of its own (`scrapy crawl NAME`).

    python -m bench.crawler.forking [--crawls 20] [--at-once 4] [--count 300]

Processor time is that of a poll which finds nothing, user and system, as the kernel says it; memory is PSS while so many
crawls read so many pages each, the most that was seen, with the fork server and what belongs to it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil
import yaml

from bench.crawler.crawling import _source_file, serving
from bench.memory import read_pss
from migrations.upgrade import upgrade_database
from models.database import make_engine
from models.settings import Settings
from netra.crawls.pool import CrawlPool, environment
from netra.crawls.process import SERVER

LOOK_SECONDS = 0.1


class Held(NamedTuple):
    """Bytes of memory."""

    what: str
    pss: int
    resident: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.crawler.forking", description="What it costs to begin a crawl.")
    parser.add_argument("--crawls", type=int, default=20, help="of each kind, one after the other")
    parser.add_argument("--at-once", type=int, default=4, help="crawls side by side, for their memory")
    parser.add_argument("--count", type=int, default=300, help="pages that each of those reads")
    wanted = parser.parse_args()
    for line in report_forking(wanted.crawls, wanted.at_once, wanted.count):
        print(line, flush=True)


def report_forking(crawls: int, at_once: int, count: int) -> Iterator[str]:
    """The table of one run."""
    slugs = [f"bangku-{number}" for number in range(at_once)]
    with serving(count, None) as root:
        outlet = _list_children()
        with house(f"{root}/none.xml", slugs) as settings:
            apart = [_cost_apart(settings, slugs[0]) for _ in range(crawls)]
        with house(f"{root}/sitemap.xml", slugs) as settings:
            memory_apart = _memory_apart(settings, slugs, outlet)
        with house(f"{root}/none.xml", slugs) as settings:  # From here on there is a fork server.
            begun, *forked = _costs_forked(settings, slugs[0], crawls)
        with house(f"{root}/sitemap.xml", slugs) as settings:
            memory_forked = _memory_forked(settings, slugs, outlet)
    yield f"| {crawls} polls; {at_once} crawls of {count:,} pages at once | an interpreter each | forked |\n|---|---|---|"
    yield f"| processor time of one, s: median | {median(apart):.2f} | {median(forked):.2f} |"
    yield f"| … lowest to highest | {min(apart):.2f} to {max(apart):.2f} | {min(forked):.2f} to {max(forked):.2f} |"
    yield f"| once, for the fork server, s | | {begun:.2f} |"
    for what in ("together", "fork server", "a crawl"):
        yield f"| memory, {what}, MB: PSS (resident) | {_say(memory_apart, what)} | {_say(memory_forked, what)} |"


@contextmanager
def house(sitemap: str, slugs: Sequence[str]) -> Iterator[Settings]:
    """A home with a database and sources that all read one sitemap."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for slug in slugs:
            (folder / f"{slug}.yml").write_text(yaml.safe_dump({**_source_file(sitemap), "slug": slug}), encoding="utf-8")
        settings = Settings(home=folder, sources_dir=folder, crawl_private_hosts=True, crawl_contact="bangku")
        engine = make_engine(settings.database_address)
        upgrade_database(engine)
        engine.dispose()
        yield settings


def _begin_apart(settings: Settings, slug: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "scrapy", "crawl", slug], env=environment(settings))


def _cost_apart(settings: Settings, slug: str) -> float:
    before = os.times()
    if code := _begin_apart(settings, slug).wait():
        raise SystemExit(f"a crawl ended with {code}: the measurement is void")
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def _costs_forked(settings: Settings, slug: str, crawls: int) -> Iterator[float]:
    """The fork server's own start, then each crawl with what it cost the server."""
    pool = CrawlPool(settings)
    pool.start(slug)
    server = psutil.Process(pool.running[slug].pid).parent()
    assert server is not None
    own = server.cpu_times()
    yield own.user + own.system
    _finish(pool)
    for _ in range(crawls):
        before = sum(server.cpu_times()[:4])
        pool.start(slug)
        _finish(pool)
        yield sum(server.cpu_times()[:4]) - before


def _finish(pool: CrawlPool) -> None:
    while pool.running:
        if broken := [slug for slug, code in pool.collect() if code]:
            raise SystemExit(f"{pool.last_line(broken[0])}: the measurement is void")
        time.sleep(LOOK_SECONDS / 10)


def _memory_apart(settings: Settings, slugs: Sequence[str], others: set[int]) -> list[Held]:
    crawls = [_begin_apart(settings, slug) for slug in slugs]
    highest = _highest(lambda: all(crawl.poll() is None for crawl in crawls), others)
    for crawl in crawls:
        crawl.wait()
    return highest


def _memory_forked(settings: Settings, slugs: Sequence[str], others: set[int]) -> list[Held]:
    pool = CrawlPool(settings)
    for slug in slugs:
        pool.start(slug)
    highest = _highest(lambda: not pool.collect(), others)
    _finish(pool)
    return highest


def _highest(are_running: Callable[[], bool], others: set[int]) -> list[Held]:
    """What each process held that this one has started, the outlet left out, when all of them held most."""
    highest = list[Held]()
    while are_running():
        held = [each for number in _list_children() - others if (each := _look(number))]
        highest = max(highest, held, key=lambda all_of_them: sum(each.pss for each in all_of_them))
        time.sleep(LOOK_SECONDS)
    return highest


def _look(number: int) -> Held | None:
    try:
        process = psutil.Process(number)
        command, name = " ".join(process.cmdline()), process.name()
        what = "fork server" if name == SERVER else "tracker" if "resource_tracker" in command else "a crawl"
        return Held(what, read_pss(number), process.memory_info().rss)
    except psutil.Error:
        return None


def _say(held: list[Held], what: str) -> str:
    """Of one such process: medians."""
    if what == "together":
        return f"{sum(each.pss for each in held) / 1e6:.0f}"
    mine = [each for each in held if each.what == what]
    return f"{median(each.pss for each in mine) / 1e6:.0f} ({median(each.resident for each in mine) / 1e6:.0f})" if mine else ""


def _list_children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


if __name__ == "__main__":
    main()

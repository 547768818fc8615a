"""Checking many sources in one go: some hosts side by side, each host by one worker."""

import queue
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator

from crawler.catalogue import SourceFile
from crawler.discovery.checking import FeedCheck, check_feeds
from crawler.discovery.visiting import Visitor
from models.settings import Settings

WORKERS = 4


def check_sources_live(settings: Settings, sources: Iterable[SourceFile], *, pause: float = 1.0) -> Iterator[FeedCheck]:
    """Every feed's check as soon as it is known. Leaving early leaves at most the questions under way."""
    waiting, done = queue.SimpleQueue[list[SourceFile]](), queue.SimpleQueue[FeedCheck | None]()
    for group in _by_host(sources):
        waiting.put(group)
    # Daemons: a Ctrl-C need not wait for the slowest outlet.
    workers = [threading.Thread(target=_work, args=(settings, pause, waiting, done), daemon=True) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for _ in workers:
        yield from iter(done.get, None)


def _by_host(sources: Iterable[SourceFile]) -> list[list[SourceFile]]:
    groups = defaultdict[str, list[SourceFile]](list)
    for source in sources:
        groups[source.hosts[0]].append(source)
    return list(groups.values())


def _work(
    settings: Settings, pause: float, waiting: "queue.SimpleQueue[list[SourceFile]]", done: "queue.SimpleQueue[FeedCheck | None]"
) -> None:
    try:
        while True:
            group = waiting.get_nowait()
            visitor = Visitor(settings, pause=pause)
            for source in group:
                for check in check_feeds(visitor, source):
                    done.put(check)
    except queue.Empty:
        """All hosts are taken."""
    finally:
        done.put(None)

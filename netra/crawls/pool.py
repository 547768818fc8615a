"""Crawl processes: each source in one of its own, because Scrapy's reactor starts once a process."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr

from models.secret_files import is_secret_file
from models.settings import Settings
from netra.crawls.process import CrawlProcess

GRACE_SECONDS = 10.0
"""Between the word to end and the kill: what is under way may finish, and a kill loses one batch of fetches."""
LONGEST_LINE = 300
TAIL = 20_000
"""Bytes at the end of a log that are read for its last line."""


class CrawlPool:
    """Starts crawls, says which ended, and ends those that should. It knows nothing of when or why."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.running: dict[str, CrawlProcess] = {}
        self._kill_at: dict[str, float] = {}

    def start(self, slug: str, arguments: Sequence[str] = ()) -> None:
        path = self.log_path(slug)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        self.running[slug] = CrawlProcess(slug, arguments, environment(self.settings), path)

    def collect(self) -> list[tuple[str, int]]:
        """Sources that ended since, with their exit codes; what did not heed the word to end is killed."""
        ended = [(slug, code) for slug, process in self.running.items() if (code := process.poll()) is not None]
        for slug, _ in ended:
            del self.running[slug]
            self._kill_at.pop(slug, None)
        for slug, moment in list(self._kill_at.items()):
            if time.monotonic() >= moment:
                self.running[slug].kill()
        return ended

    def end(self, slug: str) -> None:
        """Ask one to end soundly; `collect` kills it where it does not."""
        if slug in self.running and slug not in self._kill_at:
            self._kill_at[slug] = time.monotonic() + GRACE_SECONDS
            self.running[slug].terminate()

    def stop(self) -> list[tuple[str, int]]:
        """Ask all to end and wait until they did, no longer than the grace."""
        for slug in list(self.running):
            self.end(slug)
        ended = list[tuple[str, int]]()
        try:
            while self.running:
                ended += self.collect()
                time.sleep(0.05 if self.running else 0)
        finally:  # Whoever breaks this off has no time for what still runs.
            for process in self.running.values():
                process.kill()
        return ended

    def log_path(self, slug: str) -> Path:
        return self.settings.home / "log" / f"crawl-{slug}.log"

    def last_line(self, slug: str) -> str:
        """The last that a crawl said, with the place of the rest."""
        path = self.log_path(slug)
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - TAIL))
            lines = log.read().decode("utf-8", errors="replace").strip().splitlines()
        return f"{lines[-1][:LONGEST_LINE] if lines else 'it said nothing'} (all of it: {path})"


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a child process that works with these very settings."""
    values = {f"NETRA_{name.upper()}": _plain(value) for name, value in settings.model_dump().items()}
    values["NETRA_DATABASE_URL"] = settings.database_address
    # The values say all, so that a child needs no file of a secret, and has no two words for one setting.
    inherited = {name: value for name, value in os.environ.items() if not is_secret_file(name)}
    return {**inherited, **values, "SCRAPY_SETTINGS_MODULE": "crawler.settings"}


def _plain(value: object) -> str:
    """A secret as the child needs it; printed, it would be asterisks."""
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

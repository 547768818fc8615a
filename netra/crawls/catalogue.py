"""The source files as a program that runs for long sees them: read again when one changes, and a broken one costs only itself."""

import logging
from collections.abc import Collection

from sqlalchemy import Engine

from crawler.catalogue import SourceFile, disable_missing, list_source_files, read_sound_files, sync_sources
from crawler.schedule import plan_sources
from crawler.storing.conflicts import hold_store
from models.database import make_session
from models.settings import Settings

logger = logging.getLogger(__name__)


class WatchedCatalogue:
    """The sources to plan: enabled, readable, and among those that were asked for; their rows follow them."""

    def __init__(self, settings: Settings, engine: Engine, names: Collection[str] = ()) -> None:
        self._settings = settings
        self._sessions = make_session(engine)
        self._names = frozenset(names)
        self._seen: dict[str, tuple[int, int]] = {}
        self.files: dict[str, SourceFile] = {}

    def refresh(self) -> bool:
        """Read the files again where one came, went or changed; True when it did."""
        seen = self._look()
        if seen == self._seen:
            return False
        sound, broken = read_sound_files(self._settings.sources_dir)
        for problem in broken.values():
            logger.warning("not planned until it is mended: %s", problem)
        with self._sessions.begin() as session:
            hold_store(session)  # Many workers may start at the same moment, in a database without a single source.
            sync_sources(session, sound.values())
            plan_sources(session, sound.values())
            disable_missing(session, sound.keys() | broken.keys())
        self.files = {slug: file for slug, file in sound.items() if file.is_enabled and slug in (self._names or sound)}
        self._seen = seen
        return True

    def _look(self) -> dict[str, tuple[int, int]]:
        """What tells that a file was written again."""
        stats = {path.stem: path.stat() for path in list_source_files(self._settings.sources_dir)}
        return {slug: (stat.st_mtime_ns, stat.st_size) for slug, stat in stats.items()}

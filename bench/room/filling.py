"""A database of its own, filled with made-up rows for as long as a block runs."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, select, text

from bench.postgres import postgresql_in
from bench.room.loading import open_loader
from bench.room.rows import SOURCES, Maker
from migrations.upgrade import upgrade_database
from models import Artifact, ArtifactState, Region, Rights, Source, SourceKind, User, ViolationType
from models.database import make_session
from models.settings import Settings

CHUNK = 20_000
SEQUENCE = text(
    "SELECT pg_get_serial_sequence(table_name, column_name) FROM information_schema.columns"
    " WHERE table_name = :name AND column_name = 'id' AND table_schema = current_schema()"
)
FILLED = ("items", "item_versions", "predictions", "flags", "flag_words")


@contextlib.contextmanager
def made_up_database(*, postgresql: bool, folder: Path | None) -> Iterator[Settings]:
    """An empty home in a temporary folder below `folder`, and the PostgreSQL that is started for it."""
    with tempfile.TemporaryDirectory(prefix="netra-bench-", dir=folder) as name:
        if not postgresql:
            yield Settings(home=Path(name), _env_file=None)  # pyright: ignore[reportCallIssue]
            return
        with postgresql_in(Path(name) / "pg") as address:
            yield Settings(home=Path(name), database_url=address, _env_file=None)  # pyright: ignore[reportCallIssue]


def fill(engine: Engine, count: int) -> None:
    """Made-up rows in every table that a page of the queue reads."""
    upgrade_database(engine)
    with make_session(engine).begin() as session:
        session.add_all(
            Source(slug=f"sumber-{n}", name=f"Harian {n}", kind=SourceKind.NEWS, rights=Rights.FULL_TEXT) for n in range(SOURCES)
        )
        session.add(Artifact(name="ukur-1", sha256="0" * 64, state=ArtifactState.LIVE, threshold=0.5))
        session.add(User(username="ukur", name="Ukur", password_hash="-"))
        regions = list(session.scalars(select(Region.code).where(Region.parent_code.is_not(None)).order_by(Region.code)))
        acts = sorted(session.scalars(select(ViolationType.act).distinct()))
    maker = Maker(regions, acts)
    with open_loader(engine, FILLED) as write:
        for first in range(1, count + 1, CHUNK):
            for part in maker.make(range(first, min(first + CHUNK, count + 1))):
                write(part)
    _count_on(engine)
    vacuum(engine)


def _count_on(engine: Engine) -> None:
    """PostgreSQL numbers new rows by counters, which rows that brought their numbers do not move."""
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as connection:
        for table in FILLED:
            if sequence := connection.scalar(SEQUENCE, {"name": table}):
                connection.execute(text(f"SELECT setval('{sequence}', (SELECT greatest(max(id), 1) FROM {table}))"))


def vacuum(engine: Engine) -> None:
    """What autovacuum does on PostgreSQL by itself."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))

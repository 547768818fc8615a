"""A house with a live classifier and texts that wait, for as long as a block runs."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.progress import Progress
from sqlalchemy import Engine

from bench.reading import Row
from bench.room.filling import made_up_database
from bench.workers.texts import fill_texts
from classifier.artifacts.registry import promote, register_artifact
from migrations.upgrade import upgrade_database
from models import ItemKind
from models.database import make_engine, make_session
from models.settings import Settings
from netra.jobs.queueing import prepare_queue
from netra.learning import train_artifact


@contextmanager
def house_with_texts(
    artifact: Path, rows: Sequence[Row], *, postgresql: bool, folder: Path | None
) -> Iterator[tuple[Settings, Engine]]:
    with made_up_database(postgresql=postgresql, folder=folder) as settings:
        engine = make_engine(settings.database_address)
        upgrade_database(engine)
        prepare_queue(engine)
        install(settings, engine, artifact)
        fill_texts(engine, rows, ItemKind.NEWS)
        yield settings, engine
        engine.dispose()


def install(settings: Settings, engine: Engine, artifact: Path) -> None:
    """Make it live there, without asking the golden items."""
    folder = Path(shutil.copytree(artifact, settings.artifacts_dir / artifact.name))
    with make_session(engine).begin() as session:
        promote(session, register_artifact(session, folder))


def train_into(home: Path) -> Path:
    """An artifact of the corpus alone; returns its folder."""
    return train_artifact(Settings(home=home, _env_file=None), Progress(disable=True))  # pyright: ignore[reportCallIssue]

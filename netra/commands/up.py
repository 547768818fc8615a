"""`netra up`: the whole house in one command."""

from datetime import UTC, datetime

from models.logs.setup import own_log_file, start_logging
from models.settings import Settings
from netra.console import err
from netra.workplace import open_database


def up() -> None:
    """Start the review room, the schedule of crawls, scoring and the jobs together, and keep them up until Ctrl-C or SIGTERM.

    What dies is begun again after a pause, with a line that says why. A second one on the same SQLite database stands by,
    and takes over when the first is gone. On PostgreSQL it starts the review room and two workers: of crawls, and of all else.

    Example: `NETRA_HOME=/srv/netra netra up`
    """
    from netra.jobs.supervising import hold_house, keep_service_and_workers
    from netra.stopping import stop_on_signals

    settings = Settings()
    start_logging(settings, file=own_log_file(settings, "up"))
    engine = open_database(settings)
    with stop_on_signals() as stop:
        if engine.dialect.name == "postgresql":
            keep_service_and_workers(settings, engine, stop, _say)
        else:
            hold_house(settings, engine, stop, _say)
    _say("everything has ended")


def _say(line: str) -> None:
    err.print(f"{datetime.now(UTC):%H:%M:%S} {line}", markup=False, soft_wrap=True)

"""`netra worker`: a further pair of hands, on any machine that reaches the PostgreSQL of the house."""

from typing import Annotated

import typer

from models.database import make_engine
from models.logs.setup import own_log_file, start_logging
from models.settings import Settings
from netra.console import err, fail
from netra.workplace import open_database


def worker(
    queues: Annotated[str, typer.Option("--queues", metavar="NAMES", help="Queues by commas; none means all.")] = "",
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=64, help="Jobs side by side.")] = 4,
) -> None:
    """Do the jobs of some queues until Ctrl-C or SIGTERM, beside any number of other workers. Needs PostgreSQL.

    Queues: crawl, score, review, render, train, retention. What a worker that dies had in hand is done by another.

    Example: `netra worker --queues crawl,score --concurrency 8`
    """
    from netra.jobs.queueing import require_queue
    from netra.jobs.rhythm import list_jobs
    from netra.jobs.working import Worker, choose_queues
    from netra.stopping import stop_on_signals

    settings = Settings()
    chosen = choose_queues(queues)
    start_logging(settings, file=own_log_file(settings, "worker"))
    engine = open_database(settings)
    if engine.dialect.name != "postgresql":
        fail("on SQLite one machine does everything.", "Run: netra up, or set NETRA_DATABASE_URL to a PostgreSQL.")
    require_queue(engine)
    for job in list_jobs(settings):
        if job.queue in chosen and job.every and (reason := job.why_off(settings)):
            err.print(f"{job.name} is off: {reason}", markup=False, soft_wrap=True)
    engine.dispose()
    engine = make_engine(settings.database_address, pool_size=2 * concurrency + 2)  # Its work, and its sign of life.
    with stop_on_signals() as stop:
        Worker(settings, engine, chosen, concurrency=concurrency).run(stop)

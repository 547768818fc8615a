"""What is due, as the rows say it: asked again and again for each queue, by one of its workers, whichever it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine, select

from models import JobTurn, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.jobs.job import Job
from netra.jobs.rhythm import list_jobs
from netra.jobs.supervising import is_due
from netra.jobs.turns import forgive_others, give_back_dead


@dataclass(frozen=True)
class Errand:
    """Something that a worker should do: a job, or a part of one."""

    job: Job
    turn: str
    """The turn under which it is done; also what keeps it from standing in the queue twice."""
    source: str = ""
    lock: str = ""
    """Two with the same one are not done at once."""


def list_errands(settings: Settings, engine: Engine, queue: str) -> list[Errand]:
    """Everything of a queue that is due and that nobody does. The turns of the dead are given back first."""
    with make_session(engine).begin() as session:
        give_back_dead(session)
    with make_reading_session(engine)() as session:
        turns = {turn.name: turn for turn in session.scalars(select(JobTurn))}
    errands = list[Errand]()
    for job in list_jobs(settings):
        if job.queue != queue or not job.is_on(settings):
            continue
        mine = _crawls(settings, engine, job) if job.name == "crawl" else _places(job)
        errands += [errand for errand in mine if is_free(turns.get(errand.turn), errand)]
    return errands


def is_free(turn: JobTurn | None, errand: Errand) -> bool:
    """A source comes when its own plan says so; only after a failure of the errand itself its turn has a say."""
    if turn is None:
        return True
    return turn.holder is None and (bool(errand.source and not turn.failures) or is_due(turn, errand.job, now()))


def _places(job: Job) -> Iterator[Errand]:
    for place in range(1, job.places + 1):
        turn = job.name if place == 1 else f"{job.name}:{place}"
        yield Errand(job, turn, lock=turn)


def _crawls(settings: Settings, engine: Engine, job: Job) -> Iterator[Errand]:
    """One a source whose time has come; those of one host take turns."""
    from crawler.schedule import list_turns
    from netra.crawls.catalogue import WatchedCatalogue

    catalogue = WatchedCatalogue(settings, engine)
    catalogue.refresh()
    _give_back_hosts(settings, engine)
    if catalogue.files:  # Else it is more likely that their disk is not there.
        with make_session(engine).begin() as session:
            forgive_others(session, job.name, catalogue.files)
    with make_reading_session(engine)() as session:
        turns = list_turns(session, list(catalogue.files))
    for turn in turns:
        if turn.due_at <= now() and turn.worker is None:
            yield Errand(job, f"{job.name}:{turn.slug}", source=turn.slug, lock=f"host:{turn.host}")


def _give_back_hosts(settings: Settings, engine: Engine) -> None:
    """As `netra schedule` does for itself: where only workers run, nobody else would free the hosts of the dead."""
    from crawler.schedule import give_back_dead as free_hosts
    from crawler.schedule import is_gone
    from netra.crawls.endings import Limits

    with make_session(engine).begin() as session:
        free_hosts(session, partial(is_gone, settings.home), retry_minutes=Limits.retry_minutes)
